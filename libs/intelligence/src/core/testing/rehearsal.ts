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

/** @param delay signals that are judged before the outcome of one is known */
export function rehearse(stream: readonly StreamedSample[], delay = 5): Judged[] {
  const gate = new EdgeGate();
  const learner = new OnlineLearner((stream[0]?.features ?? []).map((_, i) => `f${i}`));
  const judged: Judged[] = [];
  stream.forEach((sample, i) => {
    const known = judged[i - delay];
    if (known !== undefined) take(known);
    const prediction = learner.predict(sample);
    const isTraded = learner.outcomes >= REQUIRED && gate.verdict(sample.setup, prediction).length === 0;
    judged.push({ sample, prediction, isTraded });
  });
  return judged;

  function take({ sample, prediction }: Judged): void {
    if (gate.observe(sample.setup, prediction, sample)) learner.inflate(DOUBT);
    learner.learn(sample);
  }
}
