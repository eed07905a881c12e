/** The registry on a real PostgreSQL of its own, in a folder that goes with it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppConfig } from '@slt/config';
import { Database, type DatabaseOptions, DataDirLock } from '@slt/database';
import type { ModelRecord } from '../core/model';
import type { Sample } from '../core/sample';
import { FEATURE_VERSION } from '../core/features';
import { specSamples } from '../core/training/spec-samples';
import { BENCH_START, fullSamples } from '../testing/learning-bench';
import type { TrainingOrder } from '../training/training-messages';
import { InlineTrainer, TrainingProcess } from '../training/training-process';
import { IntelligenceDatabase } from './intelligence-database';
import { IntelligenceStore } from './intelligence-store';
import type { SampleRange } from './sample-pages';

const dataDir = mkdtempSync(join(tmpdir(), 'slt-intelligence-'));
const opened: Database[] = [];

interface Parts {
  readonly database: Database;
  readonly store: IntelligenceStore;
}

/** As a process of its own would have it. */
function open(options: DatabaseOptions = {}): Parts {
  const config = Object.assign(new AppConfig(), { DATA_DIR: dataDir });
  const database = new Database(config, new DataDirLock(config), options);
  opened.push(database);
  return { database, store: new IntelligenceStore(new IntelligenceDatabase(database), database) };
}

const { database, store } = open();
let markets = 0;
const newMarket = (): string => `emulator:spec-${++markets}`;

const samplesOf = (count: number): Sample[] => specSamples({ seed: 3, count, winRate: () => 0.4 });
const ALL: SampleRange = { featureVersion: 1, until: Number.MAX_SAFE_INTEGER, most: 10_000 };

async function read(market: string, range: Partial<SampleRange> = {}): Promise<Sample[]> {
  const found: Sample[] = [];
  for await (const page of store.samples(market, { ...ALL, ...range })) found.push(...page);
  return found;
}

const modelOf = (id: string, createdAt = 1): ModelRecord => ({
  id,
  kind: 'forest',
  createdAt,
  featureVersion: 1,
  trainedOn: { from: 1, to: 2, samples: 3 },
  hyperparameters: { trees: 2 },
  seed: 4_294_967_295,
  metrics: { samples: 0, logLoss: null, brier: null, ece: null, traded: 0, expectancyR: null },
  state: { version: 1, share: [0.1 + 0.2] },
});

beforeAll(() => database.url());
afterAll(async () => {
  for (const each of opened.reverse()) await each.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const RUNNER = join(__dirname, '../../../../test/support/run-ts.cjs');
const CHILD = join(__dirname, '../training/training-child.ts');
const own = (from: Pick<Database, 'url'> = database): TrainingProcess =>
  new TrainingProcess(from, CHILD, ['--require', RUNNER]);
const never = new AbortController().signal;

describe('the registry', () => {
  it('knows nothing where there are no tables, makes none to find that out, and makes them once for several', async () => {
    expect(await store.load('binance')).toEqual({ snapshot: undefined, champion: undefined });
    const { rows } = await database.query<{ schema: string | null }>(
      "select to_regnamespace('intelligence')::text as schema",
    );
    expect(rows).toEqual([{ schema: null }]);
    const other = open({ role: 'guest' });
    const none = await Promise.all([store.models('binance'), other.store.models('binance')]);
    expect(none).toEqual([[], []]);
  });

  it('gives back the learner and its samples to the last bit, each market its own', async () => {
    const [market, other] = [newMarket(), newMarket()];
    const samples = samplesOf(7).with(3, {
      ...samplesOf(4)[3]!,
      r: 0.1 + 0.2,
      features: [NaN, -1e-300, 1 / 3, 5],
    });
    const snapshot = { version: 1, odd: [0.1 + 0.2, 1e-300], text: 'ü' };
    await store.save(market, { snapshot, samples, at: 5 }, 100);
    expect((await store.load(market)).snapshot).toEqual(snapshot);
    expect((await read(market)).toSorted((a, b) => a.at - b.at)).toEqual(samples);
    expect(await store.load(other)).toEqual({ snapshot: undefined, champion: undefined });
    expect(await read(other)).toEqual([]);
    // Told twice, as after an answer that was lost.
    await store.save(market, { snapshot: { version: 2 }, samples, at: 6 }, 100);
    expect(await read(market)).toHaveLength(7);
    expect((await store.load(market)).snapshot).toEqual({ version: 2 });
  });

  it('saves both or neither', async () => {
    const market = newMarket();
    const [good, bad] = samplesOf(2);
    const broken = [good!, { ...bad!, closedAt: bad!.at }];
    await expect(store.save(market, { snapshot: {}, samples: broken, at: 1 }, 10)).rejects.toMatchObject({
      code: 'DATABASE.STATEMENT_FAILED',
    });
    expect(await read(market)).toEqual([]);
    expect((await store.load(market)).snapshot).toBeUndefined();
  });

  it('tells samples page by page, the newest first, up to an instant, of one feature version', async () => {
    const market = newMarket();
    const samples = samplesOf(1_200);
    await store.save(market, { snapshot: {}, samples, at: 1 }, 10_000);
    const byOutcome = samples.toSorted((a, b) => b.closedAt - a.closedAt || (a.id < b.id ? 1 : -1));
    expect((await read(market)).map(({ id }) => id)).toEqual(byOutcome.map(({ id }) => id));
    expect(await read(market, { most: 700 })).toHaveLength(700);
    const until = byOutcome[600]!.closedAt;
    const known = await read(market, { until });
    expect(known.every(({ closedAt }) => closedAt <= until)).toBe(true);
    expect(known[0]!.closedAt).toBe(until);
    expect(await read(market, { featureVersion: 2 })).toEqual([]);
    expect(await store.countSamples(market, until)).toBe(samples.length - known.length);
  });

  it('keeps the newest samples, and so many more at most as it looks for old ones', async () => {
    const market = newMarket();
    const samples = samplesOf(1_500);
    await store.save(market, { snapshot: {}, samples, at: 1 }, 200);
    const kept = await read(market);
    const newest = samples.toSorted((a, b) => b.closedAt - a.closedAt || (a.id < b.id ? 1 : -1));
    expect(kept.map(({ id }) => id)).toEqual(newest.slice(0, 200).map(({ id }) => id));
  });

  it('passes over rows that are none of ours, and says how many', async () => {
    const market = newMarket();
    await store.save(market, { snapshot: {}, samples: samplesOf(5), at: 1 }, 100);
    const [first, second] = samplesOf(2);
    await database.query("update intelligence.samples set setup = 'magic' where market = $1 and id = $2", [
      market,
      first!.id,
    ]);
    await database.query(
      "update intelligence.samples set features = '{1,null}' where market = $1 and id = $2",
      [market, second!.id],
    );
    let refused = 0;
    const found: Sample[] = [];
    for await (const page of store.samples(market, ALL, (rows) => (refused += rows))) found.push(...page);
    expect([found.length, refused]).toEqual([3, 2]);
  });

  it('keeps models with their state, and promotes one at a time', async () => {
    const market = newMarket();
    await store.addModel(market, modelOf('a', 1), null);
    await store.addModel(market, modelOf('b', 2), null);
    await store.addModel(market, modelOf('b', 2), null);
    const statuses = async () => (await store.models(market)).map(({ id, status }) => [id, status]);
    expect(await statuses()).toEqual([
      ['b', 'challenger'],
      ['a', 'retired'],
    ]);
    expect(await store.model(market, 'a')).toMatchObject(modelOf('a', 1));
    expect(await store.model(market, 'c')).toBeUndefined();
    const promote = (model: string) => store.promote(market, { model, at: 9, reason: 'hand', detail: 'x' });
    expect(await promote('a')).toMatchObject({ model: 'a', previous: 'online' });
    expect(await promote('a')).toBeUndefined();
    expect((await store.load(market)).champion).toEqual({
      id: 'a',
      featureVersion: 1,
      trainedTo: 2,
      state: modelOf('a').state,
    });
    await expect(promote('c')).rejects.toMatchObject({ kind: 'not-found', code: 'MODEL.UNKNOWN' });
    expect((await store.load(market)).champion?.id).toBe('a');
    await Promise.all([promote('b'), promote('online'), promote('b'), promote('online')]);
    const history = await store.promotions(market);
    // Each goes on from where the one before ended.
    for (const [i, { previous }] of history.entries()) {
      expect(previous).toBe(history[i + 1]?.model ?? 'online');
    }
    expect((await store.load(market)).champion?.id ?? 'online').toBe(history[0]!.model);
  });

  it('forgets old models, but never the champion', async () => {
    const market = newMarket();
    await store.addModel(market, modelOf('first', 0), null);
    await store.promote(market, { model: 'first', at: 1, reason: 'hand', detail: '' });
    for (let i = 1; i <= 55; i++) await store.addModel(market, modelOf(`m${i}`, i), null);
    const models = await store.models(market);
    expect(models).toHaveLength(51);
    expect(models.at(-1)).toMatchObject({ id: 'first', status: 'champion' });
  });
});

describe('a training in a process of its own', () => {
  const market = newMarket();
  const order: TrainingOrder = {
    market,
    samples: { featureVersion: FEATURE_VERSION, until: BENCH_START, most: 10_000 },
    seed: 1,
    now: BENCH_START,
    champion: undefined,
    options: { trees: 2, folds: 2 },
  };

  it('gives what it would give here, from the samples that the database has', async () => {
    // What is not known is NaN, which must arrive as such.
    const samples = fullSamples(600).map((sample, i) => ({
      ...sample,
      features: sample.features.with(2, i % 3 === 0 ? NaN : 0.5),
    }));
    await store.save(market, { snapshot: {}, samples, at: 1 }, 10_000);
    await database.query("update intelligence.samples set setup = 'magic' where market = $1 and id = $2", [
      market,
      samples[5]!.id,
    ]);
    const there = await own().train(order, never);
    expect(there).toEqual(await new InlineTrainer(store).train(order, never));
    expect(there).toMatchObject({ refused: 1, result: { challenger: { trainedOn: { samples: 599 } } } });
  });

  it('fails as it would fail here, and says that the database is away', async () => {
    const few = { ...order, samples: { ...order.samples, most: 10 } };
    await expect(own().train(few, never)).rejects.toMatchObject({
      kind: 'rejected',
      code: 'LEARNING.TOO_FEW_SAMPLES',
    });
    const away = { url: () => Promise.resolve('postgres://nobody@127.0.0.1:1/none') };
    await expect(own(away).train(order, never)).rejects.toMatchObject({
      kind: 'transient',
      code: 'DATABASE.UNREACHABLE',
    });
  });

  it('ends at once when told to', async () => {
    const stop = new AbortController();
    const training = own().train(order, stop.signal);
    stop.abort();
    await expect(training).rejects.toMatchObject({ code: 'LEARNING.INTERRUPTED' });
  });
});
