/**
 * The candle in progress: a path inside the recorded or generated one, from its open over both extremes to its close, that
 * depends on the candle alone and ends exactly as it does. Before the first trade the candle is flat at the close before.
 */
import { mix, uniformAt } from './hash';
import { floorTo, powerOfTen, type Precision, roundTo, type RowBuffer } from './row-buffer';
import type { BaseRow } from './row-source';

const { floor, max, min } = Math;

/** Appends the candle as it stands after a share of its time. @param share in [0, 1); @param hash of the symbol */
export function appendForming(
  base: BaseRow,
  share: number,
  into: RowBuffer,
  context: { hash: number; precision: Precision },
): void {
  const { rows, at } = base;
  const hash = mix(context.hash, rows.openTime[at]!);
  const firstTrade = uniformAt(hash, 1) * min(0.8, 1 / max(1, rows.trades[at]!));
  into.reserve(1);
  const to = into.length++;
  into.openTime[to] = rows.openTime[at]!;
  if (rows.volume[at] === 0 || share < firstTrade) return flat(into, to, base.priorClose);
  const progress = (share - firstTrade) / (1 - firstTrade);
  pricesAt(base, progress, hash, { into, to, decimals: context.precision.price });
  volumesAt(base, progress, { into, to, precision: context.precision });
}

function flat(into: RowBuffer, to: number, price: number): void {
  into.open[to] = into.high[to] = into.low[to] = into.close[to] = price;
  into.volume[to] = into.quoteVolume[to] = into.trades[to] = 0;
  into.takerBase[to] = into.takerQuote[to] = 0;
}

function pricesAt(
  { rows, at }: BaseRow,
  progress: number,
  hash: number,
  target: { into: RowBuffer; to: number; decimals: number },
): void {
  const { into, to } = target;
  const open = rows.open[at]!;
  const close = rows.close[at]!;
  const lowFirst = uniformAt(hash, 2) < (close >= open ? 0.7 : 0.3);
  const first = lowFirst ? rows.low[at]! : rows.high[at]!;
  const second = lowFirst ? rows.high[at]! : rows.low[at]!;
  const firstAt = 0.1 + 0.35 * uniformAt(hash, 3);
  const secondAt = 0.55 + 0.35 * uniformAt(hash, 4);
  const between = (from: number, until: number, part: number): number =>
    roundTo(from + (until - from) * part, target.decimals);
  let last: number;
  if (progress < firstAt) last = between(open, first, progress / firstAt);
  else if (progress < secondAt) last = between(first, second, (progress - firstAt) / (secondAt - firstAt));
  else last = between(second, close, (progress - secondAt) / (1 - secondAt));
  into.open[to] = open;
  into.close[to] = last;
  into.high[to] = max(open, last, progress >= firstAt ? first : open, progress >= secondAt ? second : open);
  into.low[to] = min(open, last, progress >= firstAt ? first : open, progress >= secondAt ? second : open);
}

/** Bought so far at the average of the whole candle, as far as prices have been there. */
function volumesAt(
  { rows, at }: BaseRow,
  progress: number,
  target: { into: RowBuffer; to: number; precision: Precision },
): void {
  const { into, to, precision } = target;
  const whole = rows.volume[at]!;
  const trades = rows.trades[at]!;
  const part = trades <= 1 ? 1 : progress;
  const step = powerOfTen(precision.quantity);
  const volume = min(whole, max(1 / step, floorTo(whole * part, precision.quantity)));
  const taken = min(volume, floorTo(rows.takerBase[at]! * part, precision.quantity));
  into.trades[to] = min(trades, max(1, floor(trades * part)));
  into.volume[to] = volume;
  into.takerBase[to] = taken;
  const worth = (base: number, average: number): number =>
    roundTo(base * max(into.low[to]!, min(into.high[to]!, average)), precision.quote);
  const isWhole = volume === whole;
  into.quoteVolume[to] = isWhole ? rows.quoteVolume[at]! : worth(volume, rows.quoteVolume[at]! / whole);
  into.takerQuote[to] = taken === 0 ? 0 : worth(taken, rows.takerQuote[at]! / rows.takerBase[at]!);
}
