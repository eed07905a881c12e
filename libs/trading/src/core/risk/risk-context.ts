/** What the risk rules need to know besides the signal. All numbers are float64, money in quote asset. */
import type { UtcMs } from '@slt/domain';
import type { EntryPermit } from '../breaker';
import type { Exposure } from './correlation';
import type { MarginBracket } from './liquidation';
import type { LossFacts } from './loss-book';

export interface RiskAccount {
  readonly equity: number;
  /** What a new position's margin can be taken from. */
  readonly availableBalance: number;
  /** Initial margin of all positions. */
  readonly initialMargin: number;
}

/** The signal's symbol, now. */
export interface RiskMarket {
  /** Listed, trading, warm, and its stream runs. */
  readonly isTradable: boolean;
  /**
   * Orders of ours may still be there, of whatever position: the stop of one that is closed would close the next.
   */
  readonly hasOrders: boolean;
  /** What an order would fill at about; undefined: the signal's entry. */
  readonly price?: number | undefined;
  readonly tickSize: number;
  readonly stepSize: number;
  readonly minQuantity: number;
  /** Of a market order; undefined: no limit. */
  readonly maxQuantity?: number | undefined;
  readonly minNotional: number;
  /** Ascending; undefined or empty: not known, which is taken for a small coin. */
  readonly brackets?: readonly MarginBracket[] | undefined;
  readonly atr?: number | undefined;
  readonly sectors: readonly string[];
  /** Measured correlation of recent returns with another symbol. */
  readonly correlation?: (other: string) => number | undefined;
}

export interface RiskContext {
  /** By the exchange's clock. */
  readonly now: UtcMs;
  readonly isTradingOn: boolean;
  readonly permit: EntryPermit;
  readonly account: RiskAccount;
  readonly market: RiskMarket;
  /** Positions, and entries under way. */
  readonly exposures: readonly Exposure[];
  readonly losses: LossFacts;
}
