/** Instants as people write them. */
import { AppError, type UtcMs } from '@slt/domain';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;
const MILLISECONDS = /^\d{12,14}$/;

/**
 * `2025-01-31` (its first instant, UTC), `2025-01-31T12:00Z` with any offset, or milliseconds since 1970.
 * @throws AppError invalid, `CLI.DATE`
 */
export function parseInstant(text: string): UtcMs {
  if (MILLISECONDS.test(text)) return Number(text);
  if (DAY.test(text) || INSTANT.test(text)) {
    const instant = Date.parse(text);
    // JavaScript takes the 31st of February for the 3rd of March.
    if (Number.isFinite(instant) && isInCalendar(text)) return instant;
  }
  throw new AppError(
    'invalid',
    'CLI.DATE',
    `"${text}" is no date; write 2025-01-31, 2025-01-31T12:00Z or milliseconds since 1970`,
  );
}

function isInCalendar(text: string): boolean {
  const day = text.slice(0, 10);
  const parsed = new Date(`${day}T00:00:00Z`);
  return Number.isFinite(parsed.getTime()) && parsed.toISOString().startsWith(day);
}
