/** The advisor with its parts: what the service and a backtest have in common. */
import type { Scorer } from '@slt/trading';
import { LearningAdvisor } from './advisor';
import type { AdvisorOptions } from './advisor-ports';
import { FEATURE_VERSION, FEATURES, featuresOf } from './features';
import { EdgeGate } from './gate/edge-gate';
import { OnlineLearner } from './learner/online-learner';
import type { MissedCandles } from './labels/virtual-book';
import type { MarketFacts } from './market-facts';

const NAMES: readonly string[] = FEATURES.map(({ name }) => name);

export interface AdvisorRequest {
  readonly facts: MarketFacts;
  /** Looked up where a series goes on behind a hole; left out: what nobody told is not known. */
  readonly missed?: MissedCandles;
  /** Decides until there are outcomes enough: scoreByParts of libs/trading. */
  readonly heuristic: Scorer;
  /** On paper: signals are traded, small, while there is too little to go by. */
  readonly mayExplore: boolean;
  readonly options?: Partial<AdvisorOptions>;
}

export function createAdvisor(request: AdvisorRequest): LearningAdvisor {
  return new LearningAdvisor({
    ...request,
    featuresOf,
    featureVersion: FEATURE_VERSION,
    learner: {
      create: () => new OnlineLearner(NAMES),
      restore: (snapshot) => OnlineLearner.restore(snapshot, NAMES),
    },
    gate: { create: () => new EdgeGate(), restore: (snapshot) => EdgeGate.restore(snapshot) },
  });
}
