/**
 * How two symbols moved together over the newest candles that both have. In the pass of a minute's close the one has its
 * newest candle and the other not yet: what is compared is what opened at the same time, not what stands last.
 */
import type { CandleSeries } from '@slt/domain';
import { correlationOf } from '../core/risk';

/** Candles of each that are looked at, at most. */
const COMPARED = 240;
/** Series that are remembered: all positions, and symbols that had a signal lately. */
const KEPT = 64;

export class Correlations {
  /** Of the series that were asked for last, the one longest ago in front. */
  private readonly paths = new Map<CandleSeries, Path>();
  private readonly common = [new Float64Array(COMPARED), new Float64Array(COMPARED)] as const;

  /** @returns in [−1, 1]; undefined: not known */
  between(one: CandleSeries, other: CandleSeries): number | undefined {
    const count = this.align(this.pathOf(one), this.pathOf(other));
    const [a, b] = this.common;
    return correlationOf(a.subarray(0, count), b.subarray(0, count));
  }

  private pathOf(series: CandleSeries): Path {
    const { paths } = this;
    const path = paths.get(series) ?? this.spare();
    // To the end: of the two that are compared neither makes room for the other.
    paths.delete(series);
    paths.set(series, path);
    path.follow(series);
    return path;
  }

  private spare(): Path {
    const { paths } = this;
    if (paths.size < KEPT) return new Path();
    const [series, path] = paths.entries().next().value!;
    paths.delete(series);
    path.clear();
    return path;
  }

  /** Writes what both have into `common`. @returns how many that are */
  private align(one: Path, other: Path): number {
    const [a, b] = this.common;
    let count = 0;
    for (let i = 0, j = 0; i < one.length && j < other.length;) {
      const difference = one.openTimes[i]! - other.openTimes[j]!;
      if (difference === 0) {
        a[count] = one.logs[i]!;
        b[count++] = other.logs[j]!;
      }
      if (difference <= 0) i++;
      if (difference >= 0) j++;
    }
    return count;
  }
}

/** The newest closes of one series, as logarithms. */
class Path {
  readonly openTimes = new Float64Array(COMPARED);
  readonly logs = new Float64Array(COMPARED);
  length = 0;
  private loads = -1;

  clear(): void {
    this.loads = -1;
  }

  /** Takes what the series has more than when it was followed last. */
  follow(series: CandleSeries): void {
    const { openTimes, logs } = this;
    const added = this.addedTo(series);
    if (added === 0) return;
    const length = Math.min(series.length, COMPARED);
    const kept = Math.max(0, length - added);
    openTimes.copyWithin(0, this.length - kept, this.length);
    logs.copyWithin(0, this.length - kept, this.length);
    const before = series.length - length;
    for (let i = kept; i < length; i++) {
      openTimes[i] = series.value('openTime', before + i);
      logs[i] = Math.log(series.value('close', before + i));
    }
    this.length = length;
    this.loads = series.loads;
  }

  /** @returns Infinity: all is to be read */
  private addedTo(series: CandleSeries): number {
    if (series.loads !== this.loads) return Infinity;
    const newest = this.openTimes[this.length - 1];
    for (let added = 0; added < series.length; added++) {
      if (series.value('openTime', series.length - 1 - added) === newest) return added;
    }
    return Infinity;
  }
}
