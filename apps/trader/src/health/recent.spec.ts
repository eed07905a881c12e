import { Recent } from './recent';

describe('Recent', () => {
  let now = 0;
  let looks = 0;
  const recent = (look: () => Promise<number> = () => Promise.resolve(++looks)): Recent<number> =>
    new Recent(look, () => now);

  beforeEach(() => {
    now = 0;
    looks = 0;
  });

  it('tells what was found less than a second ago', async () => {
    const answers = recent();
    expect(await answers.get()).toBe(1);
    now = 999;
    expect(await answers.get()).toBe(1);
    now = 1_000;
    expect(await answers.get()).toBe(2);
  });

  it('shares a look that is under way', async () => {
    const answers = recent();
    expect(await Promise.all([answers.get(), answers.get()])).toEqual([1, 1]);
    expect(looks).toBe(1);
  });

  it('looks again after a failure', async () => {
    const answers = recent(() =>
      ++looks === 1 ? Promise.reject(new Error('away')) : Promise.resolve(looks),
    );
    await expect(answers.get()).rejects.toThrow('away');
    expect(await answers.get()).toBe(2);
  });
});
