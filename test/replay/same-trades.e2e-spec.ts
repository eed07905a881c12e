/**
 * Backtest and paper trading are one: a recorded morning through the trader on a replaying emulator, as its API tells
 * it, and through the backtest, gives the same signals, decisions and trades, to the last digit.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backtestJson, findRecordings, runBacktest } from '@slt/backtest';
import { loadConfig } from '@slt/config';
import { MINUTE_MS, type UtcMs } from '@slt/domain';
import { Emulator } from '@slt/emulator';
import { IntelligenceService } from '@slt/intelligence';
import { type Decision, type Signal, TradingService } from '@slt/trading';
import { createTrader, type Trader } from '../../apps/trader/src/create-app';
import { walk } from '../../libs/backtest/src/testing/spec-market';
import { eventually } from '../support/eventually';

/** Midnight, with its fundings, falls into what is traded on. */
const START: UtcMs = Date.UTC(2025, 5, 1, 18, 50);
const LENGTH = 680;
/** Minutes that are history when the trader starts. */
const WARM_UP = 200;
const SPEED = 6_000; // 100 candles of each a second
/** The leader is not the first: others are judged while its candle of the minute is still to come. */
const SYMBOLS = ['ADAUSDT', 'BTCUSDT', 'ETHUSDT', 'SOLUSDT', 'XRPUSDT'];
const HEADER = 'timestamp,open,high,low,close,volume';
const LEARN = { seed: 1, trainEveryMs: 0 };

let folders: string[];
let emulator: Emulator;
let trader: Trader | undefined;

beforeEach(async () => {
  folders = ['recording', 'data'].map((name) => mkdtempSync(join(tmpdir(), `slt-same-${name}-`)));
  for (const [i, symbol] of SYMBOLS.entries()) writeRecording(symbol, 11 + i);
  const replay = folders[0]!;
  emulator = await Emulator.start({ replay, speed: SPEED, replayWarmup: WARM_UP, quiet: true, hold: true });
});

afterEach(async () => {
  await trader?.close();
  await emulator.close();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 20 });
});

/** With a hole in one of them, and a symbol that ends before the others. */
function writeRecording(symbol: string, seed: number): void {
  const candles = walk(seed, LENGTH, 100 * (seed % 7) + 50)
    .map((candle, i) => ({ ...candle, openTime: START + i * MINUTE_MS }))
    .filter((_, i) => symbol !== 'SOLUSDT' || i < 400 || i >= 412)
    .filter((_, i) => symbol !== 'XRPUSDT' || i < LENGTH - 90);
  const rows = candles.map(({ openTime, open, high, low, close, volume }) =>
    [openTime, open, high, low, close, volume].join(','),
  );
  writeFileSync(join(folders[0]!, `${symbol}_1m_recorded.csv`), [HEADER, ...rows, ''].join('\n'));
  const rates = [0, 1, 2].map((i) => `${Date.UTC(2025, 5, 1, 8 * i) + 3},${(i - 1) * 0.0002 + seed / 1e6}`);
  const text = ['timestamp,funding_rate', ...rates, ''].join('\n');
  if (symbol !== 'ETHUSDT') writeFileSync(join(folders[0]!, `${symbol}_funding_recorded.csv`), text);
}

/** As GET tells it: every page of it, the newest first. */
async function told(path: string): Promise<Record<string, unknown>[]> {
  const all: Record<string, unknown>[] = [];
  for (let next: string | undefined = `/v1/${path}?limit=100`; next !== undefined;) {
    const response: Response = await fetch(new URL(next, trader!.url));
    all.push(...((await response.json()) as Record<string, unknown>[]));
    next = /<([^>]+)>; *rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
  }
  return all;
}

async function runLive(learning: 'on' | 'off') {
  const config = loadConfig({
    ...{ PORT: '0', DATA_DIR: folders[1]!, HISTORY_LIMIT: '1000', WARMUP_MIN_READY: '1' },
    ...{ TRADING_ENABLED: 'true', LEARNING: learning, LEARNING_TRAIN_HOURS: '0' },
  });
  trader = await createTrader(config, { logger: false, emulator });
  const { cluster, app } = trader;
  await eventually(() => !emulator.isHeld, 30_000);
  // At the end of all nothing trades any more, and what was held is closed.
  await eventually(() => cluster.status().symbols === 0, 60_000);
  const trading = app.get(TradingService);
  // Minutes that wait are acted upon, each symbol's last one at the very end.
  const isTold = (symbol: string): boolean => trading.minuteMarket!.series(symbol, '1m') === undefined;
  await eventually(() => SYMBOLS.every(isTold), 60_000);
  await eventually(() => trading.status().positions.length === 0);
  await eventually(() => trading.session!.journalLagMs === 0);
  const signals = (await told('signals')).map(({ assessment, ...signal }) => ({
    ...signal,
    probability: (assessment as { probability?: number } | null)?.probability,
  }));
  const trades = (await told('trades')).map(({ netPnl, ...trade }) => ({ ...trade, pnl: netPnl }));
  return { signals, trades, outcomes: app.get(IntelligenceService).status().outcomes };
}

async function runRecorded(learning: 'on' | 'off') {
  const decided = new Map<string, { signal: Signal; decision: Decision }>();
  const result = await runBacktest({
    recordings: await findRecordings(folders[0]!, '1m'),
    interval: '1m',
    from: START + WARM_UP * MINUTE_MS,
    ...(learning === 'on' ? { learn: LEARN } : {}),
    observer: {
      decided: (signal, decision) => void decided.set(signal.id, { signal, decision }),
      retracted: (id, reason) =>
        void decided.set(id, {
          ...decided.get(id)!,
          decision: { decision: 'refused', reasons: [reason] },
        }),
      traded: () => undefined,
    },
  });
  const signals = [...decided.values()].map(({ signal: { assessment, ...signal }, decision }) => ({
    ...signal,
    ...decision,
    probability: assessment?.probability,
  }));
  return { result, signals, outcomes: result.learning?.status.outcomes ?? 0 };
}

type Row = Readonly<Record<string, unknown>>;
const order = (row: Row): string =>
  `${String(row['exitTime'])} ${String(row['symbol'])} ${String(row['id'])}`;

/** As JSON has it, in one order, and only what both sides tell. */
function rows(all: readonly object[], like?: Row): Row[] {
  const plain = JSON.parse(JSON.stringify(all)) as Row[];
  const names = like === undefined ? undefined : Object.keys(like);
  const pick = (row: Row): Row =>
    names === undefined ? row : Object.fromEntries(names.map((name) => [name, row[name]]));
  return plain.map(pick).sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

describe('a recorded morning', () => {
  it.each(['off', 'on'] as const)(
    'is traded alike by the trader and by a backtest, learning %s',
    async (learning) => {
      const live = await runLive(learning);
      const { result, signals, outcomes } = await runRecorded(learning);
      const { trades } = backtestJson(result);
      expect(rows(live.trades, trades[0])).toEqual(rows(trades));
      expect(rows(live.signals)).toEqual(rows(signals));
      expect(live.outcomes).toBe(outcomes);
      // It was no morning on which nothing happened.
      expect(new Set(trades.map(({ exitReason }) => exitReason)).size).toBeGreaterThan(3);
      expect(trades.some(({ funding }) => funding !== 0)).toBe(true);
      expect(new Set(result.symbols.map(({ count }) => count))).toEqual(new Set([0, 1]));
      expect(outcomes > 5).toBe(learning === 'on');
    },
  );
});
