/** A question as a row of numbers that trees split: its features, which set-up it is, what it may earn and costs. */
import { SETUP_NAMES, SETUP_SLOTS } from '../learner/payoff';
import { isWin, type Question, type Sample } from '../sample';
import { rankColumns, type RankedColumn } from '../ranked-column';
import type { Lifetime } from './spans';

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

/** A sample as forests see it. */
export interface DesignRow extends Lifetime {
  /** Its row in the columns and labels. */
  readonly place: number;
  readonly values: Float64Array;
  readonly isWin: boolean;
}

/** The samples of a training as rows, made once for all the forests that are grown on parts of them. */
export class Design {
  readonly columns: readonly RankedColumn[];
  /** By place: 1 for a win, else 0. */
  readonly labels: Uint8Array;
  private readonly rows: ReadonlyMap<Sample, DesignRow>;

  /** @param features how many each of them has */
  constructor(samples: readonly Sample[], features: number) {
    const rows = samples.map((sample, place): DesignRow => {
      const { at, closedAt } = sample;
      return { at, closedAt, place, values: rowOf(sample, features), isWin: isWin(sample) };
    });
    this.columns = rankColumns(rows.map(({ values }) => values));
    this.labels = Uint8Array.from(rows, (row) => (row.isWin ? 1 : 0));
    this.rows = new Map(samples.map((sample, place) => [sample, rows[place]!]));
  }

  /** @param part of those it was made of */
  rowsOf(part: readonly Sample[]): DesignRow[] {
    return part.map((sample) => this.rows.get(sample)!);
  }
}
