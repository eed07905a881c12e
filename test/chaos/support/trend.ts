/** Whether a series of measurements grows without end, judged by medians: single peaks and the warm-up do not matter. */

export interface Trend {
  readonly first: number;
  readonly last: number;
  /** Median of the slopes between all pairs of points of the second half (Theil–Sen), per minute. */
  readonly perMinute: number;
  readonly isGrowing: boolean;
}

export interface Sample {
  readonly minute: number;
  readonly value: number;
}

/**
 * @param allowance growth from the second quarter to the last that is nothing yet, in the unit of the values, beside a
 *   quarter of what there was
 */
export function trendOf(samples: readonly Sample[], allowance: number): Trend {
  const quarter = (n: number): Sample[] =>
    samples.slice(Math.floor((samples.length * n) / 4), Math.floor((samples.length * (n + 1)) / 4));
  const median = (values: readonly number[]): number => {
    const sorted = [...values].sort((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? 0;
  };
  const first = median(quarter(1).map(({ value }) => value));
  const last = median(quarter(3).map(({ value }) => value));
  const perMinute = median(slopesOf(samples.slice(samples.length >> 1)));
  return { first, last, perMinute, isGrowing: last > first * 1.25 + allowance && perMinute > 0 };
}

function slopesOf(samples: readonly Sample[]): number[] {
  const slopes: number[] = [];
  for (const [i, a] of samples.entries()) {
    for (const b of samples.slice(i + 1)) {
      if (b.minute > a.minute) slopes.push((b.value - a.value) / (b.minute - a.minute));
    }
  }
  return slopes;
}
