/** What set-ups, and the exits of positions, hear of SMC: an engine that feeds nobody else need not make other events. */
import type { SmcInterests } from '@slt/smc';

export const TRADING_INTERESTS: SmcInterests = {
  bos: 'all',
  choch: 'all',
  liquidity: ['swept'],
  // What comes after `mitigated` is told of blocks that were given up by then.
  'order-block': ['active', 'touched', 'mitigated', 'dropped'],
  'fair-value-gap': ['touched', 'dropped'],
};
