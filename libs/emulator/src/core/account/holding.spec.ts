import fc from 'fast-check';
import { Holding } from './holding';
import { decimal, sum, toCents, ZERO } from './money';
import { FACTS } from './testing/scripted-market';

const holding = (): Holding => new Holding(FACTS, 'BOTH');
const d = decimal;

describe('a position', () => {
  it('averages what it is made of', () => {
    const position = holding();
    position.apply('BUY', d('1'), d('100'), 1);
    position.apply('BUY', d('2'), d('103'), 2);
    // (100 + 206) ÷ 3 = 102
    expect(position.entryPrice.toFixed()).toBe('102');
    expect(position.unrealized(d('110')).toFixed()).toBe('24'); // 3 × 8
  });

  it('realises against the average when it shrinks, and keeps the average', () => {
    const position = holding();
    position.apply('SELL', d('4'), d('50'), 1);
    const effect = position.apply('BUY', d('1'), d('45'), 2);
    expect(effect.realized.toFixed()).toBe('5');
    expect(position.amount.toFixed()).toBe('-3');
    expect(position.entryPrice.toFixed()).toBe('50');
  });

  it('turns round: closes whole, then opens with what is left', () => {
    const position = holding();
    position.apply('BUY', d('1'), d('100'), 1);
    const effect = position.apply('SELL', d('3'), d('90'), 2);
    expect([effect.closed, effect.opened, effect.realized].map((x) => x.toFixed())).toEqual([
      '1',
      '2',
      '-10',
    ]);
    expect([position.amount.toFixed(), position.entryPrice.toFixed()]).toEqual(['-2', '90']);
  });

  it('breaks even where closing pays back fees and losses', () => {
    const long = holding();
    long.apply('BUY', d('2'), d('100'), 1);
    long.carryFee(d('0.1'));
    expect(long.breakEvenPrice.toFixed()).toBe('100.05'); // (200 + 0.1) ÷ 2
    const short = holding();
    short.apply('SELL', d('2'), d('100'), 1);
    short.carryFee(d('0.1'));
    expect(short.breakEvenPrice.toFixed()).toBe('99.95'); // (200 − 0.1) ÷ 2
    short.apply('BUY', d('1'), d('90'), 2); // + 10
    expect(short.breakEvenPrice.toFixed()).toBe('109.9'); // (100 − 0.1 + 10) ÷ 1
  });

  it('conserves equity to 8 decimals, whatever is traded', () => {
    const trade = fc.record({
      side: fc.constantFrom('BUY' as const, 'SELL' as const),
      steps: fc.integer({ min: 1, max: 5000 }),
      ticks: fc.integer({ min: 1, max: 99_999 }),
    });
    fc.assert(
      fc.property(fc.array(trade, { maxLength: 60 }), fc.integer({ min: 1, max: 99_999 }), (trades, end) => {
        const position = holding();
        let cash = ZERO;
        const realized = trades.map(({ side, steps, ticks }, i) => {
          const [quantity, price] = [d(steps).div(1000), d(ticks).div(10)];
          const signed = side === 'BUY' ? quantity : quantity.neg();
          cash = cash.minus(signed.times(price));
          return position.apply(side, quantity, price, i).realized;
        });
        const mark = d(end).div(10);
        const held = sum(trades.map(({ side, steps }) => d(side === 'BUY' ? steps : -steps).div(1000)));
        expect(position.amount.eq(held)).toBe(true);
        // What was paid and got, with what is held at its price, is what is realised and what is not.
        const truth = cash.plus(held.times(mark));
        const told = sum(realized).plus(position.unrealized(mark));
        expect(
          toCents(truth.minus(told))
            .abs()
            .lte(d('0.00000001').times(trades.length + 1)),
        ).toBe(true);
        for (const one of realized) expect(one.eq(toCents(one))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
