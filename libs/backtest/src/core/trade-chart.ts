/** The candles of one trade with its levels, as a small SVG. */
import type { CandleColumns, DurationMs, UtcMs } from '@slt/domain';
import { type Frame, place, Scale, svg } from './svg';

export interface DrawnTrade {
  readonly label: string;
  readonly candles: CandleColumns;
  readonly intervalMs: DurationMs;
  readonly entryTime: UtcMs;
  readonly exitTime: UtcMs;
  readonly entryPrice: number;
  readonly exitPrice: number;
  /** NaN: not known. */
  readonly stop: number;
  readonly target: number;
  readonly isGain: boolean;
}

const FRAME: Frame = { width: 360, height: 180, margin: 6 };
const PAD = 8;

export function tradeChart(trade: DrawnTrade): string {
  const { candles, intervalMs, entryTime, exitTime, entryPrice, exitPrice } = trade;
  const levels = [trade.stop, trade.target, entryPrice, exitPrice].filter(Number.isFinite);
  const y = new Scale([...candles.low, ...candles.high, ...levels], FRAME.height - PAD, PAD);
  const first = candles.openTime[0] ?? entryTime;
  const last = Math.max(candles.openTime[candles.length - 1] ?? first, exitTime) + intervalMs;
  const x = new Scale([first, last], FRAME.margin, FRAME.width - FRAME.margin);
  const level = (value: number, name: string): string =>
    Number.isFinite(value)
      ? `<line class="${name}" x1="${place(x.at(entryTime))}" x2="${place(x.at(exitTime))}" y1="${place(y.at(value))}" y2="${place(y.at(value))}"/>`
      : '';
  const way = `<line class="way ${trade.isGain ? 'gain' : 'loss'}" x1="${place(x.at(entryTime))}" y1="${place(y.at(entryPrice))}" x2="${place(x.at(exitTime))}" y2="${place(y.at(exitPrice))}"/>`;
  return svg(FRAME, trade.label, [
    candlePaths(candles, x, y, intervalMs),
    level(trade.stop, 'stop'),
    level(trade.target, 'target'),
    way,
  ]);
}

/** Wicks and bodies of all candles in a path for each colour. */
function candlePaths(candles: CandleColumns, x: Scale, y: Scale, intervalMs: DurationMs): string {
  const paths = { rise: '', fall: '' };
  for (let i = 0; i < candles.length; i++) {
    const open = candles.open[i]!;
    const close = candles.close[i]!;
    const left = x.at(candles.openTime[i]!);
    const width = 0.7 * (x.at(candles.openTime[i]! + intervalMs) - left);
    const middle = left + width / 2;
    const top = y.at(Math.max(open, close));
    const height = Math.max(0.5, y.at(Math.min(open, close)) - top);
    const wick = `M${place(middle)} ${place(y.at(candles.high[i]!))}V${place(y.at(candles.low[i]!))}`;
    const body = `M${place(left)} ${place(top)}h${place(width)}v${place(height)}h${place(-width)}z`;
    paths[close >= open ? 'rise' : 'fall'] += wick + body;
  }
  return `<path class="rise" d="${paths.rise}"/><path class="fall" d="${paths.fall}"/>`;
}
