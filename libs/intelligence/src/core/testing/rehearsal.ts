/** Learner and gate as the advisor runs them, over a stream: each signal is judged before its outcome is learned. */
import { EdgeGate } from '../gate/edge-gate';
import { OnlineLearner } from '../learner/online-learner';
import type { Prediction } from '../model';
import type { StreamedSample } from './signal-stream';

export interface Judged {
  readonly sample: StreamedSample;
  readonly prediction: Prediction;
  readonly isTraded: boolean;
}

/** An advisor judges by the heuristic until there are so many. */
export const REQUIRED = 200;
/** What is known of an edge that was lost counts for a tenth. */
export const DOUBT = 10;

/** @param stream ascending by `at` and by `closedAt`; what is known when a signal comes has been learned */
export function rehearse(stream: readonly StreamedSample[]): Judged[] {
  const gate = new EdgeGate();
  const learner = new OnlineLearner((stream[0]?.features ?? []).map((_, i) => `f${i}`));
  const judged: Judged[] = [];
  let taken = 0;
  for (const sample of stream) {
    for (; judged[taken] !== undefined && judged[taken]!.sample.closedAt <= sample.at; taken++) {
      take(judged[taken]!);
    }
    const prediction = learner.predict(sample);
    const isTraded = learner.outcomes >= REQUIRED && gate.verdict(sample.setup, prediction).length === 0;
    judged.push({ sample, prediction, isTraded });
  }
  return judged;

  function take({ sample, prediction }: Judged): void {
    if (gate.observe(sample.setup, prediction, sample)) learner.inflate(DOUBT);
    learner.learn(sample);
  }
}
