/** A question as a row of numbers that trees split: its features, which set-up it is, what it may earn and costs. */
import { SETUP_NAMES, SETUP_SLOTS } from '../learner/payoff';
import { isWin, type Question, type Sample } from '../sample';
import { rankColumns, type RankedColumn } from './ranked-column';

const EXTRAS = ['rewardR', 'costR'] as const;

/** @param features names, in their order */
export const columnNames = (features: readonly string[]): readonly string[] => [
  ...features,
  ...SETUP_NAMES.map((setup) => `setup:${setup}`),
  ...EXTRAS,
];

/**
 * Features that are not known stay NaN.
 * @param features how many there are
 */
export function rowOf(question: Question, features: number): Float64Array {
  const row = new Float64Array(features + SETUP_NAMES.length + EXTRAS.length);
  for (let i = 0; i < features; i++) row[i] = question.features[i] ?? NaN;
  row[features + SETUP_SLOTS[question.setup]] = 1;
  row[row.length - 2] = question.rewardR;
  row[row.length - 1] = question.costR;
  return row;
}

/** The samples of a training as rows, made once for all the forests that are grown on parts of them. */
export class Design {
  readonly rows: readonly Float64Array[];
  readonly columns: readonly RankedColumn[];
  /** By row: 1 for a win, else 0. */
  readonly labels: Uint8Array;
  private readonly places = new Map<Sample, number>();

  /** @param features how many each of them has */
  constructor(samples: readonly Sample[], features: number) {
    this.rows = samples.map((sample) => rowOf(sample, features));
    this.columns = rankColumns(this.rows);
    this.labels = Uint8Array.from(samples, (sample) => (isWin(sample) ? 1 : 0));
    samples.forEach((sample, place) => this.places.set(sample, place));
  }

  /** @param sample one of those it was made of, as all that follow */
  placeOf(sample: Sample): number {
    return this.places.get(sample)!;
  }

  placesOf(part: readonly Sample[]): Uint32Array {
    return Uint32Array.from(part, (sample) => this.placeOf(sample));
  }

  rowOf(sample: Sample): Float64Array {
    return this.rows[this.placeOf(sample)]!;
  }

  isWin(sample: Sample): boolean {
    return this.labels[this.placeOf(sample)] === 1;
  }
}
