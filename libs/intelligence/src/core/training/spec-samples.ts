/** Labelled signals of a made-up market, for specs. */
import { MINUTE_MS, type UtcMs } from '@slt/domain';
import type { Setup } from '@slt/trading';
import type { Sample } from '../sample';
import { randomFrom } from './random';

export const SPEC_FEATURES = ['edge', 'noise', 'moreNoise', 'seldom'] as const;
export const SPEC_START: UtcMs = Date.UTC(2026, 0, 1);

const SETUPS: readonly Setup[] = ['sweep-reversal', 'block-retest', 'gap-continuation'];
const COST_R = 0.1;

export interface SpecMarket {
  readonly seed: number;
  readonly count: number;
  /** That a signal wins, by its first feature (in [−1, 1]) and its set-up. */
  readonly winRate: (edge: number, setup: Setup) => number;
  readonly everyMs?: number;
  readonly holdMs?: number;
}

/** Signals of 2 R, one after another; a win pays 1.9 R, a loss −1.1 R. */
export function specSamples({
  seed,
  count,
  winRate,
  everyMs = 5 * MINUTE_MS,
  holdMs = 20 * MINUTE_MS,
}: SpecMarket) {
  const random = randomFrom(seed);
  return Array.from({ length: count }, (_, i): Sample => {
    const setup = SETUPS[Math.floor(random() * SETUPS.length)]!;
    const edge = 2 * random() - 1;
    const features = [edge, random(), random() ** 3, random() < 0.3 ? random() : NaN];
    const won = random() < winRate(edge, setup);
    const at = SPEC_START + i * everyMs;
    return {
      id: `TESTUSDT:1m:${setup}:long:${at}`,
      symbol: 'TESTUSDT',
      setup,
      direction: 'long',
      at,
      closedAt: at + MINUTE_MS + Math.floor(random() * holdMs),
      features,
      featureVersion: 1,
      rewardR: 2,
      costR: COST_R,
      r: won ? 2 - COST_R : -1 - COST_R,
      barrier: won ? 'target' : 'stop',
      source: 'virtual',
    };
  });
}

/** Wins one in three whatever is known: before costs it earns nothing. */
export const NO_EDGE = (): number => 1 / 3;
/** From one in ten to six in ten. */
export const BY_EDGE = (edge: number): number => 0.35 + 0.25 * edge;
