/**
 * The seam to what learns: a scorer for signals, told of all that came of them. Everything is said in the order of
 * time, within the pass of a candle, so that a backtest and the live service say the same.
 */
import type { Candle, Interval } from '@slt/domain';
import type { Scorer } from './confidence';
import type { Decision, Refusal, Signal } from './signal';
import type { Trade } from './position';

/** DI token of the Advisor; optional. Whoever provides it is global, for trading imports none that learns. */
export const ADVISOR = Symbol('Advisor');

export interface Advisor {
  /** Asked for each signal; its assessment goes with the signal from there on. */
  readonly score: Scorer;
  /**
   * A closed candle of an interval that is traded, before the signals that it completes are scored.
   * @param candle may be one object for all candles: copy what is kept
   */
  onCandle(symbol: string, interval: Interval, candle: Candle): void;
  /** Once for each signal that was scored, also while trading is off: then `refused` with `TRADING_OFF`. */
  decided(signal: Signal, decision: Decision): void;
  /** Its decision was `traded`, and nothing was filled. May be told twice, and in error: then `traded` follows yet. */
  retracted(signalId: string, reason: Refusal): void;
  /** A position was closed; its `positionId` is the signal's id. */
  traded(trade: Trade): void;
}
