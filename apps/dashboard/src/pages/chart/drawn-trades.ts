/** What was traded here: entries, exits, and the stop and target of what is held. */
import type { Position, Trade } from '../../api/types';
import { inR, money, price } from '../../format';
import type { Drawn } from './drawn';

export interface Holdings {
  readonly trades: readonly Trade[];
  readonly positions: readonly Position[];
}

/** @param now exclusive: what happens from then on is not known; a fill stands on the candle it fell into */
export function drawnHoldings({ trades, positions }: Holdings, now: number, intervalMs: number): Drawn[] {
  const candleOf = (instant: number): number => Math.floor(instant / intervalMs) * intervalMs;
  return [
    ...trades.flatMap((trade) => drawnTrade(trade, now, candleOf)),
    ...positions.filter(({ openedAt }) => openedAt < now).flatMap((held) => drawnPosition(held, candleOf)),
  ];
}

type CandleOf = (instant: number) => number;

function drawnTrade(trade: Trade, now: number, candleOf: CandleOf): Drawn[] {
  const { positionId, direction, setup, entryTime, entryPrice, exitTime, exitPrice, exitReason } = trade;
  const drawn: Drawn[] = [];
  if (entryTime < now) {
    drawn.push(entry({ id: positionId, direction, setup, at: entryTime, level: entryPrice }, candleOf));
  }
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
  const line = (name: 'stop' | 'target', level: number): Drawn => ({
    id: `${name}-${id}`,
    layer: 'trades',
    label: name,
    what: `${name} of the open ${direction} at ${price(level)}`,
    state: 'open',
    tone: name === 'stop' ? 'down' : 'up',
    isFaint: false,
    shape: { kind: 'line', from: at, to: null, level },
    at,
    knownAt: at,
    why:
      name === 'stop' ? 'There the set-up would be proved wrong.' : 'There the position is closed in profit.',
  });
  return [
    entry({ id, direction, setup, at: openedAt, level: entryPrice }, candleOf),
    ...(stop === null ? [] : [line('stop', stop)]),
    ...(target === null ? [] : [line('target', target)]),
  ];
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
