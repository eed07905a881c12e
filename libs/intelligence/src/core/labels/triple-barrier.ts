/**
 * What would have come of a signal: entry at the open of the next candle, then the first of three barriers (López de
 * Prado, Advances in Financial Machine Learning, ch. 3): stop, target, time. Where a candle touches both prices it took
 * the stop; what opens beyond a barrier is filled at that open.
 */
import { type Candle, type DurationMs, type Interval, intervalMs, type UtcMs } from '@slt/domain';
import type { Direction } from '@slt/trading';
import { type CostSettings, settlementsWithin } from '../costs';
import type { Barrier } from '../sample';

/** What is followed of a signal: all of it known at its close. */
export interface VirtualPlan {
  /** The signal's. */
  readonly id: string;
  readonly symbol: string;
  readonly interval: Interval;
  readonly direction: Direction;
  readonly at: UtcMs;
  /** Close of the signal's candle: R is measured from here to the stop. */
  readonly entry: number;
  readonly stop: number;
  readonly target: number;
  /** What a market order loses, as a share of its notional. */
  readonly slippageRate: number;
  /** A share per settlement; positive: longs pay. */
  readonly fundingRate: number;
}

export interface VirtualPosition {
  readonly plan: VirtualPlan;
  /** Open of the first candle after the signal; null before it. */
  openedAt: number | null;
  /** Close of the newest candle that was looked at: nothing before counts. */
  seenTo: UtcMs;
  /** Of a candle. */
  readonly lengthMs: DurationMs;
}

export interface VirtualOutcome {
  readonly id: string;
  /** Close of the candle that ended it. */
  readonly closedAt: UtcMs;
  /** After costs. */
  readonly r: number;
  readonly barrier: Barrier;
}

/** `void`: no candle came within its time, so that nobody could have entered. */
export type VirtualStep = 'open' | 'void' | VirtualOutcome;

interface Exit {
  readonly price: number;
  readonly barrier: Barrier;
  /** Settlements up to here are paid. */
  readonly heldTo: UtcMs;
}

export const openVirtual = (plan: VirtualPlan): VirtualPosition => ({
  plan,
  openedAt: null,
  seenTo: plan.at,
  lengthMs: intervalMs(plan.interval),
});

/** Takes the next candle of its series; one that was seen already, or closed before the signal, changes nothing. */
export function stepVirtual(position: VirtualPosition, candle: Candle, settings: CostSettings): VirtualStep {
  if (candle.openTime < position.seenTo) return 'open';
  const { plan } = position;
  const closedAt = candle.openTime + position.lengthMs;
  const deadline = plan.at + settings.maxHoldMs;
  if (position.openedAt === null) {
    if (candle.openTime >= deadline) return 'void';
    position.openedAt = candle.open;
  }
  position.seenTo = closedAt;
  const exit = exitOf(plan, candle, { closedAt, deadline });
  if (exit === undefined) return 'open';
  const r = rewardOf(plan, position.openedAt, exit, settings);
  return Number.isFinite(r) ? { id: plan.id, closedAt, r, barrier: exit.barrier } : 'void';
}

function exitOf(
  { direction, stop, target }: VirtualPlan,
  { openTime, open, high, low, close }: Candle,
  { closedAt, deadline }: { readonly closedAt: UtcMs; readonly deadline: UtcMs },
): Exit | undefined {
  // Its time ran out where there are no candles: the first price after that is what it gets.
  if (openTime >= deadline) return { price: open, barrier: 'time', heldTo: openTime };
  const isLong = direction === 'long';
  const heldTo = openTime;
  if (isLong ? open <= stop : open >= stop) return { price: open, barrier: 'stop', heldTo };
  if (isLong ? open >= target : open <= target) return { price: open, barrier: 'target', heldTo };
  if (isLong ? low <= stop : high >= stop) return { price: stop, barrier: 'stop', heldTo };
  if (isLong ? high >= target : low <= target) return { price: target, barrier: 'target', heldTo };
  return closedAt >= deadline ? { price: close, barrier: 'time', heldTo: closedAt } : undefined;
}

function rewardOf(plan: VirtualPlan, opened: number, exit: Exit, settings: CostSettings): number {
  const sign = plan.direction === 'long' ? 1 : -1;
  const eachWay = settings.takerFeeRate + plan.slippageRate;
  const settlements = settlementsWithin(plan.at, exit.heldTo, settings);
  const gross = sign * (exit.price - opened);
  const costs = eachWay * (opened + exit.price) + sign * plan.fundingRate * settlements * opened;
  return (gross - costs) / Math.abs(plan.entry - plan.stop);
}
