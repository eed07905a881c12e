/** Streams of signals with outcomes whose truth is known, for specs and for measuring by hand. */
import { MINUTE_MS } from '@slt/domain';
import type { Setup } from '@slt/trading';
import { SETUP_NAMES } from '../learner/payoff';
import type { Sample } from '../sample';

/** Uniform in [0, 1). Mulberry32 (Tommy Ettinger, public domain). */
export function uniformFrom(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Standard normal, by Box and Muller. */
export const normalFrom = (uniform: () => number) => (): number =>
  Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());

export interface Situation {
  readonly setup: Setup;
  readonly features: readonly number[];
  /** Signals before it. */
  readonly index: number;
  /** Standard normal, one for all signals of a block: the market's move while they are open. */
  readonly market: number;
}

export interface StreamOptions {
  readonly seed: number;
  readonly signals: number;
  /** That the target is reached before the stop. */
  readonly probability: (situation: Situation) => number;
  readonly features?: number;
  readonly rewardR?: number;
  readonly costR?: number;
  /** Signals of the same moment; their features are alike in `shared` places. */
  readonly block?: number;
  readonly shared?: number;
  readonly spacingMs?: number;
  readonly lifeMs?: number;
}

export interface StreamedSample extends Sample {
  readonly probability: number;
}

/** Target or stop, nothing between; in the order of `closedAt`. */
export function signalStream(options: StreamOptions): StreamedSample[] {
  const { seed, signals, features = 36, rewardR = 2, costR = 0.1, block = 1, shared = 0 } = options;
  const { spacingMs = 10 * MINUTE_MS, lifeMs = 40 * MINUTE_MS } = options;
  const uniform = uniformFrom(seed);
  const normal = normalFrom(uniform);
  let market = 0;
  let common: number[] = [];
  return Array.from({ length: signals }, (_, index) => {
    if (index % block === 0) {
      market = normal();
      common = Array.from({ length: shared }, normal);
    }
    const setup = SETUP_NAMES[Math.floor(uniform() * SETUP_NAMES.length)]!;
    const row = Array.from({ length: features }, (_value, i) => common[i] ?? normal());
    const probability = options.probability({ setup, features: row, index, market });
    const at = Math.floor(index / block) * spacingMs;
    const r = (uniform() < probability ? rewardR : -1) - costR;
    return {
      id: String(index),
      symbol: 'BTCUSDT',
      setup,
      direction: 'long',
      features: row,
      rewardR,
      costR,
      at,
      closedAt: at + lifeMs,
      featureVersion: 1,
      r,
      barrier: r > 0 ? 'target' : 'stop',
      source: 'virtual',
      probability,
    };
  });
}
