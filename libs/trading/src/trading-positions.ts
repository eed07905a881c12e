/** Open positions as people and programs read them. */
import { signOf } from './core/signal';
import type { TradingSession } from './session/trading-session';
import type { PositionStatus } from './trading-status';

/** By symbol. */
export function positionsOf(session: TradingSession): readonly PositionStatus[] {
  const { book, figures } = session;
  return book
    .allHeld()
    .map((held): PositionStatus => {
      const plan = book.planOf(held.positionId);
      const entryPrice = Number(held.entryPrice);
      const quantity = Number(held.quantity);
      const unrealizedPnl = figures.unrealizedOf(held);
      const stop = plan === undefined ? null : Number(plan.stop);
      const risk = stop === null ? 0 : signOf(held.direction) * (Number(plan!.entry) - stop) * quantity;
      const position = book.position(held.symbol);
      return {
        id: held.positionId,
        symbol: held.symbol,
        setup: plan?.setup ?? 'adopted',
        direction: held.direction,
        quantity,
        entryPrice,
        price: session.lastPrice(held.symbol) ?? null,
        stop,
        target: plan === undefined || plan.target === null ? null : Number(plan.target),
        openedAt: held.openedAt,
        unrealizedPnl,
        unrealizedR: risk > 0 ? unrealizedPnl / risk : null,
        fees: Number(held.fees),
        funding: Number(held.funding),
        confidence: plan?.confidence ?? 0,
        isProtected: position !== null && session.protector.isProtected(position),
      };
    })
    .sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
}
