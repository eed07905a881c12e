/**
 * What a failed call means and what the caller does next. From Binance's error tables (HTTP status, `code`, `msg`) and
 * from Node's network error codes. Messages are redacted here, at the border.
 */
import {
  AppError,
  type AppErrorOptions,
  DAY_MS,
  type DurationMs,
  type ErrorKind,
  MINUTE_MS,
  SECOND_MS,
  type UtcMs,
} from '@slt/domain';
import { excerpt } from './bad-response';
import { orderMeaning } from './order-error';
import { redact } from './redact';

export interface CallFailure {
  /** Absent when no answer came. */
  readonly status?: number;
  readonly body?: string;
  readonly retryAfter?: string;
  /** Node's or the HTTP client's code when no answer came, such as ECONNREFUSED. */
  readonly networkCode?: string;
}

export interface FailureContext {
  readonly now: UtcMs;
  /** When the current weight window ends, in exchange time. */
  readonly windowEndsAt: UtcMs;
  /** The call changes something: when in doubt the outcome is unknown. */
  readonly mutates?: boolean;
  readonly secrets?: readonly string[];
}

export interface Verdict {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly message: string;
  /** The exchange's own number, where it named one. */
  readonly exchangeCode?: number;
  /** In exchange time. */
  readonly retryAfter?: DurationMs;
  /** No call may be made before, in exchange time. */
  readonly banUntil?: UtcMs;
}

export interface ExchangeErrorOptions extends AppErrorOptions {
  readonly exchangeCode?: number | undefined;
}

/** A failed call. Never has a cause: what the HTTP client throws holds keys and signatures. */
export class ExchangeError extends AppError {
  /** The exchange's own number, such as -2019. */
  readonly exchangeCode: number | undefined;

  constructor(kind: ErrorKind, code: string, message: string, options: ExchangeErrorOptions = {}) {
    const { retryAfterMs, exchangeCode } = options;
    super(kind, code, message, retryAfterMs === undefined ? {} : { retryAfterMs });
    this.exchangeCode = exchangeCode;
  }
}

const FORBIDDEN_PAUSE: DurationMs = 30 * SECOND_MS;
/** A ban without an end named: Binance's shortest. */
const DEFAULT_BAN: DurationMs = 2 * MINUTE_MS;
/** Bans last up to three days; beyond a week the number is nonsense. */
const LONGEST_BAN: DurationMs = 7 * DAY_MS;
const ORDER_LIMIT_PAUSE: DurationMs = 10 * SECOND_MS;

/** No connection came about, so nothing was sent. */
const UNSENT_CODES = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

const TIMEOUT_CODES = new Set(['ECONNABORTED', 'ETIMEDOUT', 'ESOCKETTIMEDOUT', 'ERR_CANCELED']);

/** The HTTP client's word for a body that ended too early. */
const BROKEN_OFF = 'ERR_BAD_RESPONSE';

const CODE_TOO_MANY = -1003;
const CODE_TOO_MANY_ORDERS = -1015;
/** -5028 comes from the matching engine, whose patience was over; it has done nothing. */
const CODES_CLOCK_SKEW = new Set([-1021, -5028]);
const CODE_INTERNAL = -1001;
const CODES_UNAUTHORIZED = new Set([-1002, -1022, -2014, -2015]);
const CODES_NO_SYMBOL = new Set([-1121, -1122]);
/** The exchange failed, with the outcome of a change unknown. */
const CODES_SERVER = new Set([-1000, -1001, -1006, -1007, -1008, -1016]);

/** The `code` and `msg` of an error body; undefined for anything else, also for JSON that is a proper answer. */
export function parseErrorBody(body: string): { code: number | undefined; message: string } | undefined {
  if (!body.trimStart().startsWith('{')) return undefined;
  try {
    const { code, msg } = JSON.parse(body) as { code?: unknown; msg?: unknown };
    if (typeof msg !== 'string') return undefined;
    return { code: typeof code === 'number' ? code : undefined, message: msg };
  } catch {
    return undefined;
  }
}

export function judgeFailure(failure: CallFailure, context: FailureContext): Verdict {
  if (failure.status === undefined) return networkVerdict(failure.networkCode ?? 'unknown', context);
  const error = failure.body === undefined ? undefined : parseErrorBody(failure.body);
  const said = redact(error?.message ?? excerpt(failure.body ?? ''), context.secrets);
  const label = `HTTP ${failure.status}${error?.code === undefined ? '' : ` (${error.code})`}`;
  const verdict: Judge = (kind, code, what) => ({
    kind,
    code,
    message: said === '' ? `${what}: ${label}` : `${what}: ${label} ${said}`,
    ...(error?.code === undefined ? {} : { exchangeCode: error.code }),
  });
  if (failure.status === 429 || failure.status === 418 || error?.code === CODE_TOO_MANY) {
    if (error?.code !== CODE_TOO_MANY_ORDERS) return pauseVerdict(failure, context, verdict);
  }
  if (error?.code !== undefined) {
    const known = codeVerdict(error.code, context, verdict);
    if (known !== undefined) return known;
  }
  return statusVerdict(failure.status, error, context, verdict);
}

type Judge = (kind: ErrorKind, code: string, what: string) => Verdict;

function pauseVerdict(failure: CallFailure, context: FailureContext, verdict: Judge): Verdict {
  const banUntil = banEnd(failure, context);
  return {
    ...verdict('transient', 'EXCHANGE.RATE_LIMITED', 'the exchange asks us to pause'),
    banUntil,
    retryAfter: banUntil - context.now,
  };
}

/** What the number alone tells, whatever the HTTP status. */
function codeVerdict(code: number, { mutates }: FailureContext, verdict: Judge): Verdict | undefined {
  if (code === CODE_TOO_MANY_ORDERS) {
    const tooMany = verdict('transient', 'EXCHANGE.RATE_LIMITED', 'too many orders');
    return { ...tooMany, retryAfter: ORDER_LIMIT_PAUSE };
  }
  if (CODES_CLOCK_SKEW.has(code)) return verdict('transient', 'EXCHANGE.CLOCK_SKEW', 'our clock is off');
  if (CODES_NO_SYMBOL.has(code)) {
    const kind = mutates === true ? 'rejected' : 'not-found';
    return verdict(kind, 'EXCHANGE.INVALID_SYMBOL', 'the exchange does not know the symbol');
  }
  if (CODES_UNAUTHORIZED.has(code))
    return verdict('rejected', 'EXCHANGE.UNAUTHORIZED', 'the exchange refuses our key');
  const meaning = orderMeaning(code);
  return meaning && verdict(meaning.kind, meaning.code, 'the exchange rejects the call');
}

function statusVerdict(
  status: number,
  error: { readonly code: number | undefined; readonly message: string } | undefined,
  { mutates }: FailureContext,
  verdict: Judge,
): Verdict {
  if (status === 401) return verdict('rejected', 'EXCHANGE.UNAUTHORIZED', 'the exchange refuses our key');
  if (status >= 500 || status === 408 || (error?.code !== undefined && CODES_SERVER.has(error.code))) {
    const kind = mutates === true && !isSurelyUndone(error) ? 'outcome-unknown' : 'transient';
    return verdict(kind, 'EXCHANGE.SERVER_ERROR', 'the exchange failed');
  }
  if (status === 403) {
    return {
      ...verdict('transient', 'EXCHANGE.FORBIDDEN', 'a firewall of the exchange refuses us'),
      retryAfter: FORBIDDEN_PAUSE,
    };
  }
  if (error?.code !== undefined) {
    return mutates === true
      ? verdict('rejected', 'ORDER.REJECTED', 'the exchange rejects the call')
      : verdict('invalid', 'EXCHANGE.BAD_REQUEST', 'the exchange rejects the call');
  }
  const kind = mutates === true ? 'outcome-unknown' : 'transient';
  return verdict(kind, 'EXCHANGE.BAD_RESPONSE', 'the exchange answered with no known error');
}

function networkVerdict(networkCode: string, { mutates }: FailureContext): Verdict {
  const timedOut = TIMEOUT_CODES.has(networkCode);
  if (networkCode === BROKEN_OFF && mutates !== true) {
    return {
      kind: 'transient',
      code: 'EXCHANGE.BAD_RESPONSE',
      message: 'the answer of the exchange broke off',
    };
  }
  return {
    kind: mutates === true && !UNSENT_CODES.has(networkCode) ? 'outcome-unknown' : 'transient',
    code: timedOut ? 'EXCHANGE.TIMEOUT' : 'EXCHANGE.UNREACHABLE',
    message: timedOut
      ? `the exchange did not answer in time (${networkCode})`
      : `the exchange cannot be reached (${networkCode})`,
  };
}

/** Binance promises of these two failures that nothing was done. -1008 has the promise too, and has broken it. */
function isSurelyUndone(
  error: { readonly code: number | undefined; readonly message: string } | undefined,
): boolean {
  return error?.code === CODE_INTERNAL || error?.message.startsWith('Service Unavailable') === true;
}

/** The latest of all ends that the answer names; without one: the end of the window, or of the shortest ban. */
function banEnd({ status, body, retryAfter }: CallFailure, { now, windowEndsAt }: FailureContext): UtcMs {
  const named = /banned until (\d{12,14})/.exec(body ?? '')?.[1];
  const seconds =
    retryAfter !== undefined && /^\d+(\.\d+)?$/.test(retryAfter.trim()) ? Number(retryAfter) : undefined;
  const ends = [
    ...(named === undefined ? [] : [Number(named)]),
    ...(seconds === undefined ? [] : [now + seconds * SECOND_MS]),
  ];
  const fallback = status === 418 ? now + DEFAULT_BAN : windowEndsAt;
  const end = ends.length === 0 ? fallback : Math.max(...ends);
  return Math.min(Math.max(end, now), now + LONGEST_BAN);
}

/** The verdict as the error that callers get. */
export function toExchangeError(verdict: Verdict, toWallMs: (span: DurationMs) => DurationMs): ExchangeError {
  return new ExchangeError(verdict.kind, verdict.code, verdict.message, {
    exchangeCode: verdict.exchangeCode,
    ...(verdict.retryAfter === undefined ? {} : { retryAfterMs: Math.ceil(toWallMs(verdict.retryAfter)) }),
  });
}
