/** A trained forest as it is kept: all that a prediction needs. What is not as it was written is refused, never mended. */
import { type Calibrator, readCalibrator } from '../calibration/calibrator';
import { Payoff, SETUP_NAMES } from '../learner/payoff';
import { badState, StateFields } from '../learner/state-fields';
import type { Json } from '../model';
import type { Setup } from '@slt/trading';
import { columnNames } from './design';
import type { Forest } from './forest';
import type { Tree } from './tree';

/** Out of sample: of all that were told a probability up to `upTo` (and above the cell before). */
export interface Cell {
  readonly upTo: number;
  readonly count: number;
  readonly wins: number;
}

export interface ForestState {
  /** Names, in their order. */
  readonly features: readonly string[];
  readonly forest: Forest;
  /** From the forest's share to a probability; fitted on rows that the forest had not seen. */
  readonly calibrator: Calibrator;
  /** Ascending; the last one reaches to 1. */
  readonly cells: readonly Cell[];
  /** How many outcomes say as much as one that is independent of the others; at least 1. */
  readonly designEffect: number;
  readonly payoffs: ReadonlyMap<Setup, Payoff>;
}

const VERSION = 1;
const MOST_TREES = 1_000;

export const writeForestState = ({
  features,
  forest,
  calibrator,
  cells,
  designEffect,
  payoffs,
}: ForestState) =>
  ({
    version: VERSION,
    features,
    trees: forest.trees.map(({ column, cut, right, share }) => ({ column, cut, right, share })),
    calibrator: { ...calibrator },
    cells: cells.map((cell) => ({ ...cell })),
    designEffect,
    payoffs: Object.fromEntries([...payoffs].map(([setup, payoff]) => [setup, payoff.snapshot()])),
  }) satisfies Json;

/** @throws AppError invalid, `MODEL.BAD_STATE` */
export function readForestState(state: unknown): ForestState {
  const fields = new StateFields(state, 'state');
  fields.version(VERSION);
  const features = fields.texts('features');
  const trees = fields.list('trees', (tree) => readTree(tree, columnNames(features).length));
  if (trees.length === 0 || trees.length > MOST_TREES) throw badState('state.trees', `${trees.length} trees`);
  const payoffs = fields.fields('payoffs');
  return {
    features,
    forest: { trees },
    calibrator: readCalibrator(fields.fields('calibrator')),
    cells: readCells(fields),
    designEffect: fields.number('designEffect', { min: 1 }),
    payoffs: new Map(SETUP_NAMES.map((setup) => [setup, Payoff.restore(payoffs.fields(setup))])),
  };
}

function readTree(fields: StateFields, columns: number): Tree {
  const share = Array.from(fields.numbers('share', undefined, { min: 0, max: 1 }));
  const nodes = share.length;
  if (nodes === 0) throw badState(fields.at('share'), 'empty');
  const column = Array.from(fields.numbers('column', nodes, { min: -1, max: columns - 1 }));
  const right = Array.from(fields.numbers('right', nodes, { min: -1, max: nodes - 1 }));
  if (column.some((each) => !Number.isInteger(each)))
    throw badState(fields.at('column'), 'no list of columns');
  // Onwards only: a walk through it ends.
  const isLost = (node: number): boolean =>
    column[node]! >= 0 && !(Number.isInteger(right[node]) && right[node]! > node + 1);
  if (column.some((_, node) => isLost(node))) throw badState(fields.at('right'), 'no list of later nodes');
  const cut = fields.raw('cut');
  const isCut = (each: unknown): boolean =>
    each === null || (typeof each === 'number' && Number.isFinite(each));
  if (!Array.isArray(cut) || cut.length !== nodes || !cut.every(isCut))
    throw badState(fields.at('cut'), 'no list of numbers');
  return { column, cut: cut as (number | null)[], right, share };
}

function readCells(fields: StateFields): Cell[] {
  const cells = fields.list('cells', (cell) => ({
    upTo: cell.number('upTo', { min: 0, max: 1 }),
    count: cell.count('count'),
    wins: cell.count('wins'),
  }));
  const isFine = cells.every(
    ({ upTo, count, wins }, i) => count > 0 && wins <= count && (i === 0 || upTo > cells[i - 1]!.upTo),
  );
  if (cells.length === 0 || !isFine || cells.at(-1)!.upTo !== 1)
    throw badState(fields.at('cells'), 'no list of cells');
  return cells;
}
