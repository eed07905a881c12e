/** What `GET /v1/events` tells, by the name of the event. `at` is exchange time. */
import type { ClusterStatus, Phase, WarmUp } from './cluster';
import type { Candle, SmcEvent } from './market';
import type { BreakerLevel, Position, Signal, Trade, TradingState } from './trading';

interface OfSeries {
  readonly at: number;
  readonly symbol: string;
  readonly interval: string;
}

export interface FeedEvents {
  /** First of each connection. */
  status: ClusterStatus;
  /** What lies between the last connection and this one is partly lost. */
  missed: { readonly after: string };
  phase: { readonly at: number; readonly phase: Phase; readonly reason?: string };
  'warm-up': { readonly at: number; readonly warmUp: WarmUp; readonly ready: boolean };
  candle: OfSeries & { readonly candle: Candle };
  /** Before they close; of the symbol that was asked for, one candle of each interval. */
  forming: {
    readonly at: number;
    readonly symbol: string;
    readonly candles: readonly { readonly interval: string; readonly candle: Candle }[];
  };
  smc: OfSeries & { readonly events: readonly SmcEvent[] };
  gap: OfSeries & { readonly from: number; readonly count: number; readonly outcome: string };
  universe: { readonly at: number; readonly added: readonly string[]; readonly removed: readonly string[] };
  trading: { readonly at: number; readonly state: TradingState };
  signal: { readonly at: number; readonly symbol: string; readonly signal: Signal };
  position: { readonly at: number; readonly symbol: string; readonly position: Position | null };
  trade: { readonly at: number; readonly symbol: string; readonly trade: Trade };
  breaker: {
    readonly at: number;
    readonly change: {
      readonly at: number;
      readonly from: BreakerLevel;
      readonly to: BreakerLevel;
      readonly move: string;
      readonly reasons: Breaker['reasons'];
    };
  };
}

type Breaker = import('./trading').Breaker;
export type FeedEventName = keyof FeedEvents;
