/** Candles and what they prove, as `GET /v1/market`, `/v1/symbols/…` and the events `candle` and `smc` tell it. */

export interface Candle {
  readonly openTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

export type Bias = 'bullish' | 'bearish';
export type Scale = 'swing' | 'internal';

/** The newest proof of a symbol: a break of structure, or what else the stream told. */
export interface LastEvent {
  readonly kind: string;
  readonly scale: Scale | null;
  readonly direction: string | null;
  /** Open time of the candle that proved it. */
  readonly at: number;
}

export interface MarketSymbol {
  readonly symbol: string;
  readonly state: 'loading' | 'live' | 'repairing' | 'failed';
  readonly ready: boolean;
  /** Open time of the newest closed candle. */
  readonly lastOpenTime: number | null;
  /** Of the newest candles, oldest first. */
  readonly closes: readonly number[];
  readonly swing: Bias | null;
  readonly internal: Bias | null;
  readonly lastBreak: LastEvent | null;
}

export interface Market {
  readonly at: number;
  readonly interval: string;
  readonly symbols: readonly MarketSymbol[];
}

/** What the stream says of one candle; `kind` decides what else is in it (docs/smc.md). */
export interface SmcEvent {
  readonly kind:
    | 'pivot'
    | 'bos'
    | 'choch'
    | 'order-block'
    | 'fair-value-gap'
    | 'equal-level'
    | 'liquidity'
    | 'period-level'
    | 'session';
  readonly scale?: Scale;
  readonly direction?: Bias;
  readonly state?: string;
  readonly id?: string;
  readonly at: number;
  readonly atTime: number;
  readonly knownAt: number;
  readonly knownAtTime: number;
  readonly [detail: string]: unknown;
}
