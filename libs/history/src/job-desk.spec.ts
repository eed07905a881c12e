import { AppError } from '@slt/domain';
import { JobDesk } from './job-desk';

const WANT = { symbol: 'A', interval: '1m', limit: 100 } as const;
const FAILED = { kind: 'failed', reason: new AppError('transient', 'TEST', 'not now') } as const;

describe('JobDesk', () => {
  it('lets two wait for one job', async () => {
    const desk = new JobDesk();
    const first = desk.await(WANT, null);
    const second = desk.await(WANT, null);
    expect([first.isNew, second.isNew]).toEqual([true, false]);
    expect(second.job).toBe(first.job);
    expect(desk.settle(first.job, FAILED)).toBe(true);
    expect(await second.job.outcome).toBe(FAILED);
    expect(desk.size).toBe(0);
  });

  it('does not end a job by what was learned of an earlier one with its id', async () => {
    const desk = new JobDesk();
    const { job: earlier } = desk.await(WANT, null);
    desk.settle(earlier, { kind: 'lost' });
    const { job: later, isNew } = desk.await(WANT, null);
    expect(isNew).toBe(true);
    expect(later.id).toBe(earlier.id);
    expect(desk.settle(earlier, FAILED)).toBe(false);
    expect(desk.find(later.id)).toBe(later);
    desk.settle(later, { kind: 'lost' });
    expect(await later.outcome).toEqual({ kind: 'lost' });
  });
});
