import fc from 'fast-check';
import { toDecimal, toKlineRow, toKlinesJson } from './kline-text';
import { bucketOf, closeTimeOf, stepBucket } from './market-interval';
import { floorTo, RowBuffer, roundTo } from './row-buffer';

const decimal = fc
  .record({ units: fc.maxSafeNat(), decimals: fc.integer({ min: 0, max: 9 }) })
  .map(({ units, decimals }) => ({
    value: (units % 2 ** 50) / 10 ** decimals,
    text: plainText(units % 2 ** 50, decimals),
    decimals,
  }));

function plainText(units: number, decimals: number): string {
  const digits = String(units).padStart(decimals + 1, '0');
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

describe('decimals on the wire', () => {
  it('have exactly the asked places', () => {
    expect(toDecimal(105090.3, 2)).toBe('105090.30');
    expect(toDecimal(0.00001, 5)).toBe('0.00001');
    expect(toDecimal(268909, 0)).toBe('268909');
    expect(toDecimal(-0.25, 3)).toBe('-0.250');
    expect(toDecimal(-0.0001, 2)).toBe('0.00');
    expect(toDecimal(1e17 / 3, 2)).toBe((1e17 / 3).toFixed(2));
  });

  it('are the text the double came from, and give it back', () => {
    fc.assert(
      fc.property(decimal, ({ value, text, decimals }) => {
        expect(toDecimal(value, decimals)).toBe(text);
        expect(Number(toDecimal(value, decimals))).toBe(value);
      }),
    );
  });

  it('are the same in JSON as in rows', () => {
    fc.assert(
      fc.property(fc.array(decimal, { minLength: 1, maxLength: 20 }), (values) => {
        const rows = new RowBuffer(1);
        for (const { value } of values) {
          rows.reserve(1);
          const at = rows.length++;
          rows.openTime[at] = 1_746_372_780_000 + at * 60_000;
          for (const column of [rows.open, rows.high, rows.low, rows.close]) column[at] = value;
          for (const column of [rows.volume, rows.quoteVolume, rows.takerBase, rows.takerQuote])
            column[at] = value;
          rows.trades[at] = at * 1_000_003;
        }
        const precision = { price: values[0]!.decimals, quantity: values.at(-1)!.decimals, quote: 4 };
        const expected = values.map((_, i) => {
          const row = toKlineRow(rows, i, '1m', precision);
          const { open, high, low, close, volume, quoteVolume, trades } = row;
          const times = [row.openTime, row.closeTime] as const;
          return [times[0], open, high, low, close, volume, times[1], quoteVolume, trades].concat([
            row.takerBuyBase,
            row.takerBuyQuote,
            '0',
          ]);
        });
        expect(JSON.parse(toKlinesJson(rows, '1m', precision))).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  it('are an empty array without rows', () => {
    expect(toKlinesJson(new RowBuffer(1), '1m', { price: 2, quantity: 3, quote: 4 })).toBe('[]');
  });

  it('are brought back from sums to the exact decimal', () => {
    expect(roundTo(0.1 + 0.2, 3)).toBe(0.3);
    expect(floorTo(0.3 - 1e-17, 1)).toBe(0.3);
    expect(floorTo(0.29, 1)).toBe(0.2);
  });
});

describe('intervals of the exchange', () => {
  const at = (text: string): number => Date.parse(text);

  it('cut weeks from Monday, months by the calendar', () => {
    expect(bucketOf(at('2026-11-22T22:13:20Z'), '1w')).toBe(at('2026-11-16T00:00:00Z'));
    expect(bucketOf(at('2024-02-29T12:00:00Z'), '1M')).toBe(at('2024-02-01T00:00:00Z'));
    expect(closeTimeOf(at('2024-02-01T00:00:00Z'), '1M')).toBe(at('2024-03-01T00:00:00Z') - 1);
    expect(stepBucket(at('2025-11-01T00:00:00Z'), '1M', 3)).toBe(at('2026-02-01T00:00:00Z'));
    expect(bucketOf(at('1970-01-05T00:00:00Z'), '3d')).toBe(at('1970-01-04T00:00:00Z'));
  });

  it('have every month where the calendar has it', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }), (date) => {
        const month = Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
        expect(bucketOf(date.getTime(), '1M')).toBe(month);
        expect(stepBucket(month, '1M', 1)).toBe(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1));
      }),
    );
  });
});
