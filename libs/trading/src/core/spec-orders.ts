/** Orders, fills and filters for the specs of core: one symbol, small numbers. */
import type { InstrumentFilters } from '@slt/domain';
import type { Fill, NewOrder, OrderReport } from './broker';
import { clientOrderIdOf } from './client-order-id';
import { exact, plain } from './decimal';
import type { Order, OrderIntent, OrderRole } from './order';
import type { OrderDraft } from './order-intent';
import { newOrder } from './order-life';
import type { Position } from './position';

/** FNV-1a, five times with another beginning: enough to tell a spec's intents apart. */
export function specDigest(text: string): string {
  return [1, 2, 3, 4, 5]
    .map((seed) => {
      let hash = 0x811c9dc5 ^ seed;
      for (const letter of text) hash = Math.imul(hash ^ letter.codePointAt(0)!, 0x01000193);
      return (hash >>> 0).toString(16).padStart(8, '0');
    })
    .join('');
}

export const POSITION_ID = 'BTCUSDT:1m:block-retest:long:1000';

export const FILTERS: InstrumentFilters = {
  tickSize: '0.10',
  minPrice: '0.10',
  maxPrice: '1000000',
  stepSize: '0.001',
  minQty: '0.001',
  maxQty: '1000',
  marketStepSize: '0.001',
  marketMinQty: '0.001',
  marketMaxQty: '120',
  minNotional: '5',
};

export function draftOf(role: OrderRole, generation: number, order: Partial<NewOrder> = {}): OrderDraft {
  const isTrigger = role === 'stop' || role === 'target';
  const base = {
    symbol: 'BTCUSDT',
    side: role === 'entry' ? 'buy' : 'sell',
    quantity: '10',
    reduceOnly: role !== 'entry',
  } as const;
  const trigger = { triggerPrice: role === 'stop' ? '95' : '110', workingType: 'contract' } as const;
  const kind = role === 'stop' ? 'stop' : 'take-profit';
  const made = isTrigger ? { ...base, ...trigger, kind, ...order } : { ...base, kind: 'market', ...order };
  return { positionId: POSITION_ID, role, generation, order: made as OrderDraft['order'] };
}

export function intentFor(role: OrderRole, generation = 1, order: Partial<NewOrder> = {}): OrderIntent {
  const draft = draftOf(role, generation, order);
  const id = `${draft.positionId}/${role}/${generation}`;
  const clientOrderId = clientOrderIdOf({ id, role }, specDigest);
  return { ...draft, id, order: { ...draft.order, clientOrderId }, fencingToken: 1, createdAt: 1_000 };
}

export function orderFor(role: OrderRole, facts: Partial<Order> = {}, generation = 1): Order {
  return { ...newOrder(intentFor(role, generation)), ...facts };
}

/** The same order with another quantity. */
export function sized(order: Order, quantity: string): Order {
  return { ...order, intent: { ...order.intent, order: { ...order.intent.order, quantity } } };
}

export function reportOf(order: Order, told: Partial<OrderReport> = {}): OrderReport {
  const { clientOrderId, symbol, kind, side, quantity, reduceOnly } = order.intent.order;
  return {
    clientOrderId,
    symbol,
    kind,
    side,
    quantity,
    reduceOnly,
    state: 'resting',
    filledQuantity: '0',
    averagePrice: '0',
    updatedAt: 2_000,
    ...told,
  };
}

export function fillOf(order: Order, tradeId: string, quantity: string, told: Partial<Fill> = {}): Fill {
  const { clientOrderId, symbol, side } = order.intent.order;
  return {
    clientOrderId,
    symbol,
    side,
    tradeId,
    orderId: '8389765',
    quantity,
    price: '100',
    fee: '0.05',
    feeAsset: 'USDT',
    realizedPnl: '0',
    isMaker: false,
    at: 2_000,
    ...told,
  };
}

export function positionOf(facts: Partial<Position> = {}): Position {
  return {
    id: POSITION_ID,
    symbol: 'BTCUSDT',
    direction: 'long',
    setup: 'block-retest',
    stop: '95',
    target: '110',
    entry: '100',
    confidence: 0.7,
    openedAt: 2_000,
    quantity: '10',
    entryPrice: '100',
    ...facts,
  };
}

/** In whole thousandths, so that sums can be checked with integers. */
export const thousandths = (count: number): string => plain(exact(String(count)).div(1_000));
