/** One line of the market, and how events change it. Plain values: a change makes a new line. */
import type { Bias, Candle, FeedEvents, LastEvent, MarketSymbol, Signal, SmcEvent } from '../../api/types';

export interface MarketRow extends MarketSymbol {
  readonly lastEvent: LastEvent | null;
  /** The newest set-up that was seen, whatever became of it. */
  readonly setup: {
    readonly name: string;
    readonly direction: 'long' | 'short';
    readonly at: number;
    readonly decision: string;
  } | null;
}

/** Closes that a sparkline shows. */
export const KEPT_CLOSES = 40;

/** What a person wants to hear of; swings and levels come too often. */
const NEWSWORTHY: ReadonlySet<SmcEvent['kind']> = new Set([
  'choch',
  'bos',
  'order-block',
  'fair-value-gap',
  'liquidity',
  'equal-level',
]);

/** The answer of the API takes the place of the line; what only events tell stays. */
export function rowOf(answer: MarketSymbol, known?: MarketRow): MarketRow {
  const closes = answer.closes.length > 0 ? answer.closes : (known?.closes ?? []);
  const told = known?.lastEvent ?? null;
  const isNewer = answer.lastBreak !== null && (told === null || answer.lastBreak.at > told.at);
  return { ...answer, closes, lastEvent: isNewer ? answer.lastBreak : told, setup: known?.setup ?? null };
}

/** A candle that was told twice, or late, changes nothing. */
export function withCandle(row: MarketRow, candle: Candle): MarketRow {
  if (row.lastOpenTime !== null && candle.openTime <= row.lastOpenTime) return row;
  return {
    ...row,
    lastOpenTime: candle.openTime,
    closes: [...row.closes.slice(-(KEPT_CLOSES - 1)), candle.close],
  };
}

export function withProofs(row: MarketRow, { events }: FeedEvents['smc']): MarketRow {
  let { swing, internal, lastEvent } = row;
  for (const event of events) {
    if ((event.kind === 'bos' || event.kind === 'choch') && event.direction !== undefined) {
      if (event.scale === 'swing') swing = event.direction;
      else internal = event.direction;
    }
    if (NEWSWORTHY.has(event.kind)) lastEvent = toLastEvent(event);
  }
  return { ...row, swing, internal, lastEvent };
}

function toLastEvent({ kind, scale, direction, state, knownAtTime }: SmcEvent): LastEvent {
  const what = state === undefined || state === 'active' || state === 'open' ? kind : `${kind} ${state}`;
  return { kind: what, scale: scale ?? null, direction: direction ?? null, at: knownAtTime };
}

export function withSignal(row: MarketRow, { setup, direction, at, decision }: Signal): MarketRow {
  if (row.setup !== null && row.setup.at > at) return row;
  return { ...row, setup: { name: setup, direction, at, decision } };
}

export function lastPrice(row: MarketRow): number | null {
  return row.closes.at(-1) ?? null;
}

/** Change over the closes that are kept, as a share; null for less than two. */
export function changeOf({ closes }: MarketRow): number | null {
  const [first, last] = [closes[0], closes.at(-1)];
  return first === undefined || last === undefined || closes.length < 2 || first === 0
    ? null
    : last / first - 1;
}

export type Freshness = 'fresh' | 'behind' | 'none';

/** Whole and up to date; loaded but not; or nothing yet. */
export function freshnessOf({ ready, lastOpenTime }: MarketRow): Freshness {
  if (lastOpenTime === null) return 'none';
  return ready ? 'fresh' : 'behind';
}

export interface MarketFilter {
  readonly search: string;
  readonly swing: Bias | 'none' | '';
  readonly internal: Bias | 'none' | '';
  /** A name, `any` for those with one, or all. */
  readonly setup: string;
  readonly freshness: Freshness | '';
}

export function matches(row: MarketRow, filter: MarketFilter): boolean {
  const { search, swing, internal, setup, freshness } = filter;
  if (search !== '' && !row.symbol.toUpperCase().includes(search.toUpperCase())) return false;
  if (swing !== '' && (row.swing ?? 'none') !== swing) return false;
  if (internal !== '' && (row.internal ?? 'none') !== internal) return false;
  if (setup === 'any' ? row.setup === null : setup !== '' && row.setup?.name !== setup) return false;
  return freshness === '' || freshnessOf(row) === freshness;
}

export const SORTS = [
  'symbol',
  'price',
  'change',
  'swing',
  'internal',
  'setup',
  'event',
  'freshness',
] as const;
export type SortKey = (typeof SORTS)[number];

/** By symbol where the rest is equal; lines without a value come last, whichever way. */
export function compareBy(key: SortKey, isDescending: boolean): (a: MarketRow, b: MarketRow) => number {
  const sign = isDescending ? -1 : 1;
  return (a, b) => {
    const [x, y] = [valueOf(a, key), valueOf(b, key)];
    if (x === y) return a.symbol < b.symbol ? -1 : 1;
    if (x === null) return 1;
    if (y === null) return -1;
    return x < y ? -sign : sign;
  };
}

function valueOf(row: MarketRow, key: SortKey): number | string | null {
  switch (key) {
    case 'symbol':
      return row.symbol;
    case 'price':
      return lastPrice(row);
    case 'change':
      return changeOf(row);
    case 'swing':
      return row.swing;
    case 'internal':
      return row.internal;
    case 'setup':
      return row.setup?.at ?? null;
    case 'event':
      return row.lastEvent?.at ?? null;
    case 'freshness':
      return row.lastOpenTime;
  }
}
