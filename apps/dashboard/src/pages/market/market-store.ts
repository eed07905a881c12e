/**
 * All lines of the market: read once, then kept by events while the page is shown. Each line is a signal of its own, so
 * that an event redraws one line; the order is made anew at most twice a second.
 */
import { batch, type Signal as Cell, effect, signal, untracked } from '@preact/signals';
import { get } from '../../api/client';
import { messageOf } from '../../api/problem';
import type { Market, Signal } from '../../api/types';
import { listen } from '../../store/feed';
import { resyncs } from '../../store/resync';
import { KEPT_CLOSES, type MarketRow, rowOf, withCandle, withProofs, withSignal } from './market-row';

const REORDER_MS = 500;
/** Whether a symbol is up to date is told by no event. */
const REFRESH_MS = 15_000;
const PAST_SIGNALS = 500;

export const rows = new Map<string, Cell<MarketRow>>();
/** Counts up when the order, or what a filter lets through, may have changed. */
export const revision = signal(0);
export const isLoaded = signal(false);
export const loadError = signal<string | undefined>(undefined);

let reordering: ReturnType<typeof setTimeout> | undefined;
let interval = '1m';

/** @returns what ends it */
export function startMarket(): () => void {
  const ends = [
    listen('candle', (event) => {
      if (event.interval === interval) update(event.symbol, (row) => withCandle(row, event.candle));
    }),
    listen('smc', (event) => {
      if (event.interval === interval) update(event.symbol, (row) => withProofs(row, event));
    }),
    listen('signal', ({ signal: seen }) => update(seen.symbol, (row) => withSignal(row, seen))),
    listen('universe', () => void load(KEPT_CLOSES)),
    effect(() => {
      void resyncs.value;
      untracked(() => void loadAll());
    }),
  ];
  const timer = setInterval(() => {
    if (!document.hidden) void load(rows.size === 0 ? KEPT_CLOSES : 0);
  }, REFRESH_MS);
  return () => {
    clearInterval(timer);
    clearTimeout(reordering);
    reordering = undefined;
    for (const end of ends) end();
  };
}

export async function loadAll(): Promise<void> {
  await load(KEPT_CLOSES);
  // Without a journal there are no past set-ups to show; those to come are told by events.
  const past = await get<Signal[]>(`/v1/signals?limit=${PAST_SIGNALS}`).catch(() => []);
  batch(() => {
    for (const seen of past.reverse()) update(seen.symbol, (row) => withSignal(row, seen));
  });
}

async function load(closes: number): Promise<void> {
  try {
    const market = await get<Market>(`/v1/market?closes=${closes}`);
    interval = market.interval;
    batch(() => take(market));
    loadError.value = undefined;
    isLoaded.value = true;
  } catch (error) {
    loadError.value = messageOf(error);
  }
}

function take({ symbols }: Market): void {
  const gone = new Set(rows.keys());
  for (const answer of symbols) {
    gone.delete(answer.symbol);
    const cell = rows.get(answer.symbol);
    if (cell === undefined) rows.set(answer.symbol, signal(rowOf(answer)));
    else if (isOlder(answer.lastOpenTime, cell.peek().lastOpenTime)) continue;
    else cell.value = rowOf(answer, cell.peek());
  }
  for (const symbol of gone) rows.delete(symbol);
  revision.value++;
}

/** An event has overtaken the answer. */
function isOlder(answered: number | null, known: number | null): boolean {
  return known !== null && (answered === null || answered < known);
}

function update(symbol: string, change: (row: MarketRow) => MarketRow): void {
  const cell = rows.get(symbol);
  if (cell === undefined) return;
  cell.value = change(cell.peek());
  reordering ??= setTimeout(() => {
    reordering = undefined;
    revision.value++;
  }, REORDER_MS);
}
