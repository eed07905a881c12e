/**
 * A recorded market as rows of any interval. The finest recording is the base that streams; recordings of longer
 * intervals serve their own history, and where they have no candle it is made of the finer ones. Holes stay holes.
 */
import { type Interval, intervalMs, type UtcMs } from '@slt/domain';
import type { MarketInterval } from './market';
import { bucketOf, longestOf, stepBucket } from './market-interval';
import type { RecordedSeries } from './recorded-series';
import { foldRows, type Precision, RowBuffer } from './row-buffer';
import type { BaseRow, Life, RowSource } from './row-source';

export class RecordedSource implements RowSource {
  readonly base: Interval;
  /** Finest first. */
  private readonly layers: readonly RecordedSeries[];
  private readonly single = new RowBuffer(1);
  private readonly recordingEnd: UtcMs;

  /** @param series at least one, each with at least one candle, of different intervals */
  constructor(
    series: readonly RecordedSeries[],
    private readonly life: Life,
    readonly precision: Precision,
  ) {
    this.layers = [...series].sort((a, b) => a.stepMs - b.stepMs);
    this.base = this.layers[0]!.interval;
    this.recordingEnd = life.end;
  }

  read(interval: MarketInterval, from: UtcMs, to: UtcMs, into: RowBuffer): void {
    this.readLayer(this.layersOf(interval), interval, { from, until: stepBucket(to, interval, 1) }, into);
  }

  readSpan(_interval: MarketInterval, from: UtcMs, until: UtcMs, into: RowBuffer): void {
    this.appendRecorded(this.layers[0]!, { from, until }, into);
  }

  seek(interval: MarketInterval, instant: UtcMs): UtcMs | undefined {
    const own = bucketOf(instant, interval);
    const start = own === instant ? own : stepBucket(own, interval, 1);
    const found = this.layersOf(interval)
      .map((layer) => layer.openTimeAt(layer.lowerBound(start)))
      .filter((time) => time !== undefined && time < this.life.end)
      .map((time) => bucketOf(time!, interval));
    return found.length === 0 ? undefined : Math.min(...found);
  }

  seekBack(interval: MarketInterval, instant: UtcMs): UtcMs | undefined {
    const until = Math.min(stepBucket(bucketOf(instant, interval), interval, 1), this.life.end);
    const found = this.layersOf(interval)
      .map((layer) => layer.openTimeAt(layer.lowerBound(until) - 1))
      .filter((time) => time !== undefined)
      .map((time) => bucketOf(time, interval));
    return found.length === 0 ? undefined : Math.max(...found);
  }

  baseRow(openTime: UtcMs): BaseRow | undefined {
    const base = this.layers[0]!;
    const index = base.lowerBound(openTime);
    if (base.openTimeAt(index) !== openTime || openTime >= this.life.end) return undefined;
    base.append(index, index + 1, this.single.clear());
    const priorClose = index === 0 ? this.single.open[0]! : base.closeAt(index - 1);
    return { rows: this.single, at: 0, priorClose };
  }

  /** Those the interval can be made of, longest first. */
  private layersOf(interval: MarketInterval): RecordedSeries[] {
    return this.layers.filter((layer) => longestOf(interval) % layer.stepMs === 0).reverse();
  }

  /** Rows of the first layer, and where it has none, of the others. */
  private readLayer(
    layers: readonly RecordedSeries[],
    interval: MarketInterval,
    span: { from: UtcMs; until: UtcMs },
    into: RowBuffer,
  ): void {
    const [layer, ...finer] = layers;
    if (layer === undefined) return;
    if (finer.length === 0 && layer.interval === interval) return this.appendRecorded(layer, span, into);
    const recorded = new RowBuffer();
    this.appendRecorded(layer, span, recorded);
    const own = layer.interval === interval ? recorded : this.fold(recorded, interval);
    if (finer.length === 0) return into.append(own);
    const rest = new RowBuffer();
    this.readLayer(finer, interval, span, rest);
    mergeRows(own, rest, into);
  }

  /** Candles that open in [from, until) and within the symbol's life; they end within it if that was cut short. */
  private appendRecorded(layer: RecordedSeries, span: { from: UtcMs; until: UtcMs }, into: RowBuffer): void {
    const { end } = this.life;
    const until = Math.min(span.until, end < this.recordingEnd ? end - layer.stepMs + 1 : end);
    layer.append(layer.lowerBound(span.from), layer.lowerBound(until), into);
  }

  private fold(rows: RowBuffer, interval: MarketInterval): RowBuffer {
    const folded = new RowBuffer();
    for (let start = 0; start < rows.length;) {
      const openTime = bucketOf(rows.openTime[start]!, interval);
      const end = rows.lowerBound(stepBucket(openTime, interval, 1));
      foldRows(rows, { start, end, openTime }, folded, this.precision);
      start = end;
    }
    return folded;
  }
}

/** Both ascending; where both have a row, the first one's. */
function mergeRows(first: RowBuffer, second: RowBuffer, into: RowBuffer): void {
  let j = 0;
  for (let i = 0; i < first.length; i++) {
    const time = first.openTime[i]!;
    const next = second.lowerBound(time);
    into.append(second, j, next);
    into.append(first, i, i + 1);
    j = Math.max(j, second.openTime[next] === time && next < second.length ? next + 1 : next);
  }
  into.append(second, j, second.length);
}

/** Length of the base candle; where trading ends after the last one. */
export function endOf(series: RecordedSeries): UtcMs {
  return series.last + intervalMs(series.interval);
}
