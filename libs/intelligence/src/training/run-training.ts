/** A training as the service orders it: the core, with the features of today and a digest. */
import { createHash } from 'node:crypto';
import { FEATURE_VERSION, FEATURES } from '../core/features';
import { OnlineLearner } from '../core/learner/online-learner';
import type { Sample } from '../core/sample';
import { ForestPredictor, train, type TrainingResult } from '../core/training';
import type { TrainingOrder } from './training-messages';

const NAMES = FEATURES.map(({ name }) => name);

/** @throws AppError as `train` does; invalid, `MODEL.BAD_STATE` of the champion */
export function runTraining(
  samples: readonly Sample[],
  { seed, now, champion, options }: Pick<TrainingOrder, 'seed' | 'now' | 'champion' | 'options'>,
): TrainingResult {
  return train({
    samples,
    seed,
    now,
    options,
    features: NAMES,
    featureVersion: FEATURE_VERSION,
    newLearner: () => new OnlineLearner(NAMES),
    digest: (text) => createHash('sha256').update(text).digest('hex'),
    champion: champion && {
      predictor: ForestPredictor.restore(champion.state),
      trainedTo: champion.trainedTo,
    },
  });
}
