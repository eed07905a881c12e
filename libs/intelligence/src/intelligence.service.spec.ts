import { Logger } from '@nestjs/common';
import { CandleSeries, columnsOf, MINUTE_MS, type UtcMs } from '@slt/domain';
import { train } from './core/training';
import { FEATURE_VERSION, FEATURES } from './core/features';
import { OnlineLearner } from './core/learner/online-learner';
import type { ModelRecord } from './core/model';
import type { LearningEvent } from './learning-events';
import { BENCH_START, fullSamples, LearningBench } from './testing/learning-bench';
import type { Signal, Trade } from '@slt/trading';
import { MemoryStore } from './testing/memory-store';

const minute = (count: number): UtcMs => BENCH_START + count * MINUTE_MS;

/** A win of one symbol: known at the close of the minute after the signal's, learned a minute later. */
function learnOne(bench: LearningBench, symbol = 'AAAUSDT'): void {
  bench.signal(symbol);
  bench.candle(symbol, minute(0), { high: 107 });
  bench.candle(symbol, minute(1));
  bench.candle(symbol, minute(2));
}

const aTrade = ({ id: positionId, symbol, setup, direction }: Signal): Trade => ({
  ...{ positionId, symbol, setup, direction, quantity: '1' },
  ...{
    entryTime: minute(1),
    entryPrice: '100',
    exitTime: minute(2) - 1,
    exitPrice: '105.4',
    exitReason: 'target',
  },
  ...{ realizedPnl: '5.4', fees: '0.3', funding: '0', netPnl: '5.1', r: 1.7, confidence: 0.7 },
});

const trained = (): ModelRecord =>
  train({
    samples: fullSamples(500),
    features: FEATURES.map(({ name }) => name),
    featureVersion: FEATURE_VERSION,
    seed: 1,
    now: BENCH_START,
    newLearner: () => new OnlineLearner(FEATURES.map(({ name }) => name)),
    digest: () => 'abcdef',
    options: { trees: 2, folds: 2 },
  }).challenger;

describe('the learning service', () => {
  it('learns, saves what it learned with the learner, and goes on from there', async () => {
    const first = await new LearningBench().open();
    learnOne(first);
    expect(first.intelligence.status()).toMatchObject({ outcomes: 1, pending: 0, note: null });
    await first.intelligence.save();
    expect(first.store.kept).toMatchObject([{ symbol: 'AAAUSDT', barrier: 'target', source: 'virtual' }]);
    const second = await first.restarted();
    expect(second.intelligence.status()).toEqual(first.intelligence.status());
    // The same signal is judged alike, to the last bit.
    expect(second.signal('BBBUSDT', minute(3))).toEqual(first.signal('BBBUSDT', minute(3)));
  });

  it.each([
    [128, 1],
    [129, 0],
  ])(
    'warns where series of %i candles are too short for features: %i times',
    async (HISTORY_LIMIT, times) => {
      const warned: unknown[] = [];
      const note = (message: unknown): void => void warned.push(message);
      Logger.overrideLogger({ log: () => undefined, warn: note, error: note });
      try {
        await (await new LearningBench(undefined, { HISTORY_LIMIT }).open()).close();
      } finally {
        Logger.overrideLogger(['log', 'warn', 'error']);
      }
      expect(warned).toEqual(Array(times).fill(expect.stringContaining('HISTORY_LIMIT=128')));
    },
  );

  it('saves nothing where nothing has happened, and saves at the end', async () => {
    const bench = await new LearningBench().open();
    await bench.intelligence.save();
    expect(bench.store.saves).toBe(0);
    bench.signal('AAAUSDT');
    await bench.close();
    expect(bench.store.saves).toBe(1);
  });

  it('notices an outcome that only candles brought', async () => {
    const bench = await new LearningBench().open();
    bench.signal('AAAUSDT');
    await bench.intelligence.save();
    bench.candle('AAAUSDT', minute(0), { low: 96 });
    bench.candle('AAAUSDT', minute(1));
    bench.candle('AAAUSDT', minute(2));
    bench.intelligence.watch();
    await bench.intelligence.save();
    expect(bench.store.kept).toMatchObject([{ barrier: 'stop' }]);
  });

  it('keeps samples while the database is away, and loses none', async () => {
    const bench = await new LearningBench().open();
    learnOne(bench);
    bench.store.isAway = true;
    await bench.intelligence.save();
    bench.store.isAway = false;
    await bench.intelligence.save();
    expect(bench.store.kept).toHaveLength(1);
    expect((await bench.restarted()).intelligence.status().outcomes).toBe(1);
  });

  it('saves nothing before it has read what there is, and lets nothing be traded', async () => {
    const first = await new LearningBench().open();
    learnOne(first);
    await first.intelligence.save();
    const { store } = first;
    store.isAway = true;
    const second = await new LearningBench(store).open();
    expect(second.signal('BBBUSDT').assessment!.refusals).toContain('LEARNING');
    store.isAway = false;
    await second.intelligence.save();
    expect(store.saves).toBe(1);
    await second.close();
  });

  it.each([
    ['is of another version', { version: 99 }],
    ['is no object', 7],
    ['lacks a part', { version: 1, featureVersion: FEATURE_VERSION }],
  ])('begins anew, and says so, where the snapshot %s', async (_, snapshot) => {
    const store = new MemoryStore();
    store.snapshot = snapshot;
    const bench = await new LearningBench(store).open();
    expect(bench.intelligence.status()).toMatchObject({
      outcomes: 0,
      note: expect.stringContaining('learning began anew') as unknown,
    });
    learnOne(bench);
    await bench.intelligence.save();
    const next = await bench.restarted();
    expect(next.intelligence.status()).toMatchObject({ outcomes: 1, note: null });
  });

  it('begins anew where the market did: it must not know the future of a replay', async () => {
    const first = await new LearningBench().open();
    learnOne(first);
    await first.intelligence.save();
    const replayed = new LearningBench(first.store);
    replayed.clock.set(minute(-60));
    await replayed.open();
    expect(replayed.intelligence.status()).toMatchObject({ outcomes: 0 });
  });

  it('tells followed signals what candles said while it was down, before the first live one', async () => {
    const first = await new LearningBench().open();
    first.signal('AAAUSDT');
    await first.intelligence.save();
    const second = await first.restarted();
    const series = new CandleSeries('AAAUSDT', '1m', 10);
    const highs = [101, 107, 101];
    series.load(
      columnsOf(
        highs.map((high, i) => ({ openTime: minute(i), open: 100, high, low: 99, close: 100, volume: 1 })),
      ),
    );
    second.connect((symbol) => (symbol === 'AAAUSDT' ? series : undefined));
    second.candle('AAAUSDT', minute(3), { low: 90 });
    await second.intelligence.save();
    expect(second.store.kept).toMatchObject([{ barrier: 'target', closedAt: minute(2) }]);
  });

  it('follows what was decided after its last save, as the journal has it, and nothing twice', async () => {
    const first = await new LearningBench().open();
    first.signal('AAAUSDT');
    await first.intelligence.save();
    // The process dies before it saves again.
    first.signal('BBBUSDT', minute(1));
    const closed = first.signal('CCCUSDT', minute(1), { decision: 'traded', reasons: [] });
    first.signal('DDDUSDT', minute(1), { decision: 'traded', reasons: [] });
    first.store.journal.trades.push(aTrade(closed));
    first.clock.set(minute(2));
    const second = await first.restarted();
    expect(second.intelligence.status()).toMatchObject({ pending: 3 });
    for (const symbol of ['AAAUSDT', 'BBBUSDT', 'DDDUSDT']) {
      second.candle(symbol, minute(2), { low: 96 });
      second.candle(symbol, minute(3));
    }
    second.candle('AAAUSDT', minute(4));
    expect(second.intelligence.status()).toMatchObject({ outcomes: 3, pending: 1 });
    await second.intelligence.save();
    expect(second.store.kept).toMatchObject([
      { symbol: 'CCCUSDT', source: 'real', r: 1.7 },
      { symbol: 'AAAUSDT', source: 'virtual', barrier: 'stop' },
      { symbol: 'BBBUSDT', source: 'virtual', barrier: 'stop' },
    ]);
  });

  it('looks not back where its market began anew', async () => {
    const first = await new LearningBench().open();
    learnOne(first);
    await first.intelligence.save();
    const replayed = new LearningBench(first.store);
    replayed.clock.set(minute(0));
    await replayed.open();
    expect(replayed.intelligence.status()).toMatchObject({ outcomes: 0, pending: 0 });
  });

  it('has no advisor, and touches nothing, with LEARNING=off', async () => {
    const store = new MemoryStore();
    store.isAway = true;
    const bench = await new LearningBench(store, { LEARNING: 'off' }).open();
    expect(bench.intelligence.advisor).toBeUndefined();
    expect(() => bench.training.start()).toThrow(expect.objectContaining({ code: 'LEARNING.OFF' }));
    await expect(bench.registry.rollback()).rejects.toMatchObject({ code: 'LEARNING.OFF' });
    await bench.close();
    expect(store.saves).toBe(0);
  });
});

describe('the registry', () => {
  const model = trained();

  async function withModel(record = model): Promise<LearningBench> {
    const bench = await new LearningBench().open();
    await bench.store.addModel('emulator:spec', record, null);
    return bench;
  }

  it('promotes by hand, judges by it after a restart too, and rolls back step by step', async () => {
    const bench = await withModel();
    const told: LearningEvent[] = [];
    bench.intelligence.events.subscribe((event) => told.push(event));
    await bench.registry.promote(model.id, 'hand', 'a test');
    expect(bench.intelligence.champion).toBe(model.id);
    expect(bench.signal('AAAUSDT').assessment!.model).toBe(model.id);
    await bench.registry.promote(model.id, 'hand', 'again');
    expect(told).toMatchObject([{ type: 'model', model: model.id, previous: 'online', reason: 'hand' }]);

    const restarted = await bench.restarted();
    expect(restarted.intelligence.champion).toBe(model.id);
    expect(restarted.signal('AAAUSDT')).toEqual({ ...bench.signal('AAAUSDT') });

    await bench.registry.rollback();
    expect(bench.intelligence.champion).toBe('online');
    await expect(bench.registry.rollback()).rejects.toMatchObject({ code: 'MODEL.NO_PREVIOUS' });
  });

  it('goes back past a rollback, not to and fro', async () => {
    const bench = await withModel();
    const second = { ...model, id: 'forest-second' };
    await bench.store.addModel('emulator:spec', second, null);
    await bench.registry.promote(model.id, 'hand', '');
    await bench.registry.promote(second.id, 'hand', '');
    await bench.registry.rollback();
    expect(bench.intelligence.champion).toBe(model.id);
    await bench.registry.rollback();
    expect(bench.intelligence.champion).toBe('online');
  });

  it('refuses what it does not know, and what measures signals otherwise', async () => {
    const bench = await withModel({ ...model, featureVersion: 0 });
    await expect(bench.registry.promote('nobody', 'hand', '')).rejects.toMatchObject({ kind: 'not-found' });
    await expect(bench.registry.promote(model.id, 'hand', '')).rejects.toMatchObject({
      kind: 'rejected',
      code: 'MODEL.OTHER_FEATURES',
    });
    expect(bench.intelligence.champion).toBe('online');
  });

  it('lets the online learner judge where the champion cannot be restored', async () => {
    const bench = await withModel({ ...model, state: { version: 1 } });
    await bench.store.promote('emulator:spec', { model: model.id, at: 0, reason: 'hand', detail: '' });
    const restarted = await bench.restarted();
    expect(restarted.intelligence.champion).toBe('online');
    expect(restarted.intelligence.status().note).toContain(model.id);
    expect(bench.store.told[0]).toMatchObject({ model: 'online', previous: model.id, reason: 'unusable' });
  });

  it('demotes a champion whose edge was lost, also while the database is away', async () => {
    const bench = await withModel();
    await bench.registry.promote(model.id, 'hand', '');
    bench.store.isAway = true;
    bench.intelligence.tell({ type: 'drift', at: BENCH_START, drift: 'drifted', model: model.id });
    expect(bench.intelligence.champion).toBe('online');
  });
});

describe('a training', () => {
  it('is refused while one runs, fails without enough samples, and says why', async () => {
    const bench = await new LearningBench().open();
    bench.training.start();
    expect(bench.training.status().state).toBe('running');
    expect(() => bench.training.start()).toThrow(
      expect.objectContaining({ code: 'LEARNING.TRAINING_RUNNING' }),
    );
    await bench.training.settled();
    expect(bench.training.status()).toMatchObject({
      state: 'idle',
      lastError: expect.stringContaining('too few') as unknown,
    });
    expect(bench.training.counts()).toMatchObject({ done: 0, failed: 1 });
  });

  it('keeps its model, promotes one that is better, and knows nothing that came later', async () => {
    const bench = await new LearningBench().open();
    const samples = fullSamples(900);
    bench.store.kept.push(...samples);
    // The last hundred have not happened yet.
    bench.clock.set(samples[800]!.at);
    bench.training.start();
    await bench.training.settled();
    expect(bench.training.status().lastError).toBeNull();
    const [record] = await bench.store.models();
    expect(record!.trainedOn.to).toBeLessThanOrEqual(bench.clock.now());
    expect(record!.comparison!.verdict).toBe('better');
    expect(bench.intelligence.champion).toBe(record!.id);
    expect(bench.store.told).toMatchObject([{ reason: 'better', previous: 'online' }]);
  });

  it('begins by itself: with enough that is new, and as often as it is set to', async () => {
    const bench = await new LearningBench(new MemoryStore(), { LEARNING_TRAIN_HOURS: 2 }).open();
    const begun = (): string => bench.training.status().state;
    await bench.training.look();
    expect(begun()).toBe('idle');
    // Outcomes of five hundred signals, a minute apart.
    for (let i = 0; i <= 502; i++) {
      if (i < 500) bench.signal('AAAUSDT', minute(i));
      bench.candle('AAAUSDT', minute(i), { high: 107 });
    }
    await bench.intelligence.save();
    expect(bench.store.kept).toHaveLength(500);
    await bench.training.look();
    expect(begun()).toBe('running');
    await bench.training.settled();
    await bench.training.look();
    expect(begun()).toBe('idle');
    bench.clock.advance(3 * 60 * MINUTE_MS);
    await bench.training.look();
    expect(begun()).toBe('idle');
    bench.store.kept.push(...bench.store.kept.map((each) => ({ ...each, closedAt: bench.clock.now() })));
    await bench.training.look();
    expect(begun()).toBe('running');
    await bench.training.settled();
  });
});
