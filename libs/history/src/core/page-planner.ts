/**
 * Which pages of candles to ask the exchange for. A page costs by its limit (Binance USDⓈ-M klines): below 100 one,
 * below 500 two, up to 1000 five, up to 1500 ten. Holes near each other may share a page.
 */
import { type Hole, type Interval, intervalMs, type UtcMs } from '@slt/domain';

export interface Page {
  /** Open times of the first and the last wanted candle on the page, both inclusive. */
  readonly startTime: UtcMs;
  readonly endTime: UtcMs;
  /** Open times from startTime to endTime. */
  readonly limit: number;
  readonly weight: number;
}

/**
 * The longest page of each price, dearest first. Pages above 1000 are in no cheapest plan: 3 × 499 and 99 more candles
 * cost 7, one page of 1500 costs 10.
 */
const CLASSES = [
  { limit: 1000, weight: 5 },
  { limit: 499, weight: 2 },
  { limit: 99, weight: 1 },
] as const;

const PRICES = [...CLASSES].reverse();

export const MAX_PAGE_LIMIT = 1500;

/** One unit of weight outweighs any number of requests. */
const WEIGHT_UNIT = 2 ** 31;

/** @param limit in [1, 1500] */
export function pageWeight(limit: number): number {
  return PRICES.find((size) => limit <= size.limit)?.weight ?? 10;
}

/**
 * Pages of the least total weight that cover every open time of the holes, and of those the fewest.
 *
 * A page of an optimal plan may always begin at the first candle not covered yet, and a longer page of the same price
 * is never worse. So the best plan from each missing candle on follows from the plans of later ones. O(missing
 * candles); half a million take some ten milliseconds.
 * @param holes ascending, without overlap
 */
export function planPages(holes: readonly Hole[], interval: Interval): Page[] {
  const runs = numberCandles(holes, intervalMs(interval));
  if (runs.total === 0) return [];
  const choice = cheapestChoices(runs);
  const pages: Page[] = [];
  let run = 0;
  for (let index = 0; index < runs.total;) {
    while (runs.endOf[run]! <= index) run++;
    const next = nextUncovered(runs, run, slotAt(runs, run, index) + CLASSES[choice[index]!]!.limit);
    pages.push(pageOf(runs, { run, first: index, next }));
    index = next;
  }
  return pages;
}

/**
 * Missing candles numbered from 0 through all holes. A slot is a candle's distance in intervals from the first one,
 * holes and present candles alike.
 */
interface Runs {
  readonly origin: UtcMs;
  readonly step: number;
  readonly total: number;
  readonly count: number;
  /** Slot of the first candle of each run. */
  readonly slotOf: Float64Array;
  /** Number of the first candle of each run, and one past its last. */
  readonly startOf: Float64Array;
  readonly endOf: Float64Array;
}

function numberCandles(holes: readonly Hole[], step: number): Runs {
  const origin = holes[0]?.from ?? 0;
  const slotOf = new Float64Array(holes.length);
  const startOf = new Float64Array(holes.length);
  const endOf = new Float64Array(holes.length);
  let total = 0;
  let count = 0;
  for (const hole of holes) {
    const length = Math.floor((hole.to - hole.from) / step) + 1;
    if (length <= 0) continue;
    slotOf[count] = Math.round((hole.from - origin) / step);
    startOf[count] = total;
    total += length;
    endOf[count++] = total;
  }
  return { origin, step, total, count, slotOf, startOf, endOf };
}

/** For each missing candle the class of page to begin there. Walks backwards, one cursor a class. */
function cheapestChoices(runs: Runs): Uint8Array {
  const { total, count, slotOf, startOf } = runs;
  const cost = new Float64Array(total + 1);
  const choice = new Uint8Array(total);
  const cursors = CLASSES.map(() => count - 1);
  for (let run = count - 1; run >= 0; run--) {
    const shift = slotOf[run]! - startOf[run]!;
    for (let index = runs.endOf[run]! - 1; index >= startOf[run]!; index--) {
      let best = Infinity;
      for (let size = 0; size < CLASSES.length; size++) {
        const { limit, weight } = CLASSES[size]!;
        const slot = index + shift + limit;
        let cursor = cursors[size]!;
        while (cursor > 0 && slotOf[cursor]! > slot) cursor--;
        cursors[size] = cursor;
        const total = cost[numberFrom(runs, cursor, slot)]! + weight * WEIGHT_UNIT + 1;
        if (total < best) {
          best = total;
          choice[index] = size;
        }
      }
      cost[index] = best;
    }
  }
  return choice;
}

/** Number of the first missing candle at or after the slot, which lies at or after the start of the run. */
function numberFrom(runs: Runs, run: number, slot: number): number {
  return Math.min(runs.startOf[run]! + slot - runs.slotOf[run]!, runs.endOf[run]!);
}

function nextUncovered(runs: Runs, run: number, slot: number): number {
  let last = run;
  while (last + 1 < runs.count && runs.slotOf[last + 1]! <= slot) last++;
  return numberFrom(runs, last, slot);
}

function slotAt(runs: Runs, run: number, index: number): number {
  return runs.slotOf[run]! + index - runs.startOf[run]!;
}

function pageOf(runs: Runs, page: { run: number; first: number; next: number }): Page {
  let lastRun = page.run;
  while (runs.endOf[lastRun]! < page.next) lastRun++;
  const firstSlot = slotAt(runs, page.run, page.first);
  const lastSlot = slotAt(runs, lastRun, page.next - 1);
  const limit = lastSlot - firstSlot + 1;
  return {
    startTime: runs.origin + firstSlot * runs.step,
    endTime: runs.origin + lastSlot * runs.step,
    limit,
    weight: pageWeight(limit),
  };
}
