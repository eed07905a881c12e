/**
 * The faults that can be asked for. A rule is plain JSON: a `kind`, the fields of that kind, and what it applies to.
 *
 * Rules apply to an *event*: a REST request, a stream handshake, a frame for a symbol, the closing of a candle, or a
 * frame of an account — each kind says which. Instants and `openTimes` are exchange time, other durations wall time
 * unless said otherwise.
 */
import type { DurationMs, UtcMs } from '@slt/domain';
import type { AccountFault } from './account-fault-rule';

/** Where a rule applies; fields left out match everything. */
export interface FaultMatch {
  /** The caller's own name for the rule; without it one is given. A rule of the same id is replaced. */
  readonly id?: string;
  /** Start of the path: `/fapi/v1/klines`, `/data/`, or `/market` for streams. */
  readonly path?: string;
  /**
   * Whether `latency`, `rate-limit`, `ban`, `server-error`, `html`, `drop-socket` and `half-open` mean requests or
   * stream connections. Default: stream if `path` begins with /market, /public or /private or there is an `event`, else
   * rest.
   */
  readonly target?: 'rest' | 'stream';
  /** One symbol or several. Events without a symbol do not match. */
  readonly symbol?: string | readonly string[];
  readonly interval?: string;
  /** Of a request: `POST` on /fapi/v1/order places, `DELETE` cancels. Frames do not match. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /**
   * Every one of these parameters of the request, or fields of the frame, has this text: `{"type":"MARKET"}` of an
   * order, `{"x":"TRADE"}` of an ORDER_TRADE_UPDATE (fields of its `o`).
   */
  readonly params?: Readonly<Record<string, string>>;
  /** One event or several of the account stream: `ORDER_TRADE_UPDATE`. Requests do not match. */
  readonly event?: string | readonly string[];
  /** Share of matching events that are hit, in (0, 1]; drawn from a seed. */
  readonly probability?: number;
  /** Seed of `probability`; default: from the emulator's seed and the rule's id. */
  readonly seed?: number;
  /** How many events are hit at most. */
  readonly times?: number;
  /** Exchange time from which the rule is in force, inclusive. */
  readonly from?: UtcMs;
  /** Exchange time until which the rule is in force, exclusive. */
  readonly until?: UtcMs;
  /** How many matching events pass unharmed first. */
  readonly afterRequests?: number;
}

/** Candles by their open times: each of them, or a range with both ends included. */
export interface CandleSelection {
  readonly openTimes?: readonly UtcMs[];
  readonly range?: { readonly from: UtcMs; readonly to: UtcMs };
}

/** Answers wait: half before they are worked out, half after. With target stream: handshakes and frames, in order. */
export interface LatencyFault extends FaultMatch {
  readonly kind: 'latency';
  readonly ms: DurationMs;
  /** Up to this much more, evenly spread. */
  readonly jitterMs?: DurationMs;
  /** All of it `before` the request is carried out, or `after` it: then an order's frames come before its answer. */
  readonly when?: 'before' | 'after';
}

/** 429 with the exact body; the request costs its weight. */
export interface RateLimitFault extends FaultMatch {
  readonly kind: 'rate-limit';
  /** Exchange time for Retry-After, rounded up to seconds; default: to the end of the minute. */
  readonly retryAfterMs?: DurationMs;
  /** False leaves out the Retry-After header. */
  readonly retryAfterHeader?: boolean;
  /** Uses up the minute's weight too, so that going on leads to a ban as on the real exchange. */
  readonly exhaust?: boolean;
}

/** 418 with the exact body; the IP stays banned for the whole time, also when the rule is gone. */
export interface BanFault extends FaultMatch {
  readonly kind: 'ban';
  /** Exchange time; default: as the real exchange, 2 minutes first and doubling. */
  readonly durationMs?: DurationMs;
  readonly retryAfterHeader?: boolean;
}

export const SERVER_ERROR_BODIES = [
  'unknown-503-no-code',
  'unavailable-503',
  '-1008',
  '-1001',
  '-1006-400',
  '-1006-500',
  '-1007-408',
  '-1000-500',
  'html-502',
  'html-403',
] as const;
export type ServerErrorBody = (typeof SERVER_ERROR_BODIES)[number];

/** As on the real exchange, `-1008` spares cancels and orders that only make a position smaller. */
export interface ServerErrorFault extends FaultMatch {
  readonly kind: 'server-error';
  /** Default: unavailable-503. */
  readonly body?: ServerErrorBody;
  /** True: the request is carried out all the same, and only its answer is lost behind this one. */
  readonly executed?: boolean;
}

/** An HTML page where JSON belongs. */
export interface HtmlFault extends FaultMatch {
  readonly kind: 'html';
  /** Default: 200. */
  readonly status?: number;
  /** True: the request is carried out all the same. */
  readonly executed?: boolean;
}

/** 200, the right headers, and only the first part of the body; Content-Length says it is all. */
export interface TruncatedJsonFault extends FaultMatch {
  readonly kind: 'truncated-json';
  /** Share of the body that is sent, in [0, 1); default 0.5. */
  readonly keep?: number;
}

/**
 * The TCP connection is destroyed: `before` a request is carried out or a handshake answered, `after` a request is
 * carried out, or `during` its answer (half the body is out). A stream connection is destroyed at its next frame unless
 * `before` is asked for.
 */
export interface DropSocketFault extends FaultMatch {
  readonly kind: 'drop-socket';
  /** Default: `before` for requests, `during` for streams. */
  readonly when?: 'before' | 'during' | 'after';
}

/**
 * The connection stays open and nothing comes any more. A request is never answered, and carried out only with
 * `when: after`; a stream connection freezes at its next frame: no frames, no pongs, no answers. With `when: before` a
 * stream handshake is never answered.
 */
export interface HalfOpenFault extends FaultMatch {
  readonly kind: 'half-open';
  readonly when?: 'before' | 'during' | 'after';
}

/**
 * Stream connections that are open, answer and ping, but carry no frames. With `symbol` or `interval`: the frames of
 * these streams are left out on every connection. Without: a connection hit once stays silent while the rule exists.
 */
export interface SilentStreamFault extends FaultMatch {
  readonly kind: 'silent-stream';
}

/** The closing frame of a candle is never sent. */
export interface MissingCloseFault extends FaultMatch {
  readonly kind: 'missing-close';
}

/** The closing frame comes later than it would. */
export interface LateCloseFault extends FaultMatch {
  readonly kind: 'late-close';
  /** Exchange time. */
  readonly ms: DurationMs;
}

/** The closing frame is sent again. */
export interface DuplicateCloseFault extends FaultMatch {
  readonly kind: 'duplicate-close';
  /** How many more; default 1. */
  readonly copies?: number;
  /** Exchange time between the copies; default 0. */
  readonly ms?: DurationMs;
}

/** The closing frame is held back and sent right after the next candle's closing frame. */
export interface OutOfOrderCloseFault extends FaultMatch {
  readonly kind: 'out-of-order-close';
}

/** The answer of /time and the event times of frames are shifted; candles and bans are not. */
export interface ClockSkewFault extends FaultMatch {
  readonly kind: 'clock-skew';
  /** Exchange time; negative: the exchange's clock seems slow. */
  readonly ms: DurationMs;
}

/** REST has no rows for these candles. */
export interface HistoryHoleFault extends FaultMatch, CandleSelection {
  readonly kind: 'history-hole';
}

/** Other numbers than the truth: in REST rows, or in the closing frames of streams. */
export interface ChangedCandleFault extends FaultMatch, CandleSelection {
  readonly kind: 'changed-candle';
  readonly where: 'rest' | 'stream';
  /** Multiplies prices and volume; default 1.01. */
  readonly factor?: number;
}

export type FaultRule =
  | LatencyFault
  | RateLimitFault
  | BanFault
  | ServerErrorFault
  | HtmlFault
  | TruncatedJsonFault
  | DropSocketFault
  | HalfOpenFault
  | SilentStreamFault
  | MissingCloseFault
  | LateCloseFault
  | DuplicateCloseFault
  | OutOfOrderCloseFault
  | ClockSkewFault
  | HistoryHoleFault
  | ChangedCandleFault
  | AccountFault;

export type FaultKind = FaultRule['kind'];
export type FaultOf<K extends FaultKind> = Extract<FaultRule, { kind: K }>;
