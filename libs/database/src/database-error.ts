/** What PostgreSQL and its client report, as AppError; never the statement's values. */
import { AppError, isAppError } from '@slt/domain';

/** Classes and codes of PostgreSQL that say the server is not there or not ready; the statement may succeed later. */
const TRANSIENT_STATES = /^(08|53|57P0|40001|40P01|55P03)/;
const NETWORK_CODES = /^(ECONN|EPIPE|ENOTFOUND|EAI_|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)/;
const CLIENT_MESSAGES =
  /connection terminated|timeout|not queryable|connection ended|pool after calling end/i;
const UNDEFINED_TABLE_OR_SCHEMA = /^(42P01|3F000)$/;
const RETRY_AFTER_MS = 1_000;

/** The statement names a table or a schema that nobody has made yet; of the client's error as of ours. */
export function isWithoutTables(error: unknown): boolean {
  const { code = '' } = ((isAppError(error) ? error.cause : error) ?? {}) as { code?: string };
  return UNDEFINED_TABLE_OR_SCHEMA.test(code);
}

export function databaseError(error: unknown, where = 'the database'): AppError {
  if (error instanceof AppError) return error;
  const { code = '', message = String(error) } = error as { code?: string; message?: string };
  const text = message === '' ? code : message;
  const transient =
    TRANSIENT_STATES.test(code) || NETWORK_CODES.test(code) || (code === '' && CLIENT_MESSAGES.test(text));
  if (transient) {
    return new AppError('transient', 'DATABASE.UNREACHABLE', `${where} does not answer: ${text}`, {
      cause: error,
      retryAfterMs: RETRY_AFTER_MS,
    });
  }
  if (code.startsWith('28')) {
    return new AppError('invalid', 'DATABASE.FORBIDDEN', `${where} does not let us in: ${text}`, {
      cause: error,
    });
  }
  const state = code === '' ? '' : ` (SQLSTATE ${code})`;
  return new AppError(
    'broken-invariant',
    'DATABASE.STATEMENT_FAILED',
    `a statement failed${state}: ${text}`,
    {
      cause: error,
    },
  );
}
