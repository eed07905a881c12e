/** What set-ups, and the exits of positions, hear of SMC: an engine that feeds nobody else need not make other events. */
import type { SmcInterests } from '@slt/smc';
import type { SetupOptions } from './setup-options';

/** Room for rounding. */
const NEARLY_ONE = 1 - 1e-9;

/** @param atrLength of the engine's ATR */
export function tradingInterests(
  { gapMinAtr, retestWithin }: Pick<SetupOptions, 'gapMinAtr' | 'retestWithin'>,
  atrLength: number,
): SmcInterests {
  return {
    kinds: {
      bos: 'all',
      choch: 'all',
      liquidity: ['swept'],
      // What comes after `mitigated` is told of blocks that were given up by then.
      'order-block': ['active', 'touched', 'mitigated', 'dropped'],
      'fair-value-gap': ['touched', 'dropped'],
    },
    // A gap is measured when price leaves it. Until then the ATR falls by no more than this, however quiet the market is.
    smallestGap: gapMinAtr * (1 - 1 / atrLength) ** retestWithin * NEARLY_ONE,
  };
}
