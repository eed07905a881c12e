/**
 * Backtest and live are one pipeline: a recorded morning through the trader on a replaying emulator, and through the
 * backtest, gives the same signals, each with the same assessment by what was learned until then, to the last bit.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRecordings, type Recording, runBacktest } from '@slt/backtest';
import { ClusterService } from '@slt/cluster';
import { loadConfig } from '@slt/config';
import { type Candle, HOUR_MS, MINUTE_MS, type UtcMs } from '@slt/domain';
import { Emulator } from '@slt/emulator';
import { IntelligenceService } from '@slt/intelligence';
import { type Signal, TradingService } from '@slt/trading';
import { createTrader, type Trader } from '../../apps/trader/src/create-app';
import { walk } from '../../libs/backtest/src/testing/spec-market';
import { eventually } from '../support/eventually';

/** Fundings are settled at midnight, before the trader comes, and not again: each side knows the same rate throughout. */
const START: UtcMs = Date.UTC(2025, 5, 1, 23, 45);
const LENGTH = 470;
/** Minutes that are history when the trader starts. */
const WARM_UP = 120;
/** Minutes in which nothing moves, from a little before its end: until the trader has asked for what it wants to know. */
const QUIET_FROM = WARM_UP - 15;
const QUIET = 135;
const SPEED = 1_200; // 20 candles a second
const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT', 'XRPUSDT'];
const HEADER =
  'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore';

let folders: string[] = [];
let emulator: Emulator;
let trader: Trader | undefined;

beforeAll(async () => {
  folders = ['recording', 'data', 'funding'].map((name) => mkdtempSync(join(tmpdir(), `slt-same-${name}-`)));
  for (const [i, symbol] of SYMBOLS.entries()) writeRecording(symbol, 40 + i);
  const replay = folders[0]!;
  emulator = await Emulator.start({ replay, speed: SPEED, replayWarmup: WARM_UP, quiet: true });
});

afterAll(async () => {
  await trader?.close();
  await emulator.close();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 20 });
});

function writeRecording(symbol: string, seed: number): void {
  const rows = morning(seed).map(({ openTime, open, high, low, close, volume }) =>
    [openTime, open, high, low, close, volume, openTime + MINUTE_MS - 1, close * volume, 9, 0, 0, 0].join(
      ',',
    ),
  );
  writeFileSync(join(folders[0]!, `${symbol}-1m-2025-06-01.csv`), [HEADER, ...rows, ''].join('\n'));
}

/** A walk that pauses once the trader has come. */
function morning(seed: number): Candle[] {
  const walked = walk(seed, LENGTH - QUIET, 100 * (seed % 7) + 50);
  const { close } = walked[QUIET_FROM - 1]!;
  const quiet = Array.from({ length: QUIET }, () => ({
    open: close,
    high: close,
    low: close,
    close,
    volume: 1,
  }));
  const all = [...walked.slice(0, QUIET_FROM), ...quiet, ...walked.slice(QUIET_FROM)];
  return all.map((candle, i) => ({ ...candle, openTime: START + i * MINUTE_MS }));
}

/** What the trader found, and since when it was told of candles. */
interface Live {
  readonly signals: readonly Signal[];
  readonly from: UtcMs;
  readonly outcomes: number;
}

async function runLive(): Promise<Live> {
  const config = loadConfig({
    ...{ PORT: '0', DATA_DIR: folders[1]!, HISTORY_LIMIT: '1000', WARMUP_MIN_READY: '1' },
    LEARNING_TRAIN_HOURS: '0',
  });
  trader = await createTrader(config, { logger: false, emulator });
  const signals: Signal[] = [];
  const first = new Map<string, UtcMs>();
  const last = new Map<string, UtcMs>();
  trader.app.get(TradingService).events.subscribe((event) => {
    if (event.type === 'signal') signals.push(event.signal);
  });
  trader.app.get(ClusterService).onCandle((symbol, _interval, { openTime }) => {
    if (!first.has(symbol)) first.set(symbol, openTime);
    last.set(symbol, openTime);
  });
  const end = START + (LENGTH - 1) * MINUTE_MS;
  await eventually(() => SYMBOLS.every((symbol) => last.get(symbol) === end), 60_000);
  const { outcomes } = trader.app.get(IntelligenceService).status();
  return { signals, from: Math.max(...first.values()), outcomes };
}

/** Rates as the emulator settled them. */
async function fundingFile(symbol: string): Promise<string> {
  const query = new URLSearchParams({ symbol, startTime: String(START - 16 * HOUR_MS), limit: '10' });
  const answer = await fetch(`${emulator.url}/fapi/v1/fundingRate?${query.toString()}`);
  const settled = (await answer.json()) as { fundingTime: number; fundingRate: string }[];
  const file = join(folders[2]!, `${symbol}_funding.csv`);
  const rows = settled.map(({ fundingTime, fundingRate }) => `${fundingTime},${fundingRate}`);
  writeFileSync(file, ['timestamp,funding_rate', ...rows, ''].join('\n'));
  return file;
}

async function runRecorded(from: UtcMs) {
  const signals: Signal[] = [];
  const found = await findRecordings(folders[0]!, '1m');
  const recordings = await Promise.all(
    found.map(async (each): Promise<Recording> => ({
      ...each,
      fundingFiles: [await fundingFile(each.symbol)],
    })),
  );
  const result = await runBacktest({
    recordings,
    interval: '1m',
    from,
    warmUp: 10_000,
    // Too little for the smallest order: nothing is traded, as with trading off.
    paper: { initialBalance: '1' },
    learn: { seed: 1, trainEveryMs: 0 },
    observer: {
      decided: (signal) => void signals.push(signal),
      retracted: () => undefined,
      traded: () => undefined,
    },
  });
  return { signals, outcomes: result.learning!.status.outcomes };
}

const byId = (a: Signal, b: Signal): number => (a.id < b.id ? -1 : 1);
/** JSON tells NaN as null on both sides. */
const written = (signals: readonly Signal[]): unknown =>
  JSON.parse(
    JSON.stringify(signals.toSorted(byId).map(({ assessment, ...signal }) => ({ ...signal, assessment }))),
  );

describe('a recorded morning', () => {
  it('is judged alike by the trader and by a backtest', async () => {
    const live = await runLive();
    const recorded = await runRecorded(live.from);
    expect(written(live.signals)).toEqual(written(recorded.signals));
    expect(live.signals.length).toBeGreaterThan(15);
    // Later ones were judged by what came of earlier ones.
    expect(recorded.outcomes).toBeGreaterThan(5);
    expect(live.outcomes).toBe(recorded.outcomes);
    const said = new Set(live.signals.map(({ assessment }) => assessment!.probability));
    expect(said.size).toBeGreaterThan(3);
  }, 120_000);
});
