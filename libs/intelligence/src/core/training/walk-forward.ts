/**
 * Judges a way of learning as time would have judged it: trained on the past alone, asked about what came next. Outcomes
 * that were not known yet, or only just, take no part in the training (purging and embargo: López de Prado, "Advances in
 * Financial Machine Learning", 2018, chapter 7).
 */
import type { DurationMs } from '@slt/domain';
import type { Forecaster, Outlook } from '../model';
import type { Sample } from '../sample';
import { inOrder, parts, purged, spanOf } from './spans';

/** A model as it goes into a span that it is judged on. */
export interface Fitted extends Forecaster {
  /** Told of each outcome once it is known, the newest of the past too; for what learns as it goes. */
  learn?(sample: Sample): void;
}

export interface WalkForwardOptions {
  /** Spans that are judged; the first part of the samples, as large as one of them, is for training only. */
  readonly folds: number;
  /** At least so long lies between an outcome that is trained on and the first signal that is judged. */
  readonly embargoMs: DurationMs;
}

export interface OutOfSample {
  readonly sample: Sample;
  /** By a model that knew nothing of the sample, nor of what came later. */
  readonly prediction: Outlook;
}

/** Samples of the past alone, in the order of time; undefined: there is nothing to train on. */
export type Fit = (past: readonly Sample[]) => Fitted | undefined;

/** @returns in the order of time; spans without a model are left out */
export const walkForward = (
  samples: readonly Sample[],
  fit: Fit,
  options: WalkForwardOptions,
): OutOfSample[] =>
  spansToJudge(samples, options).flatMap(({ judged, past }) => {
    const fitted = fit(past);
    return fitted === undefined ? [] : ask(fitted, judged, unheard(samples, new Set(past)));
  });

/** Each with what was known before it; all in the order of time. Those before which nothing was are left out. */
export function spansToJudge(
  samples: readonly Sample[],
  { folds, embargoMs }: WalkForwardOptions,
): { readonly judged: readonly Sample[]; readonly past: readonly Sample[] }[] {
  const ordered = inOrder(samples);
  const [, ...spans] = parts(ordered, folds + 1);
  return spans
    .map((judged) => {
      const span = spanOf(judged);
      const before = ordered.filter(({ at }) => at < span.from);
      return { judged, past: purged(before, span, embargoMs) };
    })
    .filter(({ past }) => past.length > 0);
}

/** Outcomes that were not trained on, in the order in which they became known. */
const unheard = (samples: readonly Sample[], past: ReadonlySet<Sample>): Sample[] =>
  inOrder(samples.filter((sample) => !past.has(sample))).sort((a, b) => a.closedAt - b.closedAt);

/** In the order of time; what learns hears of an outcome before the next question, and never before it is known. */
export function ask(fitted: Fitted, judged: readonly Sample[], outcomes: readonly Sample[]): OutOfSample[] {
  let told = 0;
  return judged.map((sample) => {
    while (fitted.learn !== undefined && told < outcomes.length && outcomes[told]!.closedAt <= sample.at) {
      fitted.learn(outcomes[told++]!);
    }
    return { sample, prediction: fitted.outlook(sample) };
  });
}
