/**
 * Finds look-ahead: what a detector says about a series must not depend on how the series goes on. Whoever claims to have
 * known something at candle t must say it when shown the candles up to t, and must still say it after any future.
 */
import type { Candle } from '@slt/domain';
import type { When } from '../core/smc-event';
import { isSameEvent } from './same-event';

/** All events of a series from its first candle on, in order. */
export type Detector<E extends When> = (candles: readonly Candle[]) => readonly E[];

export type LookAheadKind =
  /** Said at the cut, gone after that future: it repaints. */
  | 'revoked'
  /** Not said at the cut, but said later to have been known by then: it sees the future. */
  | 'backdated'
  /** Both logs have the same events up to the cut, in another order. */
  | 'reordered'
  /** Claims to be known at a candle that is not there yet, or before the candle that it is about. */
  | 'impossible';

export interface LookAhead<E extends When> {
  readonly kind: LookAheadKind;
  /** How many candles the detector had been shown. */
  readonly cut: number;
  /** Which of the futures showed it; undefined if none was needed. */
  readonly future: string | undefined;
  readonly event: E;
}

/** How a series might go on after its first `cut` candles; named for the report. */
export type Futures = (
  candles: readonly Candle[],
  cut: number,
) => Readonly<Record<string, readonly Candle[]>>;

/**
 * Everything that is wrong, in the order of cuts; empty for a causal detector. The true future is always tried.
 * @param cuts lengths of prefixes, each in [1, candles.length]
 */
export function findLookAhead<E extends When>(
  detect: Detector<E>,
  candles: readonly Candle[],
  cuts: Iterable<number>,
  futures: Futures = () => ({}),
): LookAhead<E>[] {
  const found: LookAhead<E>[] = [];
  const whole = detect(candles);
  for (const cut of cuts) {
    const prefix = candles.slice(0, cut);
    const known = detect(prefix);
    const impossible = known.filter((event) => event.knownAt >= cut || event.at > event.knownAt);
    found.push(
      ...impossible.map((event) => ({ kind: 'impossible' as const, cut, future: undefined, event })),
    );
    found.push(...compare(known, whole, cut, 'truth'));
    for (const [future, later] of Object.entries(futures(candles, cut))) {
      found.push(...compare(known, detect([...prefix, ...later]), cut, future));
    }
  }
  return found;
}

function compare<E extends When>(
  known: readonly E[],
  after: readonly E[],
  cut: number,
  future: string,
): LookAhead<E>[] {
  const claimed = after.filter((event) => event.knownAt < cut);
  if (claimed.length === known.length && claimed.every((event, i) => isSameEvent(event, known[i]!)))
    return [];
  const said = new Set(known.map((event) => JSON.stringify(event)));
  const kept = new Set(claimed.map((event) => JSON.stringify(event)));
  const revoked = known.filter((event) => !kept.has(JSON.stringify(event)));
  const backdated = claimed.filter((event) => !said.has(JSON.stringify(event)));
  const moved = known.filter((event, i) => !isSameEvent(event, claimed[i] ?? event));
  return [
    ...revoked.map((event) => ({ kind: 'revoked' as const, cut, future, event })),
    ...backdated.map((event) => ({ kind: 'backdated' as const, cut, future, event })),
    ...(revoked.length + backdated.length > 0
      ? []
      : moved.slice(0, 1).map((event) => ({ kind: 'reordered' as const, cut, future, event }))),
  ];
}
