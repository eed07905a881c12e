/** The one error class. Its kind says what the caller does next; DESIGN's table maps it to HTTP and to queue jobs. */

export const ERROR_KINDS = [
  'invalid',
  'not-found',
  'rejected',
  'transient',
  'outcome-unknown',
  'broken-invariant',
] as const;

export type ErrorKind = (typeof ERROR_KINDS)[number];

export interface AppErrorOptions {
  cause?: unknown;
  /** Wall-clock milliseconds after which a retry may succeed. */
  retryAfterMs?: number;
}

export class AppError extends Error {
  override readonly name = 'AppError';
  readonly retryAfterMs: number | undefined;

  /**
   * @param kind what the caller does next
   * @param code stable and upper case, `AREA.WHAT`; for machines
   * @param message for people; names the value found, never a secret
   */
  constructor(
    readonly kind: ErrorKind,
    readonly code: string,
    message: string,
    options: AppErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.retryAfterMs = options.retryAfterMs;
  }
}

export function isAppError(value: unknown, code?: string): value is AppError {
  return value instanceof AppError && (code === undefined || value.code === code);
}

/** The error itself if it is one of ours, else wrapped as a broken invariant under the given code. */
export function toAppError(value: unknown, code: string): AppError {
  if (value instanceof AppError) return value;
  const message = value instanceof Error ? value.message : String(value);
  return new AppError('broken-invariant', code, message, { cause: value });
}
