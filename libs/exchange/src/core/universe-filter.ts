/** Which listed instruments the service follows: tradable USDT-margined perpetuals of coins. */
import type { Instrument, UtcMs } from '@slt/domain';

export interface UniverseSelection {
  readonly instruments: ReadonlyMap<string, Instrument>;
  /** Why the others were left out, and how many of each; `unlisted` counts configured symbols that are not there. */
  readonly excluded: Readonly<Record<string, number>>;
  /** Configured symbols that are not followed, and why: a misspelt one, or one whose trading has ended. */
  readonly unfollowed: ReadonlyMap<string, string>;
}

export interface UniverseDifference {
  readonly added: Instrument[];
  readonly removed: Instrument[];
}

const UNLISTED = 'unlisted';

/** @param wanted symbols to follow; empty: all */
export function selectUniverse(
  listed: Iterable<Instrument>,
  wanted: readonly string[],
  now: UtcMs,
): UniverseSelection {
  const wantedSet = new Set(wanted);
  const instruments = new Map<string, Instrument>();
  const excluded: Record<string, number> = {};
  const unfollowed = new Map([...wantedSet].map((symbol) => [symbol, UNLISTED]));
  const exclude = (reason: string, count = 1): void => {
    excluded[reason] = (excluded[reason] ?? 0) + count;
  };
  for (const instrument of listed) {
    const { symbol } = instrument;
    const reason = untradableBecause(instrument, now);
    if (reason !== undefined) {
      exclude(reason);
      if (unfollowed.has(symbol)) unfollowed.set(symbol, reason);
    } else if (wantedSet.size > 0 && !wantedSet.has(symbol)) exclude('not configured');
    else {
      instruments.set(symbol, instrument);
      unfollowed.delete(symbol);
    }
  }
  const unlisted = [...unfollowed.values()].filter((reason) => reason === UNLISTED).length;
  if (unlisted > 0) exclude(UNLISTED, unlisted);
  return { instruments, excluded, unfollowed };
}

/** The first rule that the instrument breaks, as `field=value`; undefined if it is ours to trade. */
export function untradableBecause(instrument: Instrument, now: UtcMs): string | undefined {
  if (instrument.contractType !== 'PERPETUAL') return `contractType=${instrument.contractType}`;
  if (instrument.status !== 'trading') return `status=${instrument.status}`;
  if (instrument.quoteAsset !== 'USDT') return `quoteAsset=${instrument.quoteAsset}`;
  if (instrument.marginAsset !== 'USDT') return `marginAsset=${instrument.marginAsset}`;
  if (instrument.underlyingType !== 'COIN') return `underlyingType=${instrument.underlyingType}`;
  return instrument.deliveryTime <= now ? 'delivered' : undefined;
}

export function diffUniverse(
  before: ReadonlyMap<string, Instrument>,
  after: ReadonlyMap<string, Instrument>,
): UniverseDifference {
  return {
    added: [...after.values()].filter((instrument) => !before.has(instrument.symbol)),
    removed: [...before.values()].filter((instrument) => !after.has(instrument.symbol)),
  };
}
