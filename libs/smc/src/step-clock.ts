/** How long steps take, by the clock of the machine: a histogram of bounded size and error. */
import { createHistogram, performance, type RecordableHistogram } from 'node:perf_hooks';

const NS_PER_MS = 1e6;
const NS_PER_SECOND = 1e9;
/** Longer ones count as this. */
const LONGEST_NS = NS_PER_SECOND;
/** An error of a per cent: the finer, the more memory. */
const FIGURES = 2;

/** In seconds. */
export interface StepTimes {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export class StepClock {
  private readonly histogram: RecordableHistogram = createHistogram({
    lowest: 1,
    highest: LONGEST_NS,
    figures: FIGURES,
  });

  /** @param from of `performance.now()` */
  took(from: number): void {
    const ns = Math.round((performance.now() - from) * NS_PER_MS);
    this.histogram.record(Math.min(LONGEST_NS, Math.max(1, ns)));
  }

  /** Since the last reset; undefined when there was nothing. @param reset begin anew: one reader only may */
  times(reset = false): StepTimes | undefined {
    const { histogram } = this;
    if (histogram.count === 0) return undefined;
    const times = {
      p50: histogram.percentile(50) / NS_PER_SECOND,
      p99: histogram.percentile(99) / NS_PER_SECOND,
      max: histogram.max / NS_PER_SECOND,
    };
    if (reset) histogram.reset();
    return times;
  }
}
