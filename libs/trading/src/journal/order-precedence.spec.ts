import { AppError } from '@slt/domain';
import fc from 'fast-check';
import type { OrderReport, OrderState } from '../core/broker';
import type { Order, OrderIntent } from '../core/order';
import { applyNotFound, applyReport, applyStep, newOrder } from '../core/order-life';
import type { OwnStep } from '../core/order-table';
import { supersedes } from './order-precedence';
import { anIntent, anOrder } from './testing/samples';

type Event =
  | { readonly kind: 'step'; readonly step: OwnStep; readonly after: number }
  | { readonly kind: 'not-found'; readonly after: number }
  | { readonly kind: 'report'; readonly state: OrderState; readonly filled: number; readonly after: number };

const after = fc.integer({ min: 1, max: 9_000 });
const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({
    kind: fc.constant('step' as const),
    step: fc.constantFrom<OwnStep>('send', 'not-sent', 'refused', 'outcome-unknown', 'not-found', 'abandon'),
    after,
  }),
  fc.record({ kind: fc.constant('not-found' as const), after }),
  fc.record({
    kind: fc.constant('report' as const),
    state: fc.constantFrom<OrderState>('resting', 'triggered', 'filled', 'cancelled', 'expired', 'rejected'),
    filled: fc.integer({ min: 0, max: 10 }),
    after,
  }),
);

const market = anIntent();
const stop: OrderIntent = {
  ...market,
  order: {
    kind: 'stop',
    symbol: 'BTCUSDT',
    clientOrderId: market.order.clientOrderId,
    side: 'buy',
    quantity: '10',
    reduceOnly: true,
    triggerPrice: '64000',
    workingType: 'mark',
  },
};
const plain: OrderIntent = { ...market, order: { ...market.order, quantity: '10' } };

/** All that the core makes of the events, each state once, as it would be journalled. */
function livesOf(intent: OrderIntent, events: readonly Event[]): Order[] {
  const life = [newOrder(intent)];
  let at = intent.createdAt;
  for (const next of events) {
    at += next.after;
    const order = life.at(-1)!;
    try {
      const moved = move(order, next, at);
      if (moved !== order) life.push(moved);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  }
  return life;
}

function move(order: Order, next: Event, at: number): Order {
  switch (next.kind) {
    case 'step':
      return applyStep(order, next.step, at);
    case 'not-found':
      return applyNotFound(order, at);
    case 'report': {
      const { symbol, clientOrderId, kind, side, quantity, reduceOnly } = order.intent.order;
      const filled = next.state === 'filled' ? 10 : next.state === 'rejected' ? 0 : Math.min(9, next.filled);
      const report: OrderReport = {
        symbol,
        clientOrderId,
        kind,
        side,
        quantity,
        reduceOnly,
        state: next.state,
        filledQuantity: String(filled),
        averagePrice: filled === 0 ? '0' : '65000',
        updatedAt: at,
      };
      return applyReport(order, report);
    }
  }
}

describe('the journal’s account of an order', () => {
  it('follows each move of its life, and no move of it is undone by one before', () => {
    const lives = fc.tuple(fc.constantFrom(plain, stop), fc.array(event, { maxLength: 12 }));
    fc.assert(
      fc.property(lives, ([intent, events]) => {
        const life = livesOf(intent, events);
        for (let i = 1; i < life.length; i++) {
          expect(supersedes(life[i]!, life[i - 1]!)).toBe(true);
          for (let before = 0; before < i; before++) expect(supersedes(life[before]!, life[i]!)).toBe(false);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['a later time with an earlier status', { status: 'sent', updatedAt: 9 }, { status: 'filled' }],
    [
      'fewer fills',
      { status: 'cancelled', filledQuantity: '1' },
      { status: 'partially-filled', filledQuantity: '2' },
    ],
    ['an older word of the same status', { status: 'working', updatedAt: 4 }, { status: 'working' }],
    ['a doubt that has been settled', { status: 'sent', updatedAt: 9 }, { status: 'unknown' }],
  ] as const)('is not moved back by %s', (_, given, stored) => {
    const order = (words: Partial<Order>) => anOrder(market, { updatedAt: 5, ...words });
    expect(supersedes(order(given), order(stored))).toBe(false);
  });
});
