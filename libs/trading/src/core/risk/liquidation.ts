/**
 * When the exchange would take a position away. Formulas of Binance USDⓈ-M: maintenance margin = notional × rate −
 * amount, by the bracket of the notional; a position on its own margin is liquidated where that is all it has left.
 */
import { type Direction, signOf } from '../signal';

/** One step of a symbol's leverage brackets. */
export interface MarginBracket {
  /** Inclusive upper end of the notional, in quote asset. */
  readonly notionalCap: number;
  readonly maxLeverage: number;
  /** Maintenance margin rate. */
  readonly maintenanceRate: number;
  /** Maintenance amount (`cum`): what keeps the margin continuous from step to step. */
  readonly maintenanceAmount: number;
}

/** For a symbol whose brackets are not known: what only small coins have. */
export const CAUTIOUS_BRACKETS: readonly MarginBracket[] = Object.freeze([
  { notionalCap: Infinity, maxLeverage: 10, maintenanceRate: 0.05, maintenanceAmount: 0 },
]);

/** @param brackets ascending @returns undefined above the last: the exchange takes no such position */
export function bracketOf(notional: number, brackets: readonly MarginBracket[]): MarginBracket | undefined {
  return brackets.find(({ notionalCap }) => notional <= notionalCap);
}

export interface LeveragedPosition {
  readonly direction: Direction;
  readonly quantity: number;
  readonly entry: number;
  readonly leverage: number;
  readonly bracket: MarginBracket;
}

/** Price at which the position's own margin (notional ÷ leverage) is down to its maintenance margin; 0 if never. */
export function liquidationPrice(position: LeveragedPosition): number {
  const { quantity, entry, leverage, bracket } = position;
  const sign = signOf(position.direction);
  const margin = (quantity * entry) / leverage;
  const { maintenanceRate, maintenanceAmount } = bracket;
  const price =
    (margin + maintenanceAmount - sign * quantity * entry) / (quantity * (maintenanceRate - sign));
  return price > 0 ? price : 0;
}
