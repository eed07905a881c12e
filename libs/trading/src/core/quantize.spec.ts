import fc from 'fast-check';
import type { InstrumentFilters } from '@slt/domain';
import { exact, plain, sumOf } from './decimal';
import {
  type Quantized,
  quantizePrice,
  quantizeQuantity,
  quantizeStop,
  quantizeTarget,
  splitQuantity,
} from './quantize';
import { FILTERS, thousandths } from './spec-orders';

const valueOf = (quantized: Quantized): string =>
  quantized.kind === 'quantized' ? quantized.value : quantized.code;

describe('quantize', () => {
  it.each([
    [100.04, 'down', '100'],
    [100.05, 'down', '100'],
    [100.05, 'nearest', '100.1'],
    [100.01, 'up', '100.1'],
    [100.30000000000001, 'up', '100.3'], // dust of binary arithmetic costs no tick
    [33.43 * 3, 'down', '100.2'], // 100.28999999999999 is 100.29
    [3.01 * 1e2 - 200.7 - 4e-14, 'down', '100.3'], // a hair below it all the same
    ['100.30000000000001', 'up', '100.4'], // a text is meant as it stands
    [0.04, 'down', 'BELOW_MIN_PRICE'],
    [-5, 'nearest', 'BELOW_MIN_PRICE'],
    [1_000_000.06, 'up', 'ABOVE_MAX_PRICE'],
  ] as const)('rounds the price %p %s to %s', (price, rounding, expected) => {
    expect(valueOf(quantizePrice(price, FILTERS, rounding))).toBe(expected);
  });

  it('puts stops away from the entry and targets toward it', () => {
    expect(valueOf(quantizeStop(95.07, 'long', FILTERS))).toBe('95');
    expect(valueOf(quantizeStop(105.03, 'short', FILTERS))).toBe('105.1');
    expect(valueOf(quantizeTarget(110.07, 'long', FILTERS))).toBe('110');
    expect(valueOf(quantizeTarget(90.03, 'short', FILTERS))).toBe('90.1');
  });

  it('counts ticks from the lowest price, and writes tiny prices plainly', () => {
    const odd: InstrumentFilters = { ...FILTERS, minPrice: '0.05', tickSize: '0.1' };
    expect(valueOf(quantizePrice(1, odd, 'down'))).toBe('0.95'); // 0.05 + 9 * 0.1
    const tiny = { ...FILTERS, minPrice: '0.00000001', tickSize: '0.00000001' };
    expect(valueOf(quantizePrice(1.234e-7, tiny, 'down'))).toBe('0.00000012');
    expect(valueOf(quantizePrice('7.5', { ...FILTERS, tickSize: '0' }, 'up'))).toBe('7.5');
  });

  it.each([
    [0.0519, 'limit', '0.051'],
    [0.0009, 'limit', 'BELOW_MIN_QUANTITY'],
    [0, 'market', 'BELOW_MIN_QUANTITY'],
    [-3, 'market', 'BELOW_MIN_QUANTITY'],
    [0.049, 'market', 'BELOW_MIN_NOTIONAL'], // 0.049 * 100 = 4.9 < 5
    [0.05, 'market', '0.05'], // 5
    [500, 'limit', '500'],
    [500, 'market', '120'],
  ] as const)('rounds the quantity %p of a %s order to %s', (quantity, lot, expected) => {
    expect(valueOf(quantizeQuantity({ quantity, price: 100, lot }, FILTERS))).toBe(expected);
  });

  it('says when it was capped', () => {
    const capped = quantizeQuantity({ quantity: 500, price: 100, lot: 'market' }, FILTERS);
    expect(capped).toEqual({ kind: 'quantized', value: '120', isCapped: true });
  });

  it('takes the plain lot where the market lot says nothing', () => {
    const silent = { ...FILTERS, marketStepSize: '0', marketMinQty: '0', marketMaxQty: '0' };
    expect(valueOf(quantizeQuantity({ quantity: 5000.5, price: 100, lot: 'market' }, silent))).toBe('1000');
  });

  it('splits what must leave into as few orders as the lot allows', () => {
    expect(splitQuantity('300', FILTERS, 'market')).toEqual({ parts: ['120', '120', '60'], rest: '0' });
    expect(splitQuantity('10', FILTERS, 'market')).toEqual({ parts: ['10'], rest: '0' });
    expect(splitQuantity('0.0005', FILTERS, 'market')).toEqual({ parts: [], rest: '0.0005' });
    // 120 + 0.5 leaves less than the least: the first gives way.
    const coarse = { ...FILTERS, marketMinQty: '1', marketStepSize: '0.5' };
    expect(splitQuantity('120.5', coarse, 'market')).toEqual({ parts: ['119.5', '1'], rest: '0' });
  });

  const filters = fc
    .record({
      step: fc.constantFrom('0.001', '0.01', '1', '0.25', '10'),
      minimum: fc.integer({ min: 1, max: 5 }),
      more: fc.integer({ min: 1, max: 400 }),
    })
    .map(({ step, minimum, more }): InstrumentFilters => {
      const marketMinQty = plain(exact(step).times(minimum));
      const marketMaxQty = plain(exact(step).times(minimum + more));
      return { ...FILTERS, marketStepSize: step, marketMinQty, marketMaxQty };
    });
  const quantities = fc.integer({ min: 0, max: 5_000_000 }).map(thousandths);

  it('never buys more than was asked for, and never what the lot forbids', () => {
    fc.assert(
      fc.property(filters, quantities, (f, quantity) => {
        const quantized = quantizeQuantity({ quantity, price: '100', lot: 'market' }, f);
        if (quantized.kind === 'refused') return;
        const value = exact(quantized.value);
        expect(value.lte(quantity) && value.gte(f.marketMinQty) && value.lte(f.marketMaxQty)).toBe(true);
        expect(value.minus(f.marketMinQty).mod(f.marketStepSize).eq(0)).toBe(true);
        const isLess = exact(quantity).minus(value).gte(f.marketStepSize);
        expect(isLess && !quantized.isCapped).toBe(false);
        expect(quantized.value).toMatch(/^\d+(\.\d*[1-9])?$/);
      }),
    );
  });

  it('splits without loss; each part is one that the lot allows', () => {
    fc.assert(
      fc.property(filters, fc.integer({ min: 0, max: 20_000 }), (f, share) => {
        const quantity = plain(exact(f.marketMaxQty).times(share).div(1_000)); // up to twenty times the most
        const { parts, rest } = splitQuantity(quantity, f, 'market');
        expect(sumOf([...parts, rest]).eq(quantity)).toBe(true);
        for (const part of parts) {
          expect(exact(part).gte(f.marketMinQty) && exact(part).lte(f.marketMaxQty)).toBe(true);
          expect(exact(part).minus(f.marketMinQty).mod(f.marketStepSize).eq(0)).toBe(true);
        }
      }),
    );
  });

  it('gives the nearest tick on the side that was asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_000, max: 900_000_000 }).map(thousandths), (price) => {
        const down = exact(valueOf(quantizePrice(price, FILTERS, 'down')));
        const up = exact(valueOf(quantizePrice(price, FILTERS, 'up')));
        expect(down.lte(price) && up.gte(price) && up.minus(down).lte(FILTERS.tickSize)).toBe(true);
        expect(down.mod(FILTERS.tickSize).eq(0) && up.mod(FILTERS.tickSize).eq(0)).toBe(true);
      }),
    );
  });
});
