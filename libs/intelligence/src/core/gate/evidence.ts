/**
 * What a set-up's approved signals came to: an exponentially weighted mean of r whose standard error knows that outcomes
 * of one moment share the market's move. Signals that were open together are one cluster; the error is made from the
 * sums of clusters (Liang & Zeger 1986), so that three hundred longs of one rally count for about one outcome.
 */
import { HOUR_MS, type UtcMs } from '@slt/domain';
import type { Json } from '../model';
import type { StateFields } from '../learner/state-fields';

/** Weight of a moment after the next one: about the last 700 count. */
const MEMORY = 0.997;
/** Signals within an hour of a moment's first belong to it, however soon that one ended. */
const MOMENT_MS = HOUR_MS;
/** Outcomes that a deviation of 1.5 R is presumed from, before there are any. */
const PRESUMED = 10;
const PRESUMED_VARIANCE = 1.5 * 1.5;

export interface Outcome {
  readonly at: UtcMs;
  readonly closedAt: UtcMs;
  /** After costs. */
  readonly r: number;
}

export interface Findings {
  /** Mean r. */
  readonly mean: number;
  /** Of the mean. */
  readonly standardError: number;
  /** As many independent outcomes would tell as much. */
  readonly effective: number;
  /** Separate moments. */
  readonly moments: number;
  /** Of one outcome, with what it shares with others of its moment. */
  readonly longRunDeviation: number;
}

export class Evidence {
  /** Sums over outcomes of weight, weight · r, weight², and so on: named by what they add up. */
  private weight = 0;
  private total = 0;
  private ww = 0;
  private wwr = 0;
  private wwrr = 0;
  /** Sums over closed moments of products of their weight n and their total s. */
  private nn = 0;
  private ns = 0;
  private ss = 0;
  /** The moment that is open. */
  private openWeight = 0;
  private openTotal = 0;
  private openUntil = -Infinity;

  /** @param outcome in the order of `closedAt` */
  add({ at, closedAt, r }: Outcome): void {
    if (at >= this.openUntil) this.begin(Math.max(closedAt, at + MOMENT_MS));
    this.weight += 1;
    this.total += r;
    this.ww += 1;
    this.wwr += r;
    this.wwrr += r * r;
    this.openWeight += 1;
    this.openTotal += r;
  }

  /** Undefined where nothing was added. */
  findings(): Findings | undefined {
    if (this.weight === 0) return undefined;
    const mean = this.total / this.weight;
    const nn = this.nn + this.openWeight ** 2;
    const ns = this.ns + this.openWeight * this.openTotal;
    const ss = this.ss + this.openTotal ** 2;
    const outcomes = this.weight ** 2 / this.ww;
    const moments = this.weight ** 2 / nn;
    const single = Math.max(0, this.wwrr - 2 * mean * this.wwr + mean * mean * this.ww) / this.ww;
    // Of the mean, as if each outcome stood alone; drawn to what is presumed.
    const alone = (outcomes * single + PRESUMED * PRESUMED_VARIANCE) / (outcomes + PRESUMED) / outcomes;
    const clustered = Math.max(0, ss - 2 * mean * ns + mean * mean * nn) / this.weight ** 2;
    const together = moments > 1 ? (clustered * moments) / (moments - 1) : alone;
    const variance = Math.max(alone, together);
    return {
      mean,
      standardError: Math.sqrt(variance),
      effective: (outcomes * alone) / variance,
      moments,
      longRunDeviation: Math.sqrt(variance * outcomes),
    };
  }

  snapshot(): Json {
    const { weight, total, ww, wwr, wwrr, nn, ns, ss, openWeight, openTotal, openUntil } = this;
    const numbers = [weight, total, ww, wwr, wwrr, nn, ns, ss, openWeight, openTotal];
    return {
      sums: numbers.map((value) => value + 0),
      openUntil: Number.isFinite(openUntil) ? openUntil : null,
    };
  }

  static restore(fields: StateFields): Evidence {
    const restored = new Evidence();
    const [weight, total, ww, wwr, wwrr, nn, ns, ss, openWeight, openTotal] = fields.numbers('sums', 10);
    Object.assign(restored, { weight, total, ww, wwr, wwrr, nn, ns, ss, openWeight, openTotal });
    if (fields.raw('openUntil') !== null) restored.openUntil = fields.number('openUntil');
    return restored;
  }

  private begin(until: UtcMs): void {
    this.nn += this.openWeight ** 2;
    this.ns += this.openWeight * this.openTotal;
    this.ss += this.openTotal ** 2;
    this.openWeight = 0;
    this.openTotal = 0;
    this.openUntil = until;
    this.weight *= MEMORY;
    this.total *= MEMORY;
    for (const sum of ['ww', 'wwr', 'wwrr', 'nn', 'ns', 'ss'] as const) this[sum] *= MEMORY * MEMORY;
  }
}
