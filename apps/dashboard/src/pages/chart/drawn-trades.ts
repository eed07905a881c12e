/** What was traded here: entries and exits, and between them stop and target. */
import type { Position, Signal, Trade } from '../../api/types';
import { inR, money, price } from '../../format';
import type { Drawn } from './drawn';

/** Where a signal wanted out. */
export type Plan = Pick<Signal, 'stop' | 'target'>;

export interface Holdings {
  readonly trades: readonly Trade[];
  /** By the id of the signal, which is that of its position; without those that are too long ago. */
  readonly plans: ReadonlyMap<string, Plan>;
  readonly positions: readonly Position[];
}

/** @param now exclusive: what happens from then on is not known; a fill stands on the candle it fell into */
export function drawnHoldings(
  { trades, plans, positions }: Holdings,
  now: number,
  intervalMs: number,
): Drawn[] {
  const candleOf = (instant: number): number => Math.floor(instant / intervalMs) * intervalMs;
  return [
    ...trades
      .filter(({ entryTime }) => entryTime < now)
      .flatMap((trade) => [
        ...drawnPlan(trade, plans.get(trade.positionId), now, candleOf),
        ...drawnTrade(trade, now, candleOf),
      ]),
    ...positions.filter(({ openedAt }) => openedAt < now).flatMap((held) => drawnPosition(held, candleOf)),
  ];
}

type CandleOf = (instant: number) => number;

/** Stop and target from entry to exit, or to the right edge while the exit is not known. */
function drawnPlan(trade: Trade, plan: Plan | undefined, now: number, candleOf: CandleOf): Drawn[] {
  if (plan === undefined) return [];
  const { positionId: id, direction, entryTime, exitTime } = trade;
  const isOver = exitTime < now;
  const span = { id, direction, at: candleOf(entryTime), to: isOver ? candleOf(exitTime) : null };
  return [bound(span, 'stop', plan.stop), bound(span, 'target', plan.target)];
}

function drawnTrade(trade: Trade, now: number, candleOf: CandleOf): Drawn[] {
  const { positionId, direction, setup, entryTime, entryPrice, exitTime, exitPrice, exitReason } = trade;
  const drawn = [entry({ id: positionId, direction, setup, at: entryTime, level: entryPrice }, candleOf)];
  if (exitTime < now) {
    drawn.push({
      id: `exit-${positionId}`,
      layer: 'trades',
      label: 'exit',
      what: `${direction} closed at ${price(exitPrice)}: ${money(trade.netPnl)}, ${inR(trade.r)}`,
      state: exitReason,
      tone: trade.netPnl >= 0 ? 'up' : 'down',
      isFaint: false,
      shape: { kind: 'mark', at: candleOf(exitTime), level: exitPrice, isAbove: direction === 'long' },
      at: candleOf(exitTime),
      knownAt: candleOf(exitTime),
      why: `It was closed by ${exitReason}.`,
    });
  }
  return drawn;
}

function drawnPosition(position: Position, candleOf: CandleOf): Drawn[] {
  const { id, direction, setup, openedAt, entryPrice, stop, target } = position;
  const at = candleOf(openedAt);
  const span = { id, direction, at, to: null };
  return [
    entry({ id, direction, setup, at: openedAt, level: entryPrice }, candleOf),
    ...(stop === null ? [] : [bound(span, 'stop', stop)]),
    ...(target === null ? [] : [bound(span, 'target', target)]),
  ];
}

interface Span {
  readonly id: string;
  readonly direction: string;
  readonly at: number;
  /** null: it is held. */
  readonly to: number | null;
}

function bound({ id, direction, at, to }: Span, name: 'stop' | 'target', level: number): Drawn {
  const state = to === null ? 'open' : 'closed';
  return {
    id: `${name}-${id}`,
    layer: 'trades',
    label: name,
    what: `${name} of the ${state} ${direction} at ${price(level)}`,
    state,
    tone: name === 'stop' ? 'down' : 'up',
    isFaint: to !== null,
    shape: { kind: 'line', from: at, to, level },
    at,
    knownAt: at,
    why:
      name === 'stop' ? 'There the set-up would be proved wrong.' : 'There the position is closed in profit.',
  };
}

function entry(
  {
    id,
    direction,
    setup,
    at,
    level,
  }: { id: string; direction: string; setup: string; at: number; level: number },
  candleOf: CandleOf,
): Drawn {
  const isLong = direction === 'long';
  return {
    id: `entry-${id}`,
    layer: 'trades',
    label: direction,
    what: `${direction} entered at ${price(level)}`,
    state: setup,
    tone: isLong ? 'up' : 'down',
    isFaint: false,
    shape: { kind: 'mark', at: candleOf(at), level, isAbove: !isLong },
    at: candleOf(at),
    knownAt: candleOf(at),
    why: `The set-up ${setup} was accepted.`,
  };
}
