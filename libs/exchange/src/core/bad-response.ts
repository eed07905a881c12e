import { AppError } from '@slt/domain';

/** An answer that is not what the exchange documents. Transient: a proxy or a half-written body is the usual cause. */
export function badResponse(what: string): AppError {
  return new AppError('transient', 'EXCHANGE.BAD_RESPONSE', `the exchange answered with ${what}`);
}

/** At most `length` characters of an unexpected text, on one line, for a message. */
export function excerpt(value: unknown, length = 60): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > length ? `${line.slice(0, length)}…` : line;
}
