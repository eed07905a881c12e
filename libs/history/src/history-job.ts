/** A history job as it travels through the queue: what is asked, what came of it, and why it failed. */
import {
  AppError,
  ERROR_KINDS,
  type ErrorKind,
  type Interval,
  seriesKey,
  toAppError,
  type UtcMs,
} from '@slt/domain';
import type { HistoryOrigin } from './history.types';

/** One per symbol and interval; `onboardTime` only where known. */
export interface SeriesJobData {
  readonly symbol: string;
  readonly interval: Interval;
  readonly limit: number;
  readonly onboardTime?: UtcMs;
}

/** The candles themselves go by memory or by file, never through the queue. */
export interface SeriesJobResult {
  readonly origin: HistoryOrigin;
  readonly limit: number;
  readonly rows: number;
  readonly requests: number;
  readonly weight: number;
  readonly knownHoles: number;
}

export interface RunJobData {
  readonly interval: Interval;
  readonly limit: number;
  readonly symbols: number;
}

export interface RunJobResult {
  readonly whole: number;
  readonly failed: number;
  readonly requests: number;
  readonly weight: number;
}

/** Deterministic: who asks for the same series twice gets the same job. */
export function seriesJobId(symbol: string, interval: Interval): string {
  return seriesKey(symbol, interval);
}

const FAIL_NOW: readonly ErrorKind[] = ['invalid', 'not-found', 'rejected'];

/** Whether another attempt could end differently. */
export function isWorthRetrying(error: AppError): boolean {
  return !FAIL_NOW.includes(error.kind);
}

/** Everybody must wait, not just this job: a spent budget, a ban, a firewall. */
export function pauseOf(error: AppError): number | undefined {
  return error.kind === 'transient' && error.retryAfterMs !== undefined && error.code.startsWith('EXCHANGE.')
    ? Math.max(1, Math.ceil(error.retryAfterMs))
    : undefined;
}

/** As the text of a job's failure. */
export function encodeFailure(error: AppError): string {
  const { kind, code, message, retryAfterMs } = error;
  return JSON.stringify({ kind, code, message, retryAfterMs });
}

/** The inverse; text of the queue itself ("job stalled …") becomes a transient `HISTORY.JOB_FAILED`. */
export function decodeFailure(text: unknown): AppError {
  const plain = String(text);
  try {
    const parsed: unknown = JSON.parse(plain);
    if (isFailure(parsed)) {
      const options = parsed.retryAfterMs === undefined ? {} : { retryAfterMs: parsed.retryAfterMs };
      return new AppError(parsed.kind, parsed.code, parsed.message, options);
    }
  } catch {
    // Not ours.
  }
  return new AppError('transient', 'HISTORY.JOB_FAILED', `a history job failed: ${plain}`);
}

function isFailure(
  value: unknown,
): value is { kind: ErrorKind; code: string; message: string; retryAfterMs?: number } {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, code, message } = value as Record<string, unknown>;
  return ERROR_KINDS.includes(kind as ErrorKind) && typeof code === 'string' && typeof message === 'string';
}

export function historyError(error: unknown): AppError {
  return toAppError(error, 'HISTORY.UNEXPECTED');
}
