/** What `GET /v1/events` tells, by the name of the event. `at` is exchange time. */
import type { ClusterStatus, Phase, WarmUp } from './cluster';
import type { Candle, SmcEvent } from './market';
import type { Models } from './models';
import type { Breaker, BreakerLevel, Position, Signal, Trade, TradingState } from './trading';

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
  /** Another one judges from here on. */
  model: { readonly at: number } & Models['promotions'][number];
  drift: { readonly at: number; readonly drift: Models['learner']['drift']; readonly model: string };
  /** Of one that ended: the model it made, or why it made none. */
  training: {
    readonly at: number;
    readonly state: Models['training']['state'];
    readonly model: string | null;
    readonly error: string | null;
  };
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

export type FeedEventName = keyof FeedEvents;
