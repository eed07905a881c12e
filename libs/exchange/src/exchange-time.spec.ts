import { MINUTE_MS } from '@slt/domain';
import { ExchangeTime } from './exchange-time';

/** A machine whose wall clock is off by a day. */
function machine(): { monotonic: () => number; wall: () => number; passes: (ms: number) => void } {
  let time = 1_000;
  return { monotonic: () => time, wall: () => time + 86_400_000, passes: (ms) => (time += ms) };
}

/** Answers after `trip` ms, half of it on the way in. */
function exchangeOf(
  local: ReturnType<typeof machine>,
  epoch: number,
  trips: number[],
): () => Promise<number> {
  let calls = 0;
  return async () => {
    const trip = trips[Math.min(calls++, trips.length - 1)]!;
    local.passes(trip / 2);
    const answer = epoch + local.monotonic();
    local.passes(trip / 2);
    return Promise.resolve(answer);
  };
}

describe('ExchangeTime', () => {
  it('shows the exchange time however wrong the machine is', async () => {
    const local = machine();
    const time = new ExchangeTime(1, local);
    await time.sync(exchangeOf(local, 5_000_000, [300, 20, 100]));
    expect(time.now()).toBe(5_000_000 + local.monotonic());
    expect(time.status()).toMatchObject({ roundTripMs: 20, speed: 1 });
    expect(time.uncertaintyMs()).toBe(11);
  });

  it('runs at the speed of the exchange', async () => {
    const local = machine();
    const time = new ExchangeTime(60, local);
    await time.sync(() => Promise.resolve(7_000_000));
    local.passes(1_000);
    expect(time.now()).toBe(7_000_000 + MINUTE_MS);
    expect(time.toWallMs(MINUTE_MS)).toBe(1_000);
  });

  it('stands while the exchange is held, and goes on from there', async () => {
    const local = machine();
    const time = new ExchangeTime(60, local, true);
    await time.sync(() => Promise.resolve(7_000_000));
    local.passes(5_000);
    expect(time.now()).toBe(7_000_000);
    // No boundary of a weight window is ever near.
    expect(time.uncertaintyMs()).toBe(0);
    time.release();
    expect([time.isHeld, time.now()]).toEqual([false, 7_000_000]);
    local.passes(1_000);
    expect(time.now()).toBe(7_000_000 + MINUTE_MS);
  });

  it('stands still for a small correction backward, steps for a big one, forward at once', async () => {
    const local = machine();
    const time = new ExchangeTime(1, local);
    await time.sync(() => Promise.resolve(1_000_000));
    expect(time.now()).toBe(1_000_000);
    await time.sync(() => Promise.resolve(999_000));
    expect(time.now()).toBe(1_000_000);
    local.passes(1_500);
    expect(time.now()).toBe(1_000_500);
    await time.sync(() => Promise.resolve(900_000));
    expect(time.now()).toBe(900_000);
    await time.sync(() => Promise.resolve(2_000_000));
    expect(time.now()).toBe(2_000_000);
  });

  it('goes at the exchange’s speed before it was ever set', () => {
    const local = machine();
    const time = new ExchangeTime(20, local);
    const before = time.now();
    local.passes(1_000);
    expect(time.now() - before).toBe(20_000);
  });

  it('keeps its time when the exchange does not answer', async () => {
    const local = machine();
    const time = new ExchangeTime(1, local);
    await time.sync(() => Promise.resolve(1_000_000));
    await expect(time.sync(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(time.now()).toBe(1_000_000);
  });

  it('synchronises once for all who ask meanwhile', async () => {
    let calls = 0;
    const time = new ExchangeTime(1);
    const ask = (): Promise<number> => Promise.resolve(++calls);
    await Promise.all([time.sync(ask, 1), time.sync(ask, 1), time.sync(ask, 1)]);
    expect(calls).toBe(1);
  });
});
