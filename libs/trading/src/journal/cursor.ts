/** Pages by key: newest first, each page naming where the next begins. What comes in meanwhile moves no page. */
import { AppError } from '@slt/domain';

export interface Page<Item> {
  readonly items: readonly Item[];
  /** For the next call; absent on the last page. */
  readonly next?: string;
}

/** Time and id of the last item of a page. */
export interface Position {
  readonly at: number | string;
  readonly id: string;
}

export const MOST_PER_PAGE = 1_000;

export function encodeCursor({ at, id }: Position): string {
  return Buffer.from(`${at} ${id}`).toString('base64url');
}

/** @throws AppError invalid, `TRADING.CURSOR` */
export function decodeCursor(cursor: string): Position {
  const match = /^(\d{1,15}) ([^\0]*)$/s.exec(Buffer.from(cursor, 'base64url').toString());
  if (match === null) throw new AppError('invalid', 'TRADING.CURSOR', `"${cursor}" is no cursor of ours`);
  return { at: Number(match[1]), id: match[2]! };
}

/** @throws AppError invalid, `TRADING.LIMIT` */
export function checkLimit(limit: number): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST_PER_PAGE) return limit;
  throw new AppError('invalid', 'TRADING.LIMIT', `limit is ${limit}; it must be 1 to ${MOST_PER_PAGE}`);
}

/** @param rows one more than the limit, if there is one */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
  positionOf: (row: Row) => Position,
): Page<Item> {
  const items = rows.slice(0, limit).map(toItem);
  const last = rows[limit - 1];
  return rows.length > limit && last !== undefined
    ? { items, next: encodeCursor(positionOf(last)) }
    : { items };
}
