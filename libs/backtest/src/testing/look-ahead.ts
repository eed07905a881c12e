/**
 * The look-ahead checker: whatever was decided up to an instant must have been decided in the same way had there been no
 * candle after it. What differs has seen the future.
 */
import { MINUTE_MS } from '@slt/domain';
import type { BacktestOptions } from '../backtest';
import { type Ran, type Recorded, run, T0 } from './spec-market';

/** Options that may look at the candles that there are: whoever leaks does it through them. */
export type OptionsFor = (recorded: Recorded) => Partial<BacktestOptions>;

export interface LookAhead {
  /** Lines of the whole run and of the cut one that differ; empty: nobody saw what was not there yet. */
  readonly differences: readonly string[];
  /** What was compared. */
  readonly decisions: number;
  readonly trades: number;
}

/** @param candles of each symbol that the cut run has */
export async function lookAhead(whole: Recorded, candles: number, options: OptionsFor): Promise<LookAhead> {
  const cut = Object.fromEntries(
    Object.entries(whole).map(([symbol, each]) => [symbol, each.slice(0, candles)]),
  );
  const instant = T0 + candles * MINUTE_MS;
  const expected = toldBy(await run(whole, options(whole)), instant);
  const got = toldBy(await run(cut, options(cut)), instant);
  const differences: string[] = [];
  for (let i = 0; i < Math.max(expected.lines.length, got.lines.length); i++) {
    const [one = 'nothing', other = 'nothing'] = [expected.lines[i], got.lines[i]];
    if (one !== other) differences.push(`${one} ≠ ${other}`);
  }
  return { differences, decisions: expected.decisions, trades: expected.trades };
}

/** Decisions up to the instant (inclusive), to the last bit of every number; trades that were over before it. */
function toldBy({ decisions, trades }: Ran, instant: number) {
  const decided = decisions
    .filter(({ signal }) => signal.at <= instant)
    .map(({ signal, decision }) => JSON.stringify([signal, decision]));
  const closed = trades
    .filter(({ exitTime }) => exitTime < instant)
    .map(({ stop: _stop, target: _target, candles: _candles, ...trade }) => JSON.stringify(trade));
  return { lines: [...decided, ...closed], decisions: decided.length, trades: closed.length };
}
