/**
 * Brings features to mean 0 and deviation 1 while they stream by: Welford's algorithm with forgetting (West, "Updating
 * mean and variance estimates", 1979), each feature by itself. What is not known becomes 0, the mean.
 */
import type { Json } from '../model';
import { plainNumbers, type StateFields } from './state-fields';

/** Weight of a sample after the next one: about the last 10,000 count. */
const MEMORY = 0.9999;
/** From here on a value is taken no further from the mean than `FAR` deviations: one of 1e90 would drown all others. */
const SETTLED = 20;
const FAR = 10;
/** So that its square is a number. */
const HUGE = 1e100;
/** A deviation below this share of the mean is rounding: the feature is constant. */
const ROUNDING = 1e-10;

export class Standardiser {
  private readonly weights: Float64Array;
  private readonly means: Float64Array;
  /** Sums of squared deviations, forgotten as the weights are. */
  private readonly squares: Float64Array;
  /** 1 ÷ deviation; 0 where there is none. */
  private readonly scales: Float64Array;

  constructor(readonly size: number) {
    this.weights = new Float64Array(size);
    this.means = new Float64Array(size);
    this.squares = new Float64Array(size);
    this.scales = new Float64Array(size);
  }

  observe(features: readonly number[]): void {
    for (let i = 0; i < this.size; i++) {
      const value = features[i]!;
      if (Number.isFinite(value)) this.take(i, value);
    }
  }

  /**
   * Of feature `i`: tanh of the standardised value, so that an outlier does not decide and "large" is told from "small"
   * more sharply than "large" from "huge". 0 for what is not finite, and for a feature that never changed.
   */
  standardised(i: number, value: number): number {
    if (!Number.isFinite(value)) return 0;
    const z = (tamed(value) - this.means[i]!) * this.scales[i]!;
    return Math.tanh(z);
  }

  snapshot(): Json {
    return {
      weights: plainNumbers(this.weights),
      means: plainNumbers(this.means),
      squares: plainNumbers(this.squares),
    };
  }

  static restore(fields: StateFields, size: number): Standardiser {
    const restored = new Standardiser(size);
    restored.weights.set(fields.numbers('weights', size, { min: 0, max: 1 / (1 - MEMORY) + 1 }));
    restored.means.set(fields.numbers('means', size, { min: -HUGE, max: HUGE }));
    restored.squares.set(fields.numbers('squares', size, { min: 0 }));
    for (let i = 0; i < size; i++) restored.rescale(i);
    return restored;
  }

  private take(i: number, value: number): void {
    const mean = this.means[i]!;
    const weight = MEMORY * this.weights[i]! + 1;
    let delta = tamed(value) - mean;
    if (weight > SETTLED && this.scales[i]! > 0) {
      const far = FAR / this.scales[i]!;
      delta = Math.min(far, Math.max(-far, delta));
    }
    this.weights[i] = weight;
    this.means[i] = mean + delta / weight;
    this.squares[i] = MEMORY * this.squares[i]! + delta * (delta - delta / weight);
    this.rescale(i);
  }

  private rescale(i: number): void {
    const deviation = this.weights[i]! > 0 ? Math.sqrt(this.squares[i]! / this.weights[i]!) : 0;
    const scale = 1 / deviation;
    const isConstant = !(deviation > ROUNDING * Math.abs(this.means[i]!)) || !Number.isFinite(scale);
    this.scales[i] = isConstant ? 0 : scale;
  }
}

const tamed = (value: number): number => Math.min(HUGE, Math.max(-HUGE, value));
