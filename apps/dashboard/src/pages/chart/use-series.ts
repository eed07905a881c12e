/** The candles of a symbol and what they prove: read once, then kept by events. */
import { useEffect, useState } from 'preact/hooks';
import { get, pathOf } from '../../api/client';
import { messageOf } from '../../api/problem';
import type { Candle, Signal, Trade } from '../../api/types';
import type { LogEvent, SmcLog } from '../../api/types/smc';
import { listen } from '../../store/feed';
import { resyncs } from '../../store/resync';
import type { Plan } from './drawn-trades';

export interface Series {
  readonly candles: readonly Candle[];
  readonly events: readonly LogEvent[];
  readonly trades: readonly Trade[];
  /** By the id of the signal. */
  readonly plans: ReadonlyMap<string, Plan>;
}

export interface SeriesState {
  readonly series: Series | undefined;
  readonly error: string | undefined;
  reload(): void;
}

/** More than an engine is asked to step over at once. */
const MOST_CANDLES = 2_000;
const TRADES = 200;

export function useSeries(symbol: string, interval: string): SeriesState {
  const [series, setSeries] = useState<Series | undefined>();
  const [error, setError] = useState<string | undefined>();
  const [turn, setTurn] = useState(0);
  const resynced = resyncs.value;

  useEffect(() => {
    const abort = new AbortController();
    /** What is told while the past is being read; it is added once that is there. */
    let early: ((known: Series) => Series)[] | undefined = [];
    const apply = (change: (known: Series) => Series): void => {
      if (early === undefined) setSeries((known) => (known === undefined ? known : change(known)));
      else early.push(change);
    };
    const isOurs = (event: { symbol: string; interval: string }): boolean =>
      event.symbol === symbol && event.interval === interval;
    const ends = [
      listen('candle', (event) => isOurs(event) && apply((known) => withCandle(known, event.candle))),
      listen(
        'smc',
        (event) =>
          isOurs(event) && apply((known) => withEvents(known, event.events as unknown as LogEvent[])),
      ),
      listen('gap', (event) => isOurs(event) && setTurn((count) => count + 1)),
      listen('signal', (event) => event.symbol === symbol && apply((known) => withPlan(known, event.signal))),
      listen('trade', (event) => event.symbol === symbol && apply((known) => withTrade(known, event.trade))),
    ];
    read(symbol, interval, abort.signal).then(
      (loaded) => {
        if (abort.signal.aborted) return;
        const told = early ?? [];
        early = undefined;
        setError(undefined);
        setSeries(told.reduce((known, change) => change(known), loaded));
      },
      (reason: unknown) => {
        if (!abort.signal.aborted) setError(messageOf(reason));
      },
    );
    return () => {
      abort.abort();
      for (const end of ends) end();
    };
  }, [symbol, interval, turn, resynced]);

  useEffect(() => {
    setSeries(undefined);
    setError(undefined);
  }, [symbol, interval]);

  return { series, error, reload: () => setTurn((count) => count + 1) };
}

/** The engine of the service and the one of the log see the same candles, so that both say the same. */
async function read(symbol: string, interval: string, signal: AbortSignal): Promise<Series> {
  const base = `/v1${pathOf('symbols', symbol)}`;
  const { candles: seen } = await get<{ candles: number }>(`${base}/smc?interval=${interval}&limit=1`, {
    signal,
  });
  const limit = Math.max(1, Math.min(MOST_CANDLES, seen));
  const log = await get<SmcLog>(`${base}/smc/events?interval=${interval}&limit=${limit}`, { signal });
  const end = log.lastOpenTime === null ? '' : `&endTime=${log.lastOpenTime}`;
  const ofSymbol = `limit=${TRADES}&symbol=${encodeURIComponent(symbol)}`;
  const [{ candles }, trades, signals] = await Promise.all([
    get<{ candles: Candle[] }>(`${base}/candles?interval=${interval}&limit=${limit}${end}`, { signal }),
    // Without a journal there are no past trades to show.
    get<Trade[]>(`/v1/trades?${ofSymbol}`, { signal }).catch(() => []),
    get<Signal[]>(`/v1/signals?${ofSymbol}&decision=traded`, { signal }).catch(() => []),
  ]);
  return { candles, events: log.events, trades, plans: new Map(signals.map((each) => [each.id, each])) };
}

export function withCandle(known: Series, candle: Candle): Series {
  const { candles } = known;
  const last = candles.at(-1);
  if (last !== undefined && candle.openTime < last.openTime) return known;
  const kept = last?.openTime === candle.openTime ? candles.slice(0, -1) : candles;
  return { ...known, candles: [...kept, candle] };
}

/** An event that is there already is not told twice: the log may have been read after it. */
export function withEvents(known: Series, events: readonly LogEvent[]): Series {
  const newest = known.events.at(-1)?.knownAtTime ?? -Infinity;
  const fresh = events.filter(({ knownAtTime }) => knownAtTime > newest);
  return fresh.length === 0 ? known : { ...known, events: [...known.events, ...fresh] };
}

function withTrade(known: Series, trade: Trade): Series {
  if (known.trades.some(({ positionId }) => positionId === trade.positionId)) return known;
  return { ...known, trades: [trade, ...known.trades] };
}

function withPlan(known: Series, signal: Signal): Series {
  return { ...known, plans: new Map(known.plans).set(signal.id, signal) };
}
