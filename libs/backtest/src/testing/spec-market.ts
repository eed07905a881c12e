/** Generated candles and the means to run a backtest on them, for specs. */
import { type Candle, columnsOf, MINUTE_MS, type UtcMs } from '@slt/domain';
import type { Decision, PaperSettings, Refusal, Scorer, Signal, Trade } from '@slt/trading';
import { type BacktestOptions, type BacktestResult, runBacktest } from '../backtest';
import type { CandleSource } from '../market/series-feed';

export const T0: UtcMs = Date.UTC(2025, 5, 2);
export const TICK = 0.01;
const BATCH = 1_000;

/** One tick between price and bid or ask, and nothing moves it: every fill can be reckoned by hand. */
export const FLAT: Partial<PaperSettings> = {
  spreadBps: 0,
  impact: { touchNotional: 1e9, bpsAtMinuteVolume: 0, minuteVolume: 1, maxBps: 0 },
};

/** All signals are as sure as that. */
export const sure =
  (confidence: number): Scorer =>
  () => ({ confidence, parts: { given: confidence } });

export const cents = (price: number): number => Math.round(price * 100) / 100;

/** A walk on a grid of cents with swings and leaps, so that there is structure to trade and there are gaps. */
export function walk(seed: number, length: number, start = 100): Candle[] {
  let state = (seed * 2_654_435_761) >>> 0;
  const random = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  let close = start;
  let drift = 0;
  return Array.from({ length }, (_, i) => {
    if (i % 40 === 0) drift = (random() - 0.5) * 0.0005 * start;
    const open = close;
    const leap = random() < 0.2 ? 5 : 1;
    close = cents(Math.max(start / 5, open + drift + (random() - 0.5) * leap * 0.001 * start));
    const high = cents(Math.max(open, close) + random() * 0.0003 * start);
    const low = cents(Math.min(open, close) - random() * 0.0003 * start);
    return { openTime: T0 + i * MINUTE_MS, open, high, low, close, volume: 100 + Math.floor(random() * 900) };
  });
}

/** Candles by symbol, as if each were a file. */
export type Recorded = Readonly<Record<string, readonly Candle[]>>;

export function sourceOf(recorded: Recorded): CandleSource {
  return async function* (file) {
    await Promise.resolve();
    const candles = recorded[file] ?? [];
    for (let start = 0; start < candles.length; start += BATCH) {
      const columns = columnsOf(candles.slice(start, start + BATCH));
      yield { columns, placeOf: (index) => `row ${start + index + 1}` };
    }
  };
}

export interface Ran extends BacktestResult {
  readonly decisions: readonly { readonly signal: Signal; readonly decision: Decision }[];
  readonly retractions: readonly { readonly signalId: string; readonly reason: Refusal }[];
}

export async function run(recorded: Recorded, options: Partial<BacktestOptions> = {}): Promise<Ran> {
  const decisions: { signal: Signal; decision: Decision }[] = [];
  const retractions: { signalId: string; reason: Refusal }[] = [];
  const traded: Trade[] = [];
  const result = await runBacktest({
    recordings: Object.keys(recorded).map((symbol) => ({ symbol, files: [symbol], fundingFiles: [] })),
    interval: '1m',
    read: sourceOf(recorded),
    scorer: sure(0.7),
    paper: FLAT,
    fundingRate: 0,
    observer: {
      decided: (signal, decision) => void decisions.push({ signal, decision }),
      retracted: (signalId, reason) => void retractions.push({ signalId, reason }),
      traded: (trade) => void traded.push(trade),
    },
    ...options,
  });
  return { ...result, decisions, retractions };
}
