import fc from 'fast-check';
import { DAY_MS, HOUR_MS } from '@slt/domain';
import { LossBook } from './loss-book';

const LIMITS = { losingStreak: 3, coolDownMs: HOUR_MS };
const NOON = Date.UTC(2025, 4, 6, 12);
const MIDNIGHT = Date.UTC(2025, 4, 7);

describe('the loss of the day', () => {
  it('is what was realised since midnight UTC and what is open', () => {
    const book = new LossBook(LIMITS);
    book.realise(-120, NOON);
    book.realise(-1.5, NOON + 1); // a fee
    book.realise(0.4, NOON + 2); // funding
    const facts = book.facts({ equity: 9_848.9, unrealizedPnl: -30 }, NOON + 3);
    expect(facts.dailyPnl).toBeCloseTo(-120 - 1.5 + 0.4 - 30, 9); // −151.1
    // Without the loss there would be 10,000: 151.1 ÷ 10,000
    expect(facts.dailyLoss).toBeCloseTo(0.01511, 9);
  });

  it('begins anew at midnight, and what comes late is not of the new day', () => {
    const book = new LossBook(LIMITS);
    book.realise(-500, MIDNIGHT - 1);
    expect(book.facts({ equity: 9_500, unrealizedPnl: 0 }, MIDNIGHT - 1).dailyLoss).toBeCloseTo(0.05, 9);
    expect(book.facts({ equity: 9_500, unrealizedPnl: 0 }, MIDNIGHT)).toMatchObject({
      dailyPnl: 0,
      dailyLoss: 0,
    });
    book.realise(-100, MIDNIGHT - 1);
    expect(book.facts({ equity: 9_400, unrealizedPnl: 0 }, MIDNIGHT + 1).dailyPnl).toBe(0);
  });

  it('is nothing on a day of gain, and all where nothing is left', () => {
    const book = new LossBook(LIMITS);
    expect(book.facts({ equity: 110, unrealizedPnl: 10 }, NOON).dailyLoss).toBe(0);
    expect(book.facts({ equity: -5, unrealizedPnl: -105 }, NOON).dailyLoss).toBe(1);
    expect(book.facts({ equity: 100, unrealizedPnl: NaN }, NOON).dailyLoss).toBe(1);
  });
});

describe('the drawdown', () => {
  it('is counted from the highest equity', () => {
    const book = new LossBook(LIMITS);
    for (const equity of [1_000, 1_250, 1_100]) book.mark(equity);
    expect(book.facts({ equity: 1_000, unrealizedPnl: 0 }, NOON).drawdown).toBe(250 / 1_250);
    expect(book.facts({ equity: 1_300, unrealizedPnl: 0 }, NOON).drawdown).toBe(0);
  });
});

describe('a losing streak', () => {
  it('of three pauses trading for an hour, as does each further loss', () => {
    const book = new LossBook(LIMITS);
    const until = (): number => book.facts({ equity: 1, unrealizedPnl: 0 }, NOON).coolDownUntil;
    book.close(-1, NOON);
    book.close(-1, NOON + 1);
    expect(until()).toBe(0);
    book.close(-1, NOON + 2);
    expect(until()).toBe(NOON + 2 + HOUR_MS);
    book.close(-1, NOON + 10);
    expect(until()).toBe(NOON + 10 + HOUR_MS);
  });

  it('ends with a gain and with the day, not with a trade that was neither', () => {
    const book = new LossBook(LIMITS);
    const streak = (at: number): number => book.facts({ equity: 1, unrealizedPnl: 0 }, at).losingStreak;
    book.close(-1, NOON);
    book.close(0, NOON);
    book.close(-1, NOON);
    expect(streak(NOON)).toBe(2);
    book.close(5, NOON);
    expect(streak(NOON)).toBe(0);
    book.close(-1, NOON);
    expect(streak(MIDNIGHT)).toBe(0);
  });
});

describe('a book', () => {
  const entry = fc.record({
    after: fc.integer({ min: 0, max: DAY_MS / 3 }),
    kind: fc.constantFrom('realise' as const, 'close' as const, 'mark' as const),
    amount: fc.double({ min: -1_000, max: 1_000, noNaN: true }),
  });

  it('goes on after JSON as if nothing had been, and keeps its shares in [0, 1]', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 60 }), fc.nat(60), (entries, cut) => {
        const whole = new LossBook(LIMITS);
        let resumed = new LossBook(LIMITS);
        let now = NOON;
        entries.forEach(({ after, kind, amount }, i) => {
          now += after;
          for (const book of [whole, resumed]) {
            if (kind === 'mark') book.mark(1_000 + amount);
            else book[kind](amount, now);
          }
          const state = resumed.toJSON();
          if (i === cut && state !== null) {
            resumed = LossBook.restore(LIMITS, JSON.parse(JSON.stringify(state)));
          }
          const facts = whole.facts({ equity: 1_000 + amount, unrealizedPnl: amount / 3 }, now);
          expect(resumed.facts({ equity: 1_000 + amount, unrealizedPnl: amount / 3 }, now)).toEqual(facts);
          for (const share of [facts.dailyLoss, facts.drawdown]) {
            expect(share).toBeGreaterThanOrEqual(0);
            expect(share).toBeLessThanOrEqual(1);
          }
        });
      }),
    );
  });

  it('is not restored from what are no numbers', () => {
    const state = { day: 1, realised: NaN, peak: 1, streak: 0, coolDownUntil: 0 };
    expect(() => LossBook.restore(LIMITS, state)).toThrow(/realised/);
  });
});
