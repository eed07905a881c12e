/** The market pipeline as `GET /v1/cluster`, `/v1/cluster/symbols`, `/v1/market` and `/health/ready` tell it. Instants are exchange time in ms. */

export type Phase = 'idle' | 'discovering' | 'warming' | 'streaming' | 'degraded' | 'stopping';

export interface WarmUp {
  readonly total: number;
  readonly ready: number;
  readonly cached: number;
  readonly fetched: number;
  readonly failed: number;
  /** 0 to 100. */
  readonly percent: number;
  readonly etaMs?: number;
}

export interface SymbolFailure {
  readonly symbol: string;
  readonly code: string;
  readonly message: string;
}

export interface ClusterStatus {
  readonly phase: Phase;
  readonly since: number;
  readonly ready: boolean;
  readonly everReady: boolean;
  readonly reason?: string;
  readonly symbols: number;
  readonly warmUp: WarmUp;
  readonly phases: readonly {
    readonly phase: Phase;
    readonly startedAt: number;
    readonly durationMs?: number;
  }[];
  readonly streams: {
    readonly connections: number;
    readonly subscriptions: number;
    readonly reconnects: number;
    readonly lastFrameAt?: number;
    readonly lagMs?: number;
    readonly silentSymbols: number;
  };
  readonly lagMs?: number;
  readonly gapsRepaired: number;
  readonly candles: number;
  readonly failures: readonly SymbolFailure[];
}

export type SymbolPhase = 'loading' | 'live' | 'repairing' | 'failed';
/** Where a series came from: the cache as it was, the cache and what it lacked, the exchange, a shorter interval. */
export type Origin = 'cache' | 'topped-up' | 'fetched' | 'aggregated';

export interface SymbolProgress {
  readonly symbol: string;
  readonly state: SymbolPhase;
  /** Whole and up to date in every interval. */
  readonly ready: boolean;
  /** null until the history has come. */
  readonly origin: Origin | null;
  readonly gapsRepaired: number;
  readonly failure: { readonly code: string; readonly message: string } | null;
}

export interface ClusterSymbols {
  readonly at: number;
  readonly symbols: readonly SymbolProgress[];
}

export type IndicatorStatus = 'up' | 'degraded' | 'down';

export interface Readiness {
  readonly status: string;
  readonly ready: boolean;
  readonly phase: Phase;
  readonly reason?: string;
  readonly details: Readonly<
    Record<string, { readonly status: IndicatorStatus; readonly [fact: string]: unknown } | undefined>
  >;
}
