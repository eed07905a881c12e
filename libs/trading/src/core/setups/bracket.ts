/** Where stop and target of a candidate belong. A long is told; a short is a long upside down. */
import type { SmcView } from '@slt/smc';
import { type Direction, signOf } from '../signal';
import type { Candidate } from './setup';
import type { SetupOptions } from './setup-options';

export interface Bracket {
  readonly stop: number;
  readonly target: number;
  /** Where the target is: at a pool, or at the least reward. */
  readonly targetIs: 'pool' | 'reward';
}

/** @returns undefined where there is no ATR yet, or the stop would be too far or on the wrong side */
export function bracketOf(
  candidate: Candidate,
  entry: number,
  view: SmcView,
  options: SetupOptions,
): Bracket | undefined {
  const { atr } = view;
  if (atr === null) return undefined;
  const sign = signOf(candidate.direction);
  const structural = stopBeyond(candidate, entry, view, options);
  const least = Math.max(options.stopMinAtr * atr, options.stopMinShare * entry);
  const distance = Math.max(sign * (entry - structural), least);
  if (!(sign * (entry - structural) > 0) || !(distance <= options.stopMaxShare * entry)) return undefined;
  const stop = entry - sign * distance;
  const pool = nextPool(candidate.direction, entry, view);
  if (pool !== undefined && sign * (pool - entry) >= options.rewardMin * sign * (entry - stop)) {
    return { stop, target: pool, targetIs: 'pool' };
  }
  return { stop, target: rewardTarget(entry, stop, options.rewardMin), targetIs: 'reward' };
}

/** Behind the invalidation; of a gap also behind the last internal pivot, unless that is too far away to be of use. */
function stopBeyond(
  { setup, direction, invalidation }: Candidate,
  entry: number,
  view: SmcView,
  { stopBufferAtr, stopMaxShare }: SetupOptions,
): number {
  const sign = signOf(direction);
  const buffer = sign * stopBufferAtr * view.atr!;
  const plain = invalidation - buffer;
  if (setup !== 'gap-continuation') return plain;
  const { low, high } = view.structure.internal;
  const pivot = (direction === 'long' ? low : high)?.level;
  if (pivot === undefined) return plain;
  const beyond = pivot - buffer;
  const isUseful = sign * (plain - beyond) > 0 && sign * (entry - beyond) <= stopMaxShare * entry;
  return isUseful ? beyond : plain;
}

/** The nearest level at which stops of the other side wait. */
function nextPool(direction: Direction, entry: number, view: SmcView): number | undefined {
  const side = direction === 'long' ? 'high' : 'low';
  if (view.nearestLiquidity !== undefined) return view.nearestLiquidity(side, entry);
  const sign = signOf(direction);
  let nearest: number | undefined;
  for (const pool of view.liquidity) {
    if (pool.side !== side || !(sign * (pool.level - entry) > 0)) continue;
    if (nearest === undefined || sign * (pool.level - nearest) < 0) nearest = pool.level;
  }
  return nearest;
}

/** At least that many R away, also where rounding of floats would take the last bit. */
function rewardTarget(entry: number, stop: number, reward: number): number {
  const risk = entry - stop;
  const nudge = 2 * entry * Number.EPSILON * Math.sign(risk);
  let target = entry + reward * risk;
  while (Math.abs(target - entry) < reward * Math.abs(risk)) target += nudge;
  return target;
}
