/** Which listed instruments the service follows: tradable USDT-margined perpetuals of coins. */
import type { Instrument, UtcMs } from '@slt/domain';

export interface UniverseSelection {
  readonly instruments: ReadonlyMap<string, Instrument>;
  /** Why the others were left out, and how many of each; `unlisted` counts configured symbols that are not there. */
  readonly excluded: Readonly<Record<string, number>>;
}

export interface UniverseDifference {
  readonly added: Instrument[];
  readonly removed: Instrument[];
}

/** @param wanted symbols to follow; empty: all */
export function selectUniverse(
  listed: Iterable<Instrument>,
  wanted: readonly string[],
  now: UtcMs,
): UniverseSelection {
  const wantedSet = new Set(wanted);
  const instruments = new Map<string, Instrument>();
  const seen = new Set<string>();
  const excluded: Record<string, number> = {};
  const exclude = (reason: string, count = 1): void => {
    excluded[reason] = (excluded[reason] ?? 0) + count;
  };
  for (const instrument of listed) {
    seen.add(instrument.symbol);
    const reason = untradableBecause(instrument, now);
    if (reason !== undefined) exclude(reason);
    else if (wantedSet.size > 0 && !wantedSet.has(instrument.symbol)) exclude('not configured');
    else instruments.set(instrument.symbol, instrument);
  }
  const unlisted = wanted.filter((symbol) => !seen.has(symbol)).length;
  if (unlisted > 0) exclude('unlisted', unlisted);
  return { instruments, excluded };
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
