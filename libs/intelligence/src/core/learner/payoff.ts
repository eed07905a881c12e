/**
 * What a win pays and a loss costs, by set-up and before costs: exponentially weighted means, drawn to what the barriers
 * promise while there is little to go by.
 */
import type { Setup } from '@slt/trading';
import type { Json } from '../model';
import type { StateFields } from './state-fields';

/** A set-up's place in rows and lists; by its type this table names every one. */
export const SETUP_SLOTS: Readonly<Record<Setup, number>> = {
  'sweep-reversal': 0,
  'block-retest': 1,
  'gap-continuation': 2,
};
export const SETUP_NAMES = Object.keys(SETUP_SLOTS) as readonly Setup[];

/** Weight of an outcome after the next of its kind: about the last 500 count. */
const MEMORY = 0.998;

/** In R. A target that is no farther away pays nothing worth a share. */
export const LEAST_REWARD = 0.05;

interface Prior {
  readonly mean: number;
  readonly variance: number;
  /** Outcomes that it counts for. */
  readonly weight: number;
}

/** A win ends at the target, or at the time limit on the way to it. */
const WIN_SHARE: Prior = { mean: 0.9, variance: 0.06, weight: 10 };
/** In R; a gap through the stop costs more, the time limit less. */
const LOSS: Prior = { mean: -1, variance: 0.04, weight: 10 };

export interface Estimate {
  readonly mean: number;
  /** Square of the standard error of the mean. */
  readonly variance: number;
}

/** Exponentially weighted mean and variance, shrunk to a prior. */
export class ShrunkMean {
  private weight = 0;
  private mean = 0;
  private squares = 0;

  constructor(private readonly prior: Prior) {}

  add(value: number): void {
    const delta = value - this.mean;
    this.weight = MEMORY * this.weight + 1;
    this.mean += delta / this.weight;
    this.squares = MEMORY * this.squares + delta * (value - this.mean);
  }

  estimate(): Estimate {
    const { prior } = this;
    const total = prior.weight + this.weight;
    const mean = (prior.weight * prior.mean + this.weight * this.mean) / total;
    const between = ((prior.weight * this.weight) / total) * (this.mean - prior.mean) ** 2;
    return { mean, variance: (prior.weight * prior.variance + this.squares + between) / (total * total) };
  }

  /** Takes what it saw for 1 ÷ `factor` of it. */
  inflate(factor: number): void {
    this.weight /= factor;
    this.squares /= factor;
  }

  snapshot(): Json {
    return { weight: this.weight, mean: this.mean + 0, squares: this.squares };
  }

  restore(fields: StateFields): void {
    this.weight = fields.number('weight', { min: 0, max: 1 / (1 - MEMORY) + 1 });
    this.mean = fields.number('mean');
    this.squares = fields.number('squares', { min: 0 });
  }
}

/** Of one set-up. */
export class Payoff {
  /** What a win paid, as a share of the way to the target. */
  private readonly wins = new ShrunkMean(WIN_SHARE);
  /** What a loss paid, in R: below zero as a rule. */
  private readonly losses = new ShrunkMean(LOSS);

  /** @param gross r before costs */
  add(isWin: boolean, gross: number, rewardR: number): void {
    if (isWin) this.wins.add(clamp(gross / Math.max(LEAST_REWARD, rewardR), 0, 3));
    else this.losses.add(clamp(gross, -25, 1));
  }

  /** Never more than the target pays. */
  win(): Estimate {
    const { mean, variance } = this.wins.estimate();
    return { mean: clamp(mean, 0, 1), variance };
  }

  loss(): Estimate {
    return this.losses.estimate();
  }

  inflate(factor: number): void {
    this.wins.inflate(factor);
    this.losses.inflate(factor);
  }

  snapshot(): Json {
    return { wins: this.wins.snapshot(), losses: this.losses.snapshot() };
  }

  static restore(fields: StateFields): Payoff {
    const restored = new Payoff();
    restored.wins.restore(fields.fields('wins'));
    restored.losses.restore(fields.fields('losses'));
    return restored;
  }
}

const clamp = (value: number, from: number, to: number): number => Math.min(to, Math.max(from, value));
