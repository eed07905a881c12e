/**
 * Whatever is signalled, wherever prices go and whatever fails: once the failing ends, the journal, the book and the
 * exchange tell the same story, and nothing is open that is not protected.
 */
import * as fc from 'fast-check';
import type { AppConfig } from '@slt/config';
import { exact, sumOf } from '../core/decimal';
import { AccountBook } from './account-book';
import type { EventFate, Fates, PlaceFate } from './testing/faulty-broker';
import { SOUND } from './testing/faulty-broker';
import { TradingWorld } from './testing/trading-world';
import { passes, useSilence, useVirtualTime } from './testing/virtual-time';

type Step =
  | { readonly do: 'signal'; readonly symbol: Symbol; readonly direction: 'long' | 'short' }
  | { readonly do: 'move'; readonly symbol: Symbol; readonly bps: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'place'; readonly fate: PlaceFate; readonly times: number }
  | { readonly do: 'event'; readonly fate: EventFate; readonly times: number }
  | { readonly do: 'ask'; readonly times: number }
  | { readonly do: 'database'; readonly fault: 'down' | 'up' | 'loses-answer' }
  | { readonly do: 'link'; readonly isUp: boolean }
  | { readonly do: 'crash' | 'restart' | 'stop' | 'flatten' };
type Symbol = 'BTCUSDT' | 'ETHUSDT';

/** So that there is something to go wrong for as long as it takes. */
const UNLIMITED: Partial<AppConfig> = {
  RISK_DAILY_LOSS: 1,
  RISK_DRAWDOWN: 1,
  RISK_LOSING_STREAK: 1_000,
  GRADED_CIRCUIT_BREAKER_ENABLED: false,
};

const symbol = fc.constantFrom<Symbol[]>('BTCUSDT', 'ETHUSDT');
const times = fc.integer({ min: 1, max: 3 });
const placeFate = fc.oneof(
  fc.constantFrom<PlaceFate[]>('lost-before', 'lost-after', 'late', 'transient', 'rejected'),
  fc.record({ hangsMs: fc.integer({ min: 100, max: 4_000 }) }),
);
const eventFate = fc.oneof(
  fc.constantFrom<EventFate[]>('lost', 'twice'),
  fc.record({ lateMs: fc.integer({ min: 1, max: 4_000 }) }),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('signal' as const),
      symbol,
      direction: fc.constantFrom<('long' | 'short')[]>('long', 'short'),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('move' as const),
      symbol,
      bps: fc.integer({ min: -220, max: 220 }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 15_000 })),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('place' as const), fate: placeFate, times }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('event' as const), fate: eventFate, times }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('ask' as const), times }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('database' as const),
      fault: fc.constantFrom<('down' | 'up' | 'loses-answer')[]>('down', 'up', 'up', 'loses-answer'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('link' as const), isUp: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom<('crash' | 'restart' | 'stop' | 'flatten')[]>(
        'crash',
        'crash',
        'crash',
        'restart',
        'restart',
        'restart',
        'restart',
        'stop',
        'flatten',
      ),
    }),
  },
);

/** Fates that are used up one by one; after them everything goes well. */
class Misfortune implements Fates {
  private readonly places: PlaceFate[] = [];
  private readonly events: EventFate[] = [];
  private asks = 0;

  add(step: Extract<Step, { do: 'place' | 'event' | 'ask' }>): void {
    for (let i = 0; i < step.times; i++) {
      if (step.do === 'place') this.places.push(step.fate);
      else if (step.do === 'event') this.events.push(step.fate);
      else this.asks++;
    }
  }

  readonly place = (): PlaceFate => this.places.shift() ?? 'done';
  readonly event = (): EventFate => this.events.shift() ?? 'told';
  readonly ask = (): 'answered' | 'transient' => (this.asks-- > 0 ? 'transient' : 'answered');
}

async function carryOut(world: TradingWorld, misfortune: Misfortune, given: Step): Promise<void> {
  switch (given.do) {
    case 'signal':
      world.consider(given.symbol, given.direction);
      return;
    case 'move':
      world.move(given.symbol, priceAfter(world, given));
      return;
    case 'wait':
      return passes(given.ms);
    case 'place':
    case 'event':
    case 'ask':
      return misfortune.add(given);
    case 'database':
      if (given.fault === 'loses-answer') world.journal.losesAnswer = true;
      else world.journal.isDown = given.fault === 'down';
      return;
    case 'link':
      return world.link(given.isUp);
    case 'crash':
      world.crash();
      return begin(world);
    case 'stop':
    case 'flatten':
      return world.service.stop(given.do === 'flatten');
    case 'restart':
      return begin(world);
  }
}

/** On the tick. */
function priceAfter(world: TradingWorld, { symbol: name, bps }: { symbol: Symbol; bps: number }): number {
  const places = name === 'BTCUSDT' ? 1 : 2;
  return Number((world.prices.get(name)! * (1 + bps / 10_000)).toFixed(places));
}

/** It may fail to, and is asked again in the end. */
async function begin(world: TradingWorld): Promise<void> {
  const started = world.service.start().catch(() => undefined);
  await passes(1_500);
  void started;
}

async function calmDown(world: TradingWorld): Promise<void> {
  world.fates = SOUND;
  world.journal.isDown = false;
  world.journal.losesAnswer = false;
  world.link(true);
  // Long enough for a lease to run out, for a stop to give up, and for an account to be looked at twice.
  await passes(60_000);
  for (let i = 0; i < 3 && world.state !== 'on' && world.state !== 'halted'; i++) {
    void world.service.start().catch(() => undefined);
    await passes(30_000);
  }
  await passes(60_000);
}

const heldOf = (book: AccountBook) => book.allHeld().toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1));

async function checkAll(world: TradingWorld): Promise<void> {
  const { positions, open, wallet } = await world.exchange();
  expect([world.state, world.service.status().halt]).toEqual(['on', undefined]);
  const book = world.service.session!.book;

  // Position = sum of fills, in the book, in the journal and at the exchange.
  const ofBook = new Map(book.allHeld().map((held) => [held.symbol, held.signedQuantity]));
  expect(ofBook).toEqual(positions);
  const fills = [...world.journal.fills.values()];
  for (const name of world.prices.keys()) {
    const signed = fills
      .filter((fill) => fill.symbol === name)
      .map(({ side, quantity }) => (side === 'buy' ? quantity : `-${quantity}`));
    expect(sumOf(signed).toFixed()).toBe(positions.get(name) ?? '0');
  }

  // At most one execution an intent, and never more than it asked for; nothing is sent under two names.
  const intents = new Map(
    world.journal.written('intent').map(({ intent }) => [intent.order.clientOrderId, intent]),
  );
  for (const [id, intent] of intents) {
    const filled = sumOf(
      fills.filter(({ clientOrderId }) => clientOrderId === id).map((fill) => fill.quantity),
    );
    expect(filled.lte(intent.order.quantity)).toBe(true);
  }
  for (const { clientOrderId } of fills) expect(intents.has(clientOrderId)).toBe(true);

  // What may have arrived is never sent again, by this process or a later one.
  const sentBy = new Map<string, Set<number>>();
  world.brokers.forEach((broker, life) => {
    expect(broker.resent).toEqual([]);
    for (const { clientOrderId } of broker.sent) {
      sentBy.set(clientOrderId, (sentBy.get(clientOrderId) ?? new Set()).add(life));
    }
  });
  for (const lives of sentBy.values()) expect(lives.size).toBe(1);

  // Every position has one stop of its size and a target; nothing else is open.
  const expected = [...positions].flatMap(([name, quantity]) => [
    `${name} stop ${exact(quantity).abs().toFixed()}`,
    `${name} take-profit ${exact(quantity).abs().toFixed()}`,
  ]);
  expect(open.map((order) => `${order.symbol} ${order.kind} ${order.quantity}`).sort()).toEqual(
    expected.sort(),
  );

  // Equity to the last digit: what came in, less fees, is what is there.
  const money = sumOf(fills.flatMap(({ realizedPnl, fee }) => [realizedPnl, exact(fee).neg()]));
  expect(exact(wallet).minus('10000').toFixed()).toBe(money.toFixed());

  // Trades are what the fills add up to, once each.
  const trades = book
    .allHeld()
    .reduce((sum, held) => sum.plus(held.realizedPnl).minus(held.fees), exact('0'));
  const state = await world.journal.load();
  const closed = sumOf(state.recentTrades.map(({ netPnl }) => netPnl));
  expect(closed.plus(trades).toFixed()).toBe(money.toFixed());

  // What the journal holds is what a new process would take up.
  const anew = new AccountBook({
    journal: () => undefined,
    changed: () => undefined,
    traded: () => undefined,
    filled: () => undefined,
    funded: () => undefined,
  });
  expect(anew.restore(state)).toEqual([]);
  expect(heldOf(anew)).toEqual(heldOf(book));
  expect(
    anew
      .livePlans()
      .map(({ id }) => id)
      .sort(),
  ).toEqual(
    book
      .livePlans()
      .map(({ id }) => id)
      .sort(),
  );
  const unfinished = (of: AccountBook) =>
    of.orders
      .unfinished()
      .map(({ intent, status }) => `${intent.id} ${status}`)
      .sort();
  expect(unfinished(anew)).toEqual(unfinished(book));

  // A decision is what became of it.
  const entered = new Set(fills.map((fill) => intents.get(fill.clientOrderId)!.positionId));
  for (const [id, { decision }] of world.journal.decisions) {
    expect([id, decision]).toEqual([id, entered.has(id) ? 'traded' : 'refused']);
  }
}

describe('a session', () => {
  useSilence();
  useVirtualTime();

  it('comes through whatever happens with one story', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60, size: 'max' }), async (steps) => {
        jest.clearAllTimers();
        const world = new TradingWorld(UNLIMITED);
        const misfortune = new Misfortune();
        await world.start();
        world.fates = misfortune;
        for (const each of steps) await carryOut(world, misfortune, each);
        await calmDown(world);
        await checkAll(world);
        world.crash();
      }),
      { numRuns: Number(process.env['SESSION_RUNS'] ?? 25) },
    );
  });
});
