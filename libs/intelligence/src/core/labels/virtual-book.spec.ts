import fc from 'fast-check';
import { type Candle, type Interval, MINUTE_MS } from '@slt/domain';
import { DEFAULT_COSTS } from '../costs';
import { openVirtual, stepVirtual, type VirtualPlan } from './triple-barrier';
import { VirtualBook, type VirtualEnd } from './virtual-book';

const AT = Date.UTC(2025, 4, 6, 10);
const SYMBOLS = ['AAAUSDT', 'BBBUSDT', 'CCCUSDT'];

const planOf = (symbol: string, minute: number, given: Partial<VirtualPlan> = {}): VirtualPlan => ({
  id: `${symbol}:${minute}:${given.direction ?? 'long'}`,
  symbol,
  interval: '1m',
  direction: 'long',
  at: AT + minute * MINUTE_MS,
  entry: 100,
  stop: 99,
  target: 102,
  slippageRate: 0.0002,
  fundingRate: 0,
  ...given,
});

const candleOf = (minute: number, close = 100, range = 0.1): Candle => ({
  openTime: AT + minute * MINUTE_MS,
  open: 100,
  high: Math.max(100, close) + range,
  low: Math.min(100, close) - range,
  close,
  volume: 1,
});

describe('the book of virtual positions', () => {
  it('follows several of one symbol, and ends each on its own', () => {
    const book = new VirtualBook(DEFAULT_COSTS);
    book.open(planOf('AAAUSDT', 0));
    book.open(planOf('AAAUSDT', 0, { direction: 'short', stop: 105, target: 97 }));
    book.open(planOf('BBBUSDT', 0));
    expect(book.onCandle('AAAUSDT', '1m', candleOf(0))).toEqual([]);
    expect(book.onCandle('AAAUSDT', '1m', candleOf(1, 102))).toMatchObject([
      { id: 'AAAUSDT:0:long', outcome: { barrier: 'target', closedAt: AT + 2 * MINUTE_MS } },
    ]);
    expect(book.size).toBe(2);
    expect(book.onCandle('AAAUSDT', '1m', candleOf(2, 97))).toMatchObject([{ id: 'AAAUSDT:0:short' }]);
    expect(book.awaited()).toEqual([{ symbol: 'BBBUSDT', interval: '1m', from: AT }]);
  });

  it('tells the same empty list for whatever nobody waits for', () => {
    const book = new VirtualBook(DEFAULT_COSTS);
    const nothing = book.onCandle('AAAUSDT', '1m', candleOf(0));
    book.open(planOf('AAAUSDT', 0));
    expect(book.onCandle('AAAUSDT', '1m', candleOf(0))).toBe(nothing);
    expect(book.onCandle('BBBUSDT', '1m', candleOf(0, 90))).toBe(nothing);
    expect(book.onCandle('AAAUSDT', '5m' satisfies Interval, candleOf(0, 90))).toBe(nothing);
  });

  it('looks up what nobody told, and only that', () => {
    const asked: unknown[] = [];
    const book = new VirtualBook(DEFAULT_COSTS, (symbol, interval, from, before) => {
      asked.push([symbol, interval, (from - AT) / MINUTE_MS, (before - AT) / MINUTE_MS]);
      return [candleOf(3), candleOf(4, 102), candleOf(5, 90)];
    });
    book.open(planOf('AAAUSDT', 0));
    book.open(planOf('AAAUSDT', 0, { direction: 'short', stop: 105, target: 97 }));
    for (const minute of [0, 1, 2]) book.onCandle('AAAUSDT', '1m', candleOf(minute));
    // The long is over by the fifth minute, as if it had been told of each.
    expect(book.onCandle('AAAUSDT', '1m', candleOf(6))).toMatchObject([
      { id: 'AAAUSDT:0:long', outcome: { barrier: 'target', closedAt: AT + 5 * MINUTE_MS } },
      { id: 'AAAUSDT:0:short', outcome: { barrier: 'target', closedAt: AT + 6 * MINUTE_MS } },
    ]);
    expect([asked, book.size]).toEqual([[['AAAUSDT', '1m', 3, 6]], 0]);
  });

  it('says of what nobody could have entered that nothing is known', () => {
    const book = new VirtualBook(DEFAULT_COSTS);
    book.open(planOf('AAAUSDT', 0));
    expect(book.onCandle('AAAUSDT', '1m', candleOf(121))).toEqual([
      { id: 'AAAUSDT:0:long', outcome: undefined },
    ]);
    expect(book.size).toBe(0);
  });

  it('lets go of what has ended otherwise', () => {
    const book = new VirtualBook(DEFAULT_COSTS);
    const plan = planOf('AAAUSDT', 0);
    book.open(plan);
    book.drop(plan);
    book.drop(plan);
    expect([book.size, book.onCandle('AAAUSDT', '1m', candleOf(0, 90))]).toEqual([0, []]);
  });

  it('waits for the oldest of what it has not seen', () => {
    const book = new VirtualBook(DEFAULT_COSTS);
    book.open(planOf('BBBUSDT', 0));
    for (let minute = 0; minute < 5; minute++) book.onCandle('BBBUSDT', '1m', candleOf(minute));
    book.open(planOf('BBBUSDT', 7));
    book.open(planOf('AAAUSDT', 9));
    expect(book.awaited()).toEqual([
      { symbol: 'AAAUSDT', interval: '1m', from: AT + 9 * MINUTE_MS },
      { symbol: 'BBBUSDT', interval: '1m', from: AT + 5 * MINUTE_MS },
    ]);
  });

  it.each([
    ['no list', {}],
    ['a plan that is none', [{ openedAt: null, seenTo: 0 }]],
    ['no interval', [{ plan: { ...planOf('A', 0), interval: '7m' }, openedAt: null, seenTo: 0 }]],
    ['no number', [{ plan: { ...planOf('A', 0), stop: 'x' }, openedAt: null, seenTo: 0 }]],
    ['no time', [{ plan: planOf('A', 0), openedAt: 1, seenTo: null }]],
  ])('is not restored from %s', (_, snapshot) => {
    expect(() => VirtualBook.restore(snapshot, DEFAULT_COSTS)).toThrow(
      expect.objectContaining({ kind: 'invalid', code: 'MODEL.BAD_STATE' }),
    );
  });

  const event = fc.record({
    symbol: fc.constantFrom(...SYMBOLS),
    close: fc.integer({ min: 96, max: 104 }),
    opens: fc.boolean(),
    isLong: fc.boolean(),
    restarts: fc.boolean(),
  });

  it('tells what each position alone would come to, also from the middle on', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 80 }), (events) => {
        let book = new VirtualBook(DEFAULT_COSTS);
        const told: VirtualEnd[] = [];
        const alone = new Map<string, ReturnType<typeof openVirtual>>();
        const expected: VirtualEnd[] = [];
        events.forEach(({ symbol, close, opens, isLong, restarts }, minute) => {
          const candle = candleOf(minute, close);
          told.push(...book.onCandle(symbol, '1m', candle));
          for (const [id, position] of alone) {
            if (position.plan.symbol !== symbol) continue;
            const step = stepVirtual(position, candle, DEFAULT_COSTS);
            if (step === 'open') continue;
            expected.push({ id, outcome: step === 'void' ? undefined : step });
            alone.delete(id);
          }
          if (opens) {
            const levels = isLong ? {} : ({ direction: 'short', stop: 101, target: 98 } as const);
            const plan = planOf(symbol, minute + 1, levels);
            book.open(plan);
            alone.set(plan.id, openVirtual(plan));
          }
          if (restarts)
            book = VirtualBook.restore(JSON.parse(JSON.stringify(book.snapshot())), DEFAULT_COSTS);
        });
        expect(told).toEqual(expected);
        expect(book.size).toBe(alone.size);
      }),
      { numRuns: 100 },
    );
  });
});
