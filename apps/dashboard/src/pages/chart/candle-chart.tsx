/** The candles, with the scene over them; the one in progress hollow. What is drawn here is listed beside it: the canvas itself is for eyes alone. */
import { type ReadonlySignal, useSignalEffect } from '@preact/signals';
import {
  CandlestickSeries,
  ColorType,
  createChart,
  type IChartApi,
  type ISeriesApi,
  type MouseEventParams,
  type Time,
} from 'lightweight-charts';
import { useEffect, useRef } from 'preact/hooks';
import type { Candle } from '../../api/types';
import { instant, price, priceDigits } from '../../format';
import { theme, zone } from '../../store/preferences';
import type { Drawn } from './drawn';
import { type Palette, ScenePainter, timeOf } from './painter';

interface Props {
  /** Ascending; up to the one that the slider stands at. */
  readonly candles: readonly Candle[];
  /** The one behind the last of them, as it stands. */
  readonly forming: ReadonlySignal<Candle | undefined>;
  readonly scene: readonly Drawn[];
  readonly selected: string | undefined;
  readonly onSelect: (drawn: Drawn | undefined) => void;
}

interface Parts {
  readonly chart: IChartApi;
  readonly series: ISeriesApi<'Candlestick'>;
  readonly painter: ScenePainter;
  colours: Palette;
  /** Open time of the newest candle that is drawn, closed or not. */
  newest: number;
  /** Open time of the newest closed one. */
  closed: number;
}

const MS = 1_000;
/** Of the price's label: that of the body, which a candle in progress has none of. */
const ITS_OWN_COLOUR = { priceLineColor: '' };

export function CandleChart({ candles, forming, scene, selected, onSelect }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const parts = useRef<Parts | undefined>(undefined);
  const select = useRef(onSelect);
  select.current = onSelect;
  const drawn = useRef<readonly Candle[]>([]);

  useEffect(() => {
    if (box.current === null) return undefined;
    const made = makeChart(box.current);
    parts.current = made;
    const onClick = ({ point }: MouseEventParams<Time>): void =>
      select.current(point === undefined ? undefined : made.painter.at(point.x, point.y));
    made.chart.subscribeClick(onClick);
    return () => {
      parts.current = undefined;
      drawn.current = [];
      made.chart.remove();
    };
  }, []);

  useSignalEffect(() => {
    void theme.value;
    void zone.value;
    // The colours of the page change once the theme stands in the document.
    queueMicrotask(() => {
      if (parts.current === undefined) return;
      recolour(parts.current);
      drawForming(parts.current, forming.peek());
    });
  });

  useEffect(() => {
    const made = parts.current;
    if (made === undefined) return;
    setCandles(made, drawn.current, candles);
    drawn.current = candles;
    drawForming(made, forming.peek());
  }, [candles]);

  useSignalEffect(() => {
    const candle = forming.value;
    const made = parts.current;
    if (made === undefined) return;
    if (candle !== undefined) drawForming(made, candle);
    // Nobody says any longer how it stands.
    else if (made.newest !== made.closed) redraw(made, drawn.current);
  });

  useEffect(() => {
    const [first, last] = [candles[0], candles.at(-1)];
    if (first === undefined || last === undefined) return;
    parts.current?.painter.show(scene, selected, [first.openTime, last.openTime]);
  }, [candles, scene, selected]);

  return <div class="candle-chart" ref={box} aria-hidden="true" />;
}

function makeChart(container: HTMLElement): Parts {
  const chart = createChart(container, {
    autoSize: true,
    // Its logo brings styles of its own, which our policy forbids; the page names its makers in words.
    layout: { attributionLogo: false, fontSize: 12 },
    timeScale: { timeVisible: true, secondsVisible: false, rightOffset: 6 },
    crosshair: { mode: 0 },
    localization: { priceFormatter: (value: number) => price(value) },
  });
  const series = chart.addSeries(CandlestickSeries, { priceLineVisible: true });
  const colours = palette();
  const painter = new ScenePainter(colours);
  series.attachPrimitive(painter);
  const parts = { chart, series, painter, colours, newest: 0, closed: 0 };
  recolour(parts);
  return parts;
}

/** One more candle, or the last one anew, keeps the place of the person who looks. */
function setCandles(made: Parts, before: readonly Candle[], candles: readonly Candle[]): void {
  const last = candles.at(-1);
  const grown = candles.length - before.length;
  // A series that was read anew may differ anywhere.
  const isContinued = before[0] === candles[0] && before.length > 0;
  if (last !== undefined && isContinued && (grown === 0 || grown === 1) && last.openTime >= made.newest) {
    made.series.applyOptions(ITS_OWN_COLOUR);
    made.series.update(barOf(last));
    made.newest = made.closed = last.openTime;
    return;
  }
  redraw(made, candles);
  if (before.length === 0)
    made.chart.timeScale().setVisibleLogicalRange({ from: candles.length - 160, to: candles.length + 6 });
}

function redraw(made: Parts, candles: readonly Candle[]): void {
  const minMove = 10 ** -priceDigits(candles.at(-1)?.close ?? 1);
  made.series.applyOptions({ priceFormat: { type: 'custom', formatter: price, minMove } });
  made.series.applyOptions(ITS_OWN_COLOUR);
  made.series.setData(candles.map(barOf));
  made.newest = made.closed = candles.at(-1)?.openTime ?? 0;
}

/** Hollow: it has not closed. */
function drawForming(made: Parts, candle: Candle | undefined): void {
  if (candle === undefined || candle.openTime <= made.closed) return;
  const colour = candle.close >= candle.open ? made.colours.up : made.colours.down;
  made.series.applyOptions({ priceLineColor: colour });
  made.series.update({ ...barOf(candle), color: 'transparent', borderColor: colour, wickColor: colour });
  made.newest = candle.openTime;
}

const barOf = ({ openTime, open, high, low, close }: Candle) => ({
  time: timeOf(openTime),
  open,
  high,
  low,
  close,
});

function recolour(made: Parts): void {
  const { chart, series, painter } = made;
  const colours = (made.colours = palette());
  const line = css('--line');
  chart.applyOptions({
    layout: { background: { type: ColorType.Solid, color: css('--raised') }, textColor: colours.text },
    grid: { vertLines: { color: line }, horzLines: { color: line } },
    localization: { timeFormatter: (time: Time) => instant(Number(time) * MS, zone.peek()) },
    timeScale: {
      borderColor: line,
      tickMarkFormatter: (time: Time) => instant(Number(time) * MS, zone.peek(), 'minute'),
    },
    rightPriceScale: { borderColor: line },
  });
  series.applyOptions({
    upColor: colours.up,
    downColor: colours.down,
    wickUpColor: colours.up,
    wickDownColor: colours.down,
    borderUpColor: colours.up,
    borderDownColor: colours.down,
  });
  painter.recolour(colours);
}

function palette(): Palette {
  return {
    up: css('--up'),
    down: css('--down'),
    plain: css('--line-strong'),
    accent: css('--accent'),
    text: css('--dim'),
  };
}

const css = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();
