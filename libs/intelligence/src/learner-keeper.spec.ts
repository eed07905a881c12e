/** When what was learned is read and written; what is in it the spec of the service says. */
import { Logger } from '@nestjs/common';
import { ManualClock } from '@slt/domain';
import { scoreByParts } from '@slt/trading';
import { createAdvisor } from './core/create-advisor';
import { NO_MARKET_FACTS } from './core/market-facts';
import { LearnerKeeper } from './learner-keeper';
import { BENCH_START } from './testing/learning-bench';
import { MemoryStore } from './testing/memory-store';

describe('the keeper of the learner', () => {
  let store: MemoryStore;
  let keeper: LearnerKeeper;

  beforeAll(() => Logger.overrideLogger(false));
  afterAll(() => Logger.overrideLogger(['log', 'warn', 'error']));
  beforeEach(() => {
    jest.useFakeTimers();
    store = new MemoryStore();
    keeper = new LearnerKeeper({
      core: createAdvisor({ facts: NO_MARKET_FACTS, heuristic: scoreByParts, mayExplore: true }),
      ...{ store, clock: new ManualClock(BENCH_START), marketName: 'spec', keptSamples: 10 },
      decidedBetween: () => Promise.resolve({ signals: [], trades: [] }),
    });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const passes = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);

  it('saves five seconds after the first change, and once', async () => {
    await keeper.restore();
    keeper.changed();
    await passes(4_000);
    keeper.changed();
    await passes(999);
    expect(store.saves).toBe(0);
    await passes(1);
    expect(store.saves).toBe(1);
    await passes(600_000);
    expect(store.saves).toBe(1);
  });

  it('saves a minute apart, and at once where it is told to', async () => {
    await keeper.restore();
    keeper.changed();
    await passes(5_000);
    keeper.changed();
    await passes(59_999);
    expect(store.saves).toBe(1);
    await passes(1);
    expect(store.saves).toBe(2);
    keeper.changed();
    await keeper.save();
    expect(store.saves).toBe(3);
  });

  it('saves again, a minute later, what could not be saved', async () => {
    await keeper.restore();
    keeper.changed();
    store.isAway = true;
    await passes(5_000);
    store.isAway = false;
    await passes(59_999);
    expect(store.saves).toBe(0);
    await passes(1);
    expect(store.saves).toBe(1);
  });

  it('reads every five seconds until the database answers, and then saves what changed meanwhile', async () => {
    store.isAway = true;
    await keeper.restore();
    keeper.changed();
    await passes(9_999);
    store.isAway = false;
    expect(keeper.isRestored).toBe(false);
    await passes(1);
    expect(keeper.isRestored).toBe(true);
    await passes(4_999);
    expect(store.saves).toBe(0);
    await passes(1);
    expect(store.saves).toBe(1);
  });

  it('saves a last time, and waits two seconds for it at most', async () => {
    await keeper.restore();
    keeper.changed();
    store.save = () => new Promise(() => undefined);
    let hasEnded = false;
    void keeper.close().then(() => (hasEnded = true));
    await passes(1_999);
    expect(hasEnded).toBe(false);
    await passes(1);
    expect(hasEnded).toBe(true);
  });
});
