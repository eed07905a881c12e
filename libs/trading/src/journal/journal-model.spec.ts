/** Whatever is appended, in whatever batches, in whatever order, again and again: what is loaded is what the model has. */
import fc from 'fast-check';
import { ORDER_STATUSES } from '../core/order';
import type { JournalEntry } from './entries';
import type { JournalState } from './load';
import { JournalModel } from './testing/journal-model';
import { JournalUnderTest } from './testing/journal-under-test';
import { aBreakerTransition, aFill, aFunding, anIntent, anOrder, aPlan, aTrade, T0 } from './testing/samples';

const TRADE_LIMIT = 3;
const OVERLAP_MS = 10;
const RUNS_LIMIT_MS = 300_000;

let subject: JournalUnderTest;

beforeAll(async () => {
  subject = new JournalUnderTest();
  await subject.parts.journal.open();
});

afterAll(() => subject.close());

const few = fc.integer({ min: 1, max: 4 });
const time = fc.integer({ min: 0, max: 40 }).map((ms) => T0 + ms);
const symbol = fc.constantFrom('A', 'B');
const positionId = few.map((i) => `p${i}`);
/** A position has one symbol. */
const symbolOf = (id: string): string => (id === 'p1' || id === 'p2' ? 'A' : 'B');
const quantity = fc.constantFrom('1', '2.0', '3', '0.000000000000000001');
const optionalOwner = fc.option(positionId, { nil: undefined, freq: 4 });

const intentOf = (id: string, generation: number) =>
  anIntent({ positionId: id, generation, createdAt: T0 + generation }, symbolOf(id));

const entry: fc.Arbitrary<JournalEntry> = fc.oneof(
  fc.tuple(positionId, few, time).map(([id, stop, openedAt]) => ({
    kind: 'position' as const,
    plan: aPlan({ id, symbol: symbolOf(id), stop: `6400${stop}.10`, openedAt }),
  })),
  fc.tuple(positionId, few).map(([id, i]) => ({ kind: 'intent' as const, intent: intentOf(id, i) })),
  fc
    .tuple(positionId, few, fc.constantFrom(...ORDER_STATUSES), fc.integer({ min: 0, max: 10 }), time)
    .map(([id, i, status, filled, updatedAt]) => ({
      kind: 'order' as const,
      order: anOrder(intentOf(id, i), {
        status,
        filledQuantity: `0.00${filled}`,
        averagePrice: filled === 0 ? '0' : '65000.1',
        updatedAt,
      }),
    })),
  fc
    .tuple(
      symbol,
      fc.integer({ min: 1, max: 12 }),
      positionId,
      few,
      quantity,
      fc.boolean(),
      time,
      optionalOwner,
    )
    .map(([of, i, id, generation, size, isBuy, at, owner]) => ({
      kind: 'fill' as const,
      fill: aFill({
        symbol: of,
        tradeId: String(i),
        clientOrderId: `c-${id}/entry/${generation}`,
        quantity: size,
        side: isBuy ? 'buy' : 'sell',
        at,
      }),
      ...(owner === undefined ? {} : { positionId: owner }),
    })),
  fc.tuple(symbol, few, time, optionalOwner).map(([of, i, at, owner]) => ({
    kind: 'funding' as const,
    payment: aFunding({ symbol: of, id: `f${i}`, at }),
    ...(owner === undefined ? {} : { positionId: owner }),
  })),
  fc.tuple(positionId, time).map(([id, at]) => ({ kind: 'position-dropped' as const, positionId: id, at })),
  fc
    .tuple(positionId, time, time, few, fc.constantFrom({}, { closes: true }, { closes: false }))
    .map(([id, entryTime, exitTime, fee, end]) => ({
      kind: 'trade' as const,
      trade: aTrade({ positionId: id, symbol: symbolOf(id), entryTime, exitTime, fees: `0.${fee}` }),
      ...end,
    })),
  fc.tuple(positionId, time).map(([id, entryTime]) => ({
    kind: 'trade-retracted' as const,
    positionId: id,
    entryTime,
  })),
  time.map((at) => ({ kind: 'breaker' as const, change: aBreakerTransition({ at }) })),
  fc.tuple(time, fc.boolean()).map(([at, isClean]) => ({
    kind: 'reconciliation' as const,
    result: { at, cause: 'start', isClean, findings: [] },
  })),
  fc.tuple(time, few).map(([at, i]) => ({
    kind: 'balance' as const,
    point: { at, walletBalance: `${i}.10`, equity: `${i}.10` },
  })),
);

/** Batches, some of them written again later. */
const history = fc.tuple(
  fc.array(fc.array(entry, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 12 }),
  fc.array(fc.nat({ max: 11 }), { maxLength: 4 }),
);

function summary(state: JournalState) {
  return {
    ...withoutInitial(state),
    positions: [...state.positions].sort((a, b) => (a.plan.id > b.plan.id ? 1 : -1)),
    otherPlans: state.otherPlans.map(({ id }) => id).sort(),
    peakEquity: state.peakEquity === null ? null : Number(state.peakEquity),
  };
}

function withoutInitial({ initialBalance: _, ...rest }: JournalState) {
  return rest;
}

it(
  'loads what was appended',
  async () => {
    const { journal, leases } = subject.parts;
    await fc.assert(
      fc.asyncProperty(history, async ([batches, again]) => {
        const account = subject.newAccount();
        const lease = await leases.acquire({ account, ttlMs: 600_000 });
        const model = new JournalModel();
        for (const batch of [...batches, ...again.map((i) => batches[i % batches.length]!)]) {
          const intended = new Set(batch.flatMap((one) => (one.kind === 'intent' ? [one.intent.id] : [])));
          // An order comes after its intent.
          const sound = batch.filter(
            (one) =>
              one.kind !== 'order' || intended.has(one.order.intent.id) || model.knows(one.order.intent.id),
          );
          const expected = model.apply(sound);
          const written = await journal.append(lease, sound);
          expect(written.newFills).toEqual(expected.newFills);
          expect(written.newFundings).toEqual(expected.newFundings);
          expect(new Set(written.staleOrders)).toEqual(new Set(expected.stale));
        }
        const loaded = await journal.load(account, { tradeLimit: TRADE_LIMIT, overlapMs: OVERLAP_MS });
        expect(summary(loaded)).toEqual(model.expected(TRADE_LIMIT, OVERLAP_MS));
      }),
      { numRuns: 40 },
    );
  },
  RUNS_LIMIT_MS,
);
