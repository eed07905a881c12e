/** Trains a forest, and calibrates it on predictions of rows that it had not seen. */
import type { DurationMs } from '@slt/domain';
import { calibrated, fitCalibrator, type Calibrator } from '../calibration/calibrator';
import { Payoff, SETUP_NAMES } from '../learner/payoff';
import { isWin, type Sample } from '../sample';
import { Design, type DesignRow } from './design';
import { type Forest, type ForestOptions, growForest, scoreOf } from './forest';
import type { Cell, ForestState } from './forest-state';
import { type Random, randomFrom } from './random';
import { inOrder, parts, purged, spanOf } from './spans';

export interface FitOptions {
  /** Names, in their order. */
  readonly features: readonly string[];
  readonly seed: number;
  readonly embargoMs: DurationMs;
  readonly forest: ForestOptions;
}

/** A row with the share that a forest said which had not seen it. */
interface Told {
  readonly row: DesignRow;
  readonly share: number;
}

const FOLDS = 3;
const CELLS = 10;
/** Fewer in a cell say too little. */
const LEAST_IN_CELL = 25;

/**
 * @param samples with as many features as there are names
 * @param design of these samples, or of more
 */
export function fitForest(
  samples: readonly Sample[],
  options: FitOptions,
  design = new Design(samples, options.features.length),
): ForestState {
  const ordered = inOrder(samples);
  const random = randomFrom(options.seed);
  const rows = design.rowsOf(ordered);
  const told = outOfFold(rows, options, design, random);
  const calibrator = fitCalibrator(told.map(({ row, share }) => ({ probability: share, isWin: row.isWin })));
  return {
    features: options.features,
    forest: grow(rows, options, design, random),
    calibrator,
    cells: cellsOf(told, calibrator),
    designEffect: designEffectOf(told, calibrator),
    payoffs: payoffsOf(ordered),
  };
}

function grow(rows: readonly DesignRow[], { forest }: FitOptions, design: Design, random: Random): Forest {
  const part = Uint32Array.from(rows, ({ place }) => place);
  return growForest(design.columns, design.labels, part, forest, random);
}

/** Each part is told by a forest of the others, without those whose outcomes reach into it. */
function outOfFold(
  ordered: readonly DesignRow[],
  options: FitOptions,
  design: Design,
  random: Random,
): Told[] {
  return parts(ordered, FOLDS).flatMap((part) => {
    const others = purged(ordered, spanOf(part), options.embargoMs);
    if (others.length === 0) return [];
    const forest = grow(others, options, design, random);
    return part.map((row) => ({ row, share: scoreOf(forest, row.values) }));
  });
}

function cellsOf(told: readonly Told[], calibrator: Calibrator): Cell[] {
  const said = told
    .map(({ row, share }) => ({ probability: calibrated(calibrator, share), isWin: row.isWin }))
    .sort((a, b) => a.probability - b.probability);
  const size = Math.max(LEAST_IN_CELL, Math.ceil(said.length / CELLS));
  const cells: Cell[] = [];
  for (let from = 0; from < said.length;) {
    let to = said.length - from < 2 * size ? said.length : from + size;
    while (to < said.length && said[to]!.probability === said[to - 1]!.probability) to++;
    const rows = said.slice(from, to);
    const upTo = to === said.length ? 1 : rows.at(-1)!.probability;
    cells.push({ upTo, count: rows.length, wins: rows.filter((row) => row.isWin).length });
    from = to;
  }
  return cells.length === 0 ? [{ upTo: 1, count: 1, wins: 0 }] : cells;
}

/**
 * Outcomes of one time share the market's moves: the variance of their sum, by spans as long as the longest outcome,
 * over what it would be were they independent (Kish's design effect).
 */
function designEffectOf(told: readonly Told[], calibrator: Calibrator): number {
  const lengthMs = told.reduce((most, { row }) => Math.max(most, row.closedAt - row.at), 1);
  const sums = new Map<number, number>();
  let squares = 0;
  for (const { row, share } of told) {
    const error = (row.isWin ? 1 : 0) - calibrated(calibrator, share);
    const span = Math.floor(row.at / lengthMs);
    sums.set(span, (sums.get(span) ?? 0) + error);
    squares += error * error;
  }
  let together = 0;
  for (const sum of sums.values()) together += sum * sum;
  return squares > 0 ? Math.max(1, together / squares) : 1;
}

/** In the order in which outcomes were known. */
function payoffsOf(samples: readonly Sample[]): ForestState['payoffs'] {
  const payoffs = new Map(SETUP_NAMES.map((setup) => [setup, new Payoff()]));
  for (const sample of samples.toSorted((a, b) => a.closedAt - b.closedAt || (a.id < b.id ? -1 : 1))) {
    payoffs.get(sample.setup)!.add(isWin(sample), sample.r + sample.costR, sample.rewardR);
  }
  return payoffs;
}
