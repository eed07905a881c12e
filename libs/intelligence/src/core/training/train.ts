/**
 * A training: fits a challenger, judges it walk-forward, and holds it against the champion on signals that neither had
 * seen. Nothing here decides what is installed; the verdicts say what may be.
 */
import { AppError, type DurationMs, MINUTE_MS, type UtcMs } from '@slt/domain';
import { metricsOf } from '../calibration/model-metrics';
import type { Forecaster, ModelMetrics, ModelRecord, Outlook } from '../model';
import type { Sample } from '../sample';
import { columnNames, Design } from './design';
import {
  canBeCompared,
  compareModels,
  type CompareOptions,
  type Comparison,
  type Duel,
  type Edge,
  edgeOf,
} from './compare';
import { fitForest, type FitOptions } from './fit-forest';
import type { ForestOptions } from './forest';
import { ForestPredictor } from './forest-predictor';
import { type ForestState, writeForestState } from './forest-state';
import { leakingFeatures } from './leaks';
import { randomFrom } from './random';
import { inOrder, spanOf } from './spans';
import { ask, type Fitted, type OutOfSample, spansToJudge, walkForward } from './walk-forward';

export interface TrainingOptions {
  readonly minSamples: number;
  readonly folds: number;
  readonly embargoMs: DurationMs;
  readonly trees: number;
  readonly depth: number;
  readonly minLeaf: number;
  /** Of the columns, drawn for each node. */
  readonly columnShare: number;
  readonly compare: Partial<CompareOptions>;
}

export const TRAINING_DEFAULTS: TrainingOptions = Object.freeze({
  minSamples: 500,
  folds: 4,
  embargoMs: 30 * MINUTE_MS,
  trees: 40,
  depth: 5,
  minLeaf: 20,
  columnShare: 1 / 3,
  compare: {},
});

/** A trained model that judges today. */
export interface ReigningModel {
  readonly predictor: Forecaster;
  /** It has seen outcomes up to here. */
  readonly trainedTo: UtcMs;
}

export interface TrainingRequest {
  /** In any order; of one feature version, with a feature for each name. */
  readonly samples: readonly Sample[];
  readonly features: readonly string[];
  readonly featureVersion: number;
  readonly seed: number;
  /** Becomes the time of the model. */
  readonly now: UtcMs;
  /** An online learner that knows nothing yet. */
  readonly newLearner: () => Fitted & Required<Pick<Fitted, 'learn'>>;
  /** What the online learner said of a sample when it came, where that was written down: it need not be asked anew. */
  readonly said?: ((sample: Sample) => Outlook | undefined) | undefined;
  /** Undefined: the online learner is champion. */
  readonly champion?: ReigningModel | undefined;
  /** Of a text, in hexadecimal digits. */
  readonly digest: (text: string) => string;
  readonly options?: Partial<TrainingOptions> | undefined;
}

/** How a way of learning did on what it had not seen. */
export interface Verdicts {
  /** Against the champion, of today. */
  readonly comparison: Comparison;
  /** Of the challenger, on what it had not seen; null: it would have traded nothing. */
  readonly edge: Edge | null;
  /** On the signals that both are compared on. */
  readonly champion: { readonly metrics: ModelMetrics; readonly edge: Edge | null };
  /** The online learner against a champion that is another; null where it is champion itself. */
  readonly online: Comparison | null;
}

export interface TrainingResult extends Verdicts {
  readonly challenger: ModelRecord;
}

/** A training whose challenger is fitted only for who wants it: that takes half as long again. */
export interface Trial extends Verdicts {
  challenger(): ModelRecord;
}

const HASH_LENGTH = 12;

/**
 * The same request gives the same result to the last bit.
 * @throws AppError rejected `LEARNING.TOO_FEW_SAMPLES`, `LEARNING.LEAK`; invalid `LEARNING.BAD_SAMPLES`
 */
export function train(request: TrainingRequest): TrainingResult {
  const { challenger, ...verdicts } = tryOut(request);
  return { challenger: challenger(), ...verdicts };
}

/**
 * Whether a training on these samples can end in a promotion over the online learner: where signals or spans of time are
 * too few its verdict is `too-few-samples`, whatever the challenger knows.
 */
export function canBePromoted(samples: readonly Sample[], given: Partial<TrainingOptions> = {}): boolean {
  const options = { ...TRAINING_DEFAULTS, ...given };
  const judged = spansToJudge(samples, options).flatMap((span) => span.judged);
  return canBeCompared(judged, options.compare);
}

/**
 * As `train`, up to the verdicts.
 * @throws AppError as `train` does
 */
export function tryOut(request: TrainingRequest): Trial {
  const options = { ...TRAINING_DEFAULTS, ...request.options };
  const samples = inOrder(request.samples);
  check(samples, request, options);
  const design = new Design(samples, request.features.length);
  checkForLeaks(design, request);
  const fitOptions = fitOptionsOf(request, options);
  const fit = (past: readonly Sample[]): ForestState => fitForest(past, fitOptions, design);
  const judged = walkForward(samples, (past) => new ForestPredictor(fit(past)), options);
  const online = onlineOf(request, samples, judged);
  const { champion, seed } = request;
  const compare = (duels: readonly Duel[]): Comparison =>
    compareModels(duels, randomFrom(seed), options.compare);
  const knowsNothingAfter = champion === undefined ? -Infinity : champion.trainedTo + options.embargoMs;
  const said = (sample: Sample): Outlook =>
    champion === undefined ? online(sample) : champion.predictor.outlook(sample);
  const duels = duelsOf(
    judged.filter(({ sample }) => sample.at > knowsNothingAfter),
    said,
  );
  const later = samples.filter(({ at }) => at > knowsNothingAfter);
  const onlineRows = (): OutOfSample[] => later.map((sample) => ({ sample, prediction: online(sample) }));
  const reign = duels.map(({ sample, champion: prediction }) => ({ sample, prediction }));
  return {
    challenger: () => recordOf({ samples, judged, fitted: fit(samples) }, request, fitOptions),
    comparison: compare(duels),
    edge: edgeOf(judged, randomFrom(seed)),
    champion: {
      metrics: metricsOf(reign.map(({ sample, prediction }) => ({ prediction, r: sample.r }))),
      edge: edgeOf(reign, randomFrom(seed)),
    },
    online: champion === undefined ? null : compare(duelsOf(onlineRows(), said)),
  };
}

function check(samples: readonly Sample[], request: TrainingRequest, { minSamples }: TrainingOptions): void {
  const { features, featureVersion } = request;
  for (const sample of samples) {
    const isFine =
      sample.featureVersion === featureVersion &&
      sample.features.length === features.length &&
      sample.closedAt > sample.at &&
      Number.isFinite(sample.r) &&
      Number.isFinite(sample.rewardR) &&
      Number.isFinite(sample.costR);
    if (isFine) continue;
    const what = `sample ${sample.id} is not of feature version ${featureVersion}, or its outcome is none`;
    throw new AppError('invalid', 'LEARNING.BAD_SAMPLES', what);
  }
  if (samples.length < minSamples) {
    const what = `${samples.length} labelled signals are too few to train on; ${minSamples} are needed`;
    throw new AppError('rejected', 'LEARNING.TOO_FEW_SAMPLES', what);
  }
}

function checkForLeaks(design: Design, { features }: TrainingRequest): void {
  const leaks = leakingFeatures(design, features);
  if (leaks.length > 0) {
    const what = `${leaks.join(', ')} tells outcomes as nothing known before them can: the future is in it`;
    throw new AppError('rejected', 'LEARNING.LEAK', what);
  }
}

function fitOptionsOf({ features, seed }: TrainingRequest, options: TrainingOptions): FitOptions {
  const { trees, depth, minLeaf, columnShare, embargoMs } = options;
  const columns = Math.max(1, Math.ceil(columnShare * columnNames(features).length));
  const forest: ForestOptions = { trees, depth, minLeaf, columns };
  return { features, seed, embargoMs, forest };
}

/** A forest of all the samples, and how others like it were judged. */
interface Trained {
  readonly samples: readonly Sample[];
  readonly judged: readonly OutOfSample[];
  readonly fitted: ForestState;
}

function recordOf(
  { samples, judged, fitted }: Trained,
  { featureVersion, seed, now, digest }: TrainingRequest,
  fitOptions: FitOptions,
): ModelRecord {
  const hyperparameters = { ...fitOptions.forest, embargoMs: fitOptions.embargoMs };
  const state = writeForestState(fitted);
  const trainedOn = { ...spanOf(samples), samples: samples.length };
  const hash = digest(JSON.stringify([hyperparameters, seed, trainedOn, state])).slice(0, HASH_LENGTH);
  return {
    id: `forest-${new Date(now).toISOString()}-${hash}`,
    kind: 'forest',
    createdAt: now,
    featureVersion,
    trainedOn,
    hyperparameters,
    seed,
    metrics: metricsOf(judged.map(({ sample, prediction }) => ({ prediction, r: sample.r }))),
    state,
  };
}

/** What the online learner says of each: as it was written down, or else as one would have said that learns them anew. */
function onlineOf(
  { champion, newLearner, said }: TrainingRequest,
  samples: readonly Sample[],
  judged: readonly OutOfSample[],
): (sample: Sample) => Outlook {
  // A champion is held against all that came after its training, judged or not.
  if (
    said !== undefined &&
    champion === undefined &&
    judged.every(({ sample }) => said(sample) !== undefined)
  )
    return (sample) => said(sample)!;
  const told = prequential(newLearner(), samples);
  return (sample) => told.get(sample.id)!;
}

/** What the online learner would have said of each signal, having heard of all outcomes that were known by then. */
function prequential(learner: Fitted, ordered: readonly Sample[]): Map<string, Outlook> {
  const outcomes = ordered.toSorted((a, b) => a.closedAt - b.closedAt);
  const told = ask(learner, ordered, outcomes);
  return new Map(told.map(({ sample, prediction }) => [sample.id, prediction]));
}

const duelsOf = (challenger: readonly OutOfSample[], champion: (sample: Sample) => Outlook): Duel[] =>
  challenger.map(({ sample, prediction }) => ({
    sample,
    champion: champion(sample),
    challenger: prediction,
  }));
