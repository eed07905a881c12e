/** How one symbol stands in the warm-up, in the one word that its cell is coloured by. */
import type { SymbolProgress } from '../../api/types';

export type Outcome = 'pending' | 'cached' | 'fetched' | 'repaired' | 'failed';

export const OUTCOMES: readonly {
  readonly name: Outcome;
  readonly title: string;
  readonly meaning: string;
}[] = [
  { name: 'pending', title: 'Waiting', meaning: 'its history is still to come' },
  { name: 'cached', title: 'Cached', meaning: 'whole from the cache alone' },
  { name: 'fetched', title: 'Fetched', meaning: 'whole with the help of the exchange' },
  {
    name: 'repaired',
    title: 'Repaired',
    meaning: 'whole after holes in its stream were filled, or being filled',
  },
  { name: 'failed', title: 'Failed', meaning: 'without whole history; it is tried again' },
];

/** What is worst, or most telling, first. */
export function outcomeOf({ state, origin, gapsRepaired, failure }: SymbolProgress): Outcome {
  if (state === 'failed' || failure !== null) return 'failed';
  if (state === 'repairing') return 'repaired';
  if (state === 'loading' || origin === null) return 'pending';
  if (gapsRepaired > 0) return 'repaired';
  return origin === 'cache' ? 'cached' : 'fetched';
}

export function tally(symbols: readonly SymbolProgress[]): Record<Outcome, number> {
  const counts: Record<Outcome, number> = { pending: 0, cached: 0, fetched: 0, repaired: 0, failed: 0 };
  for (const each of symbols) counts[outcomeOf(each)]++;
  return counts;
}
