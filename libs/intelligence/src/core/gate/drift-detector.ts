/**
 * Tells when what an edge pays has fallen: a one-sided CUSUM (Page 1954) of outcomes below half of what they used to
 * pay. Its threshold is set by the false alarms that it may raise (Siegmund's approximation of the run length, 1985), so
 * that a small edge is watched with more patience than a large one.
 */
import type { Json } from '../model';
import type { StateFields } from '../learner/state-fields';

export const DRIFT_STATES = ['none', 'warning', 'drifted'] as const;
export type DriftState = (typeof DRIFT_STATES)[number];

/** Outcomes between false alarms, on average, while the edge is as it was. */
const RUN_LENGTH = 10_000;
/** A smaller edge, in deviations of an outcome, is watched as if it were as large. */
const LEAST_SHIFT = 0.02;
/** Siegmund's correction for steps that overshoot. */
const OVERSHOOT = 1.166;

/** What an outcome of the edge is like. */
export interface Expected {
  /** R, above zero. */
  readonly mean: number;
  /** Long-run: with what outcomes of the same moment share. */
  readonly deviation: number;
}

export class DriftDetector {
  private fallen = 0;
  private threshold = Infinity;

  get state(): DriftState {
    if (this.fallen >= this.threshold) return 'drifted';
    return this.fallen >= this.threshold / 2 ? 'warning' : 'none';
  }

  observe(r: number, { mean, deviation }: Expected): DriftState {
    const shift = Math.max(LEAST_SHIFT, Math.max(0, mean) / deviation);
    this.threshold = thresholdOf(shift / 2);
    this.fallen = Math.max(0, this.fallen + (Math.max(0, mean) / 2 - r) / deviation);
    return this.state;
  }

  reset(): void {
    this.fallen = 0;
    this.threshold = Infinity;
  }

  snapshot(): Json {
    return { fallen: this.fallen, threshold: Number.isFinite(this.threshold) ? this.threshold : null };
  }

  static restore(fields: StateFields): DriftDetector {
    const restored = new DriftDetector();
    restored.fallen = fields.number('fallen', { min: 0 });
    if (fields.raw('threshold') !== null) restored.threshold = fields.number('threshold', { min: 0 });
    return restored;
  }
}

/**
 * The threshold whose mean time between false alarms is RUN_LENGTH: (e^{2kb} − 2kb − 1) ÷ 2k² with b = threshold + 1.166.
 * @param allowance k, in deviations
 */
export function thresholdOf(allowance: number): number {
  const target = 2 * allowance * allowance * RUN_LENGTH;
  // e^x − x − 1 = target, from above, where Newton's method converges without overshooting
  let x = Math.log(target + 1) + Math.sqrt(2 * target) / (1 + Math.sqrt(target)) + 1;
  for (let step = 0; step < 20; step++) x -= (Math.exp(x) - x - 1 - target) / (Math.exp(x) - 1);
  return Math.max(1, x / (2 * allowance) - OVERSHOOT);
}
