/**
 * How two symbols moved together over the newest candles that both have. In the pass of a minute's close the one has its
 * newest candle and the other not yet: what is compared is what opened at the same time, not what stands last.
 */
import type { CandleColumns, CandleSeries, UtcMs } from '@slt/domain';
import { correlationOf } from '../core/risk';

/** Closes that a correlation is measured on, at most. */
const COMPARED_CLOSES = 240;

export class Correlations {
  /** Copies of the minute that is decided on: every signal of it is compared with every position. */
  private readonly copies = new Map<CandleSeries, CandleColumns>();
  private newest: UtcMs = -Infinity;

  /** @returns in [−1, 1]; undefined: not known */
  between(one: CandleSeries, other: CandleSeries): number | undefined {
    const [a, b] = commonCloses(this.copyOf(one), this.copyOf(other));
    return correlationOf(a, b);
  }

  private copyOf(series: CandleSeries): CandleColumns {
    const last = series.lastOpenTime ?? -Infinity;
    if (last > this.newest) {
      this.newest = last;
      this.copies.clear();
    }
    let copy = this.copies.get(series);
    if (copy === undefined || copy.openTime[copy.length - 1] !== last) {
      copy = series.toColumns(COMPARED_CLOSES);
      this.copies.set(series, copy);
    }
    return copy;
  }
}

function commonCloses(a: CandleColumns, b: CandleColumns): readonly [ArrayLike<number>, ArrayLike<number>] {
  const ofA: number[] = [];
  const ofB: number[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const difference = a.openTime[i]! - b.openTime[j]!;
    if (difference === 0) {
      ofA.push(a.close[i]!);
      ofB.push(b.close[j]!);
    }
    if (difference <= 0) i++;
    if (difference >= 0) j++;
  }
  return [ofA, ofB];
}
