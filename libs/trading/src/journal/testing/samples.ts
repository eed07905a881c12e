/** Entries to write, each whole; a test names only what it is about. */
import type { BreakerTransition } from '../../core/breaker';
import type { Fill, FundingPayment } from '../../core/broker';
import type { Order, OrderIntent } from '../../core/order';
import type { PositionPlan, Trade } from '../../core/position';
import type { Decision, Signal } from '../../core/signal';

export const T0 = 1_760_000_000_000;
export const TRADED: Decision = { decision: 'traded', reasons: [] };
export const REFUSED: Decision = { decision: 'refused', reasons: ['POSITION_EXISTS', 'COOL_DOWN'] };

export function aSignal(given: Partial<Signal> = {}): Signal {
  const { symbol = 'BTCUSDT', setup = 'sweep-reversal', direction = 'long', at = T0 } = given;
  return {
    id: `${symbol}:1m:${setup}:${direction}:${at}`,
    symbol,
    interval: '1m',
    setup,
    direction,
    at,
    entry: 100.1,
    stop: 99.30000000000001,
    target: 0.1 + 0.2,
    confidence: 0.7,
    parts: { base: 0.5, sweep: 0.2 },
    ...given,
  };
}

export function anIntent(given: Partial<Omit<OrderIntent, 'order'>> = {}, symbol = 'BTCUSDT'): OrderIntent {
  const { positionId = 'p1', role = 'entry', generation = 1 } = given;
  const id = `${positionId}/${role}/${generation}`;
  return {
    id,
    positionId,
    role,
    generation,
    fencingToken: 1,
    order: {
      kind: 'market',
      symbol,
      clientOrderId: `c-${id}`,
      side: 'buy',
      quantity: '0.010',
      reduceOnly: false,
    },
    createdAt: T0,
    ...given,
  };
}

export function anOrder(intent: OrderIntent, given: Partial<Order> = {}): Order {
  return {
    intent,
    status: 'sent',
    filledQuantity: '0',
    averagePrice: '0',
    updatedAt: T0 + 1,
    ...given,
  };
}

export function aFill(given: Partial<Fill> = {}): Fill {
  return {
    symbol: 'BTCUSDT',
    tradeId: '1',
    orderId: '9007199254740993001',
    clientOrderId: 'c-p1/entry/1',
    side: 'buy',
    quantity: '0.010',
    price: '65000.10',
    fee: '0.32500050',
    feeAsset: 'USDT',
    realizedPnl: '0',
    isMaker: false,
    at: T0 + 2,
    ...given,
  };
}

export function aFunding(given: Partial<FundingPayment> = {}): FundingPayment {
  return { symbol: 'BTCUSDT', id: 'f1', amount: '-0.01234567', at: T0 + 3, ...given };
}

export function aPlan(given: Partial<PositionPlan> = {}): PositionPlan {
  return {
    id: 'p1',
    symbol: 'BTCUSDT',
    direction: 'long',
    setup: 'sweep-reversal',
    stop: '64000.0',
    target: '67000.0',
    entry: '65000.1',
    confidence: 0.7,
    openedAt: T0,
    ...given,
  };
}

export function aTrade(given: Partial<Trade> = {}): Trade {
  return {
    positionId: 'p1',
    symbol: 'BTCUSDT',
    setup: 'sweep-reversal',
    direction: 'long',
    quantity: '0.010',
    entryTime: T0 + 2,
    entryPrice: '65000.10',
    exitTime: T0 + 100,
    exitPrice: '65100.10',
    exitReason: 'target',
    realizedPnl: '1.00000000',
    fees: '0.65050100',
    funding: '-0.01234567',
    netPnl: '0.33715333',
    r: 0.0337,
    confidence: 0.7,
    ...given,
  };
}

export function aBreakerTransition(given: Partial<BreakerTransition> = {}): BreakerTransition {
  return {
    from: 'normal',
    to: 'warning',
    move: 'worsen-to-warning',
    at: T0,
    reasons: [{ code: 'ERROR_RATE', value: 0.1, threshold: 0.05 }],
    ...given,
  };
}
