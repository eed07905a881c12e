/** A training as the service orders it: the core, with the features of today and a digest. */
import { createHash } from 'node:crypto';
import { FEATURE_VERSION, FEATURES } from '../core/features';
import { OnlineLearner } from '../core/learner/online-learner';
import type { Sample } from '../core/sample';
import {
  ForestPredictor,
  train,
  type TrainingRequest,
  type TrainingResult,
  type Trial,
  tryOut,
} from '../core/training';
import type { TrainingOrder } from './training-messages';

const NAMES = FEATURES.map(({ name }) => name);

type Order = Pick<TrainingOrder, 'seed' | 'now' | 'champion' | 'options'> & Pick<TrainingRequest, 'said'>;

/** @throws AppError as `train` does; invalid, `MODEL.BAD_STATE` of the champion */
export const runTraining = (samples: readonly Sample[], order: Order): TrainingResult =>
  train(requestOf(samples, order));

/**
 * The same up to the verdicts: the challenger is fitted when it is asked for.
 * @throws AppError as `runTraining` does
 */
export const runTrial = (samples: readonly Sample[], order: Order): Trial =>
  tryOut(requestOf(samples, order));

function requestOf(
  samples: readonly Sample[],
  { seed, now, champion, options, said }: Order,
): TrainingRequest {
  return {
    samples,
    seed,
    now,
    options,
    said,
    features: NAMES,
    featureVersion: FEATURE_VERSION,
    newLearner: () => new OnlineLearner(NAMES),
    digest: (text) => createHash('sha256').update(text).digest('hex'),
    champion: champion && {
      predictor: ForestPredictor.restore(champion.state),
      trainedTo: champion.trainedTo,
    },
  };
}
