/** Small options for generated series: every state, drop and limit within a few hundred candles. */
import type { SmcOptions } from '../core/smc-options';
import { randomFrom } from './random';

/** Drawn from the seed: sizes of a few candles, limits of a few zones. */
export function smallOptions(seed: number, given: Partial<SmcOptions> = {}): Partial<SmcOptions> {
  const random = randomFrom(seed ^ 0x2545f491);
  return {
    swingSize: random.pick([3, 5, 8]),
    internalSize: random.pick([1, 2, 3]),
    equalSize: random.pick([1, 2, 3]),
    equalThreshold: random.pick([0.1, 0.5, 1.5]),
    atrLength: random.pick([2, 5, 10]),
    gapAtrLength: random.pick([2, 7]),
    gapFilter: random.pick([0, 0, 0.5, 1]),
    volatilityFactor: random.pick([1, 1.5, 2, 2, 0]),
    mitigation: random.pick(['wick', 'close']),
    blockLimit: random.pick([1, 2, 3, 100]),
    breakerLimit: random.pick([1, 2, 3, 100]),
    gapLimit: random.pick([1, 2, 3, 500]),
    poolLimit: random.pick([1, 2, 3, 100]),
    ...given,
  };
}
