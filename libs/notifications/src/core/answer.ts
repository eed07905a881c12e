/** What a channel's server answered, as what to do next. */

export type Answer =
  /** `pauseMs`: the server asks for so long a silence before the next message. */
  | { readonly kind: 'delivered'; readonly pauseMs: number }
  /** Too many messages: nothing at all is sent meanwhile. */
  | { readonly kind: 'wait'; readonly pauseMs: number }
  /** Another attempt may end better. */
  | { readonly kind: 'retry'; readonly reason: string }
  /** No attempt will. */
  | { readonly kind: 'refused'; readonly reason: string };

export interface ServerAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON, where it was such. */
  readonly body: unknown;
}

const SECOND = 1_000;
/** Where a server limits us without saying for how long. */
const DEFAULT_PAUSE_MS = 5 * SECOND;
/** A longer one is taken for a defect of the server. */
const LONGEST_PAUSE_MS = 24 * 3600 * SECOND;
const RETRIABLE = new Set([408, 425]);

/** @param asked the pause that the body names in this channel's own way, in milliseconds */
export function readAnswer(answer: ServerAnswer, asked: number | undefined, now: number): Answer {
  const { status, headers } = answer;
  const pauseMs = bounded(asked ?? retryAfterMs(headers['retry-after'], now));
  if (status >= 200 && status < 300) return { kind: 'delivered', pauseMs: 0 };
  if (status === 429) return { kind: 'wait', pauseMs: pauseMs ?? DEFAULT_PAUSE_MS };
  if (status === 503 && pauseMs !== undefined) return { kind: 'wait', pauseMs };
  const reason = `HTTP ${status}`;
  return { kind: status >= 500 || RETRIABLE.has(status) ? 'retry' : 'refused', reason };
}

/** Of RFC 9110: seconds, or a date. */
export function retryAfterMs(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\s*\d+(\.\d+)?\s*$/.test(value)) return Number(value) * SECOND;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Seconds of a body's field as milliseconds; undefined for what is no such number. */
export function secondsOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value * SECOND : undefined;
}

const bounded = (pauseMs: number | undefined): number | undefined =>
  pauseMs === undefined ? undefined : Math.min(LONGEST_PAUSE_MS, Math.ceil(pauseMs));

/** The field of an unknown object. */
export function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
