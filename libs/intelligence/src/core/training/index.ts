export {
  compareModels,
  type Edge,
  edgeOf,
  type Judged,
  COMPARE_DEFAULTS,
  type CompareOptions,
  type Comparison,
  type Advantage,
  type Duel,
  VERDICTS,
  type Verdict,
} from './compare';
export { fitForest, type FitOptions } from './fit-forest';
export type { ForestOptions } from './forest';
export { ForestPredictor } from './forest-predictor';
export { type ForestState, readForestState, writeForestState } from './forest-state';
export { type Random, randomFrom } from './random';
export {
  canBePromoted,
  train,
  tryOut,
  TRAINING_DEFAULTS,
  type ReigningModel,
  type TrainingOptions,
  type TrainingRequest,
  type TrainingResult,
  type Trial,
} from './train';
export {
  type Fit,
  type Fitted,
  type OutOfSample,
  walkForward,
  type WalkForwardOptions,
} from './walk-forward';
