import fc from 'fast-check';
import { signOf } from '../signal';
import { bracketOf, liquidationPrice, type MarginBracket } from './liquidation';

const BRACKETS: readonly MarginBracket[] = [
  { notionalCap: 50_000, maxLeverage: 125, maintenanceRate: 0.004, maintenanceAmount: 0 },
  { notionalCap: 600_000, maxLeverage: 100, maintenanceRate: 0.005, maintenanceAmount: 50 },
  { notionalCap: 3_000_000, maxLeverage: 75, maintenanceRate: 0.0065, maintenanceAmount: 950 },
];

describe('brackets', () => {
  it('hold their upper end', () => {
    expect(bracketOf(50_000, BRACKETS)?.maxLeverage).toBe(125);
    expect(bracketOf(50_001, BRACKETS)?.maxLeverage).toBe(100);
    expect(bracketOf(3_000_001, BRACKETS)).toBeUndefined();
  });
});

describe('the liquidation price', () => {
  it('of a long of 1 at 10,000 and 10 x', () => {
    // margin 1,000: (1,000 − 10,000) ÷ (0.004 − 1) = 9,036.1446
    const price = liquidationPrice({
      direction: 'long',
      quantity: 1,
      entry: 10_000,
      leverage: 10,
      bracket: BRACKETS[0]!,
    });
    expect(price).toBeCloseTo(9_036.1446, 4);
  });

  it('of a short of 20 at 10,000 and 20 x, in the second bracket', () => {
    // margin 10,000: (10,000 + 50 + 200,000) ÷ (20 × 1.005) = 10,450.2488
    const price = liquidationPrice({
      direction: 'short',
      quantity: 20,
      entry: 10_000,
      leverage: 20,
      bracket: BRACKETS[1]!,
    });
    expect(price).toBeCloseTo(10_450.2488, 4);
  });

  it('of a long without leverage is never', () => {
    const at = { direction: 'long', quantity: 1, entry: 100, leverage: 1, bracket: BRACKETS[0]! } as const;
    expect(liquidationPrice(at)).toBe(0);
  });

  it('is where what is left of the margin equals the maintenance margin', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('long' as const, 'short' as const),
        fc.double({ min: 0.001, max: 5, noNaN: true }),
        fc.double({ min: 1, max: 100_000, noNaN: true }),
        fc.integer({ min: 2, max: 75 }),
        (direction, quantity, entry, leverage) => {
          const bracket = bracketOf(quantity * entry, BRACKETS)!;
          const price = liquidationPrice({ direction, quantity, entry, leverage, bracket });
          const left = (quantity * entry) / leverage + signOf(direction) * quantity * (price - entry);
          const maintenance = quantity * price * bracket.maintenanceRate - bracket.maintenanceAmount;
          expect(left - maintenance).toBeCloseTo(0, 5);
        },
      ),
    );
  });
});
