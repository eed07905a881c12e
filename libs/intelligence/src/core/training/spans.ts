/** Samples in time: which of them know nothing of a span that a model is to be judged on. */
import type { DurationMs, UtcMs } from '@slt/domain';
import type { Sample } from '../sample';

/** From signal to outcome. */
export type Lifetime = Pick<Sample, 'at' | 'closedAt'>;

/** Both inclusive. */
export interface Span {
  readonly from: UtcMs;
  readonly to: UtcMs;
}

/** By the time they were known; those of one instant by id, so that the order never depends on who told them. */
export const inOrder = <S extends Sample>(samples: readonly S[]): S[] =>
  samples.toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));

/** From the first signal to the last outcome. @param samples at least one */
export function spanOf(samples: readonly Lifetime[]): Span {
  let [from, to] = [Infinity, -Infinity];
  for (const { at, closedAt } of samples) {
    from = Math.min(from, at);
    to = Math.max(to, closedAt);
  }
  return { from, to };
}

/**
 * Without those whose life, from signal to outcome, touches the span or comes nearer to it than the embargo: purged and
 * embargoed (López de Prado, "Advances in Financial Machine Learning", 2018, chapter 7).
 */
export const purged = <S extends Lifetime>(samples: readonly S[], span: Span, embargoMs: DurationMs): S[] =>
  samples.filter(({ at, closedAt }) => closedAt < span.from - embargoMs || at > span.to + embargoMs);

/** About equal parts, one after the other; signals of one instant stay together. @param ordered as `inOrder` has them */
export function parts<S extends Lifetime>(ordered: readonly S[], count: number): S[][] {
  const found: S[][] = [];
  let from = 0;
  for (let part = 1; part <= count; part++) {
    let to = Math.max(from, Math.floor((ordered.length * part) / count));
    while (to > 0 && to < ordered.length && ordered[to]!.at === ordered[to - 1]!.at) to++;
    if (to > from) found.push(ordered.slice(from, to));
    from = to;
  }
  return found;
}
