/** One symbol: its candles live, what they prove, what was traded; and how much of it was known at any candle. */
import type { ReadonlySignal } from '@preact/signals';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { get, pathOf } from '../../api/client';
import type { Candle } from '../../api/types';
import { price, span } from '../../format';
import { navigate, href, replaceQuery } from '../../router';
import type { PageProps } from '../../routes';
import { exchangeNow } from '../../store/clock';
import { watchForming } from '../../store/feed';
import { trading } from '../../store/trading';
import { useResource } from '../../store/resource';
import { Panel } from '../../ui/panel';
import { Empty, Loaded } from '../../ui/states';
import { Time } from '../../ui/time';
import { CandleChart } from './candle-chart';
import { DrawnList, Explanation } from './drawn-list';
import type { Drawn, Layer } from './drawn';
import { LayerSwitches, useLayers } from './layers';
import { Replay } from './replay';
import { sceneOf, shown } from './scene';
import { useForming } from './use-forming';
import { type Series, useSeries } from './use-series';
import './chart.css';

const FIRST_INTERVAL = '1m';
const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const lengthOf = (interval: string): number =>
  Number.parseInt(interval, 10) * (UNIT_MS[interval.at(-1) ?? ''] ?? 60_000);

const loadSymbols = async (signal: AbortSignal): Promise<string[]> => {
  const { symbols } = await get<{ symbols: { symbol: string }[] }>('/v1/symbols', { signal });
  return symbols.map(({ symbol }) => symbol).sort();
};

export function Page({ path, query }: PageProps) {
  const symbols = useResource(loadSymbols);
  return (
    <Loaded of={symbols}>
      {(names) => {
        const symbol = path[0] ?? (names.includes('BTCUSDT') ? 'BTCUSDT' : names[0]);
        if (symbol === undefined) return <Empty>No symbol is followed yet.</Empty>;
        const interval = query.get('interval') ?? FIRST_INTERVAL;
        return (
          <>
            <Choice symbols={names} symbol={symbol} interval={interval} />
            <Chart
              key={`${symbol} ${interval}`}
              symbol={symbol}
              interval={interval}
              isFollowed={names.includes(symbol)}
            />
          </>
        );
      }}
    </Loaded>
  );
}

interface Followed {
  readonly state?: { readonly intervals: readonly { readonly interval: string }[] };
}

function Choice({ symbols, symbol, interval }: { symbols: string[]; symbol: string; interval: string }) {
  const load = useMemo(
    () => (signal: AbortSignal) => get<Followed>(`/v1${pathOf('symbols', symbol)}`, { signal }),
    [symbol],
  );
  const { value } = useResource(load);
  const intervals = value?.state?.intervals.map((each) => each.interval) ?? [interval];
  return (
    <div class="filters">
      <label>
        Symbol
        <select
          value={symbol}
          onChange={(event) => navigate(href('chart', event.currentTarget.value, { interval }))}
        >
          {(symbols.includes(symbol) ? symbols : [symbol, ...symbols]).map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <label>
        Interval
        <select value={interval} onChange={(event) => replaceQuery({ interval: event.currentTarget.value })}>
          {[...new Set([interval, ...intervals])].map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
    </div>
  );
}

interface ChartProps {
  readonly symbol: string;
  readonly interval: string;
  readonly isFollowed: boolean;
}

function Chart({ symbol, interval, isFollowed }: ChartProps) {
  const { series, error, reload } = useSeries(symbol, interval);
  // The stream would be refused for what is no symbol at all.
  useEffect(() => (isFollowed ? watchForming(symbol) : undefined), [symbol, isFollowed]);
  return (
    <Loaded of={{ value: series, error, isLoading: false, reload }}>
      {(known) => <Shown series={known} symbol={symbol} interval={interval} />}
    </Loaded>
  );
}

function Shown({ series, symbol, interval }: { series: Series; symbol: string; interval: string }) {
  const [layers, toggle] = useLayers();
  /** Open time of the candle that the slider stands at; undefined: live. */
  const [stoppedAt, setStoppedAt] = useState<number | undefined>();
  const [selected, setSelected] = useState<string | undefined>();
  const until = stoppedAt ?? series.candles.at(-1)?.openTime ?? 0;
  const positions = trading.value?.positions ?? NOTHING;
  const scene = useMemo(
    () =>
      sceneOf({
        ...series,
        holdings: {
          trades: series.trades,
          plans: series.plans,
          positions: positions.filter((each) => each.symbol === symbol),
        },
        until,
        intervalMs: lengthOf(interval),
      }),
    [series, positions, until, interval, symbol],
  );
  const candles = useMemo(
    () =>
      stoppedAt === undefined ? series.candles : series.candles.filter(({ openTime }) => openTime <= until),
    [series.candles, stoppedAt, until],
  );
  const visible = useMemo(() => shown(scene, layers), [scene, layers]);
  const lengthMs = lengthOf(interval);
  const last = series.candles.at(-1);
  const forming = useForming(
    symbol,
    interval,
    stoppedAt === undefined && last ? last.openTime + lengthMs : undefined,
  );
  const explained = visible.find(({ id }) => id === selected);
  if (series.candles.length === 0) return <Empty>There are no candles yet.</Empty>;
  const onSelect = (drawn: Drawn | undefined): void => setSelected(drawn?.id);
  return (
    <>
      <Panel
        title={`${symbol} ${interval}`}
        actions={<Latest last={last} forming={forming} lengthMs={lengthMs} />}
      >
        <LayerSwitches layers={layers} onToggle={(layer: Layer) => toggle(layer)} />
        <CandleChart
          candles={candles}
          forming={forming}
          scene={visible}
          selected={selected}
          onSelect={onSelect}
        />
        <Replay candles={series.candles} stoppedAt={stoppedAt} onChange={setStoppedAt} />
        <p class="note">
          Chart:{' '}
          <a href="https://www.tradingview.com/" rel="noreferrer noopener">
            TradingView
          </a>{' '}
          Lightweight Charts™.
        </p>
      </Panel>
      <div class="columns">
        <Panel title="Explanation">
          <Explanation of={explained} />
        </Panel>
        <Panel title={`Drawn (${visible.length})`}>
          <DrawnList scene={visible} until={until} selected={selected} onSelect={setSelected} />
        </Panel>
      </div>
    </>
  );
}

const NOTHING: readonly never[] = [];

interface LatestProps {
  readonly last: Candle | undefined;
  readonly forming: ReadonlySignal<Candle | undefined>;
  readonly lengthMs: number;
}

function Latest({ last, forming, lengthMs }: LatestProps) {
  const { value: candle } = forming;
  if (candle !== undefined) {
    const left = Math.max(0, candle.openTime + lengthMs - exchangeNow.value);
    return (
      <span data-forming={candle.openTime}>
        <strong class="num">{price(candle.close)}</strong>{' '}
        <span class="dim">
          candle of <Time at={candle.openTime} part="time" /> not closed, {span(left)} to go
        </span>
      </span>
    );
  }
  if (last === undefined) return null;
  return (
    <span>
      <strong class="num">{price(last.close)}</strong>{' '}
      <span class="dim">
        candle of <Time at={last.openTime} part="time" /> closed
      </span>
    </span>
  );
}
