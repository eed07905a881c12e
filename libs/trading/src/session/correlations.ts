/**
 * How two symbols moved together over the newest candles that both have. In the pass of a minute's close the one has its
 * newest candle and the other not yet: what is compared is what opened at the same time, not what stands last.
 */
import type { CandleSeries, UtcMs } from '@slt/domain';
import { correlationOf } from '../core/risk';

/** Candles of each that are looked at, at most. */
const COMPARED = 240;

export class Correlations {
  /** Of the minute that is decided on: every signal of it is compared with every position. */
  private readonly paths = new Map<CandleSeries, Path>();
  /** Of minutes before, to be written over. */
  private readonly spare: Path[] = [];
  private readonly common = [new Float64Array(COMPARED), new Float64Array(COMPARED)] as const;
  private newest: UtcMs = -Infinity;

  /** @returns in [−1, 1]; undefined: not known */
  between(one: CandleSeries, other: CandleSeries): number | undefined {
    this.begin(Math.max(openTimeOf(one), openTimeOf(other)));
    const count = this.align(this.pathOf(one), this.pathOf(other));
    const [a, b] = this.common;
    return correlationOf(a.subarray(0, count), b.subarray(0, count));
  }

  private begin(minute: UtcMs): void {
    if (minute <= this.newest) return;
    this.newest = minute;
    this.spare.push(...this.paths.values());
    this.paths.clear();
  }

  private pathOf(series: CandleSeries): Path {
    const known = this.paths.get(series);
    if (known !== undefined && known.lastOpenTime === openTimeOf(series)) return known;
    const path = known ?? this.spare.pop() ?? new Path();
    path.read(series);
    this.paths.set(series, path);
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
  lastOpenTime: UtcMs = -Infinity;

  read(series: CandleSeries): void {
    this.length = Math.min(series.length, COMPARED);
    this.lastOpenTime = openTimeOf(series);
    const first = series.length - this.length;
    for (let i = 0; i < this.length; i++) {
      this.openTimes[i] = series.value('openTime', first + i);
      this.logs[i] = Math.log(series.value('close', first + i));
    }
  }
}

const openTimeOf = (series: CandleSeries): UtcMs => series.lastOpenTime ?? -Infinity;
