import fc from 'fast-check';
import { toCandles } from '@slt/domain';
import { scanKlineBytes } from './kline-bytes';

const decimal = fc
  .tuple(fc.nat(9_999_999), fc.array(fc.nat(9), { maxLength: 12 }))
  .map(([whole, fraction]) => (fraction.length === 0 ? `${whole}` : `${whole}.${fraction.join('')}`));

const row = fc
  .tuple(fc.nat(2 ** 40), fc.array(decimal, { minLength: 5, maxLength: 5 }), fc.integer(), decimal, fc.nat())
  .map(([time, prices, closeTime, quote, trades]) => [
    time,
    ...prices,
    closeTime,
    quote,
    trades,
    '0.5',
    '1',
    '0',
  ]);

const seen = (text: string, maxRows = 10): unknown => {
  const columns = scanKlineBytes(Buffer.from(text), maxRows);
  return columns && toCandles(columns);
};

const expected = (rows: readonly unknown[][]): unknown =>
  rows.map(([openTime, open, high, low, close, volume]) => ({
    openTime,
    open: Number(open),
    high: Number(high),
    low: Number(low),
    close: Number(close),
    volume: Number(volume),
  }));

describe('scanKlineBytes', () => {
  it('reads what JSON.parse reads, to the same doubles', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 6 }), (rows) => {
        expect(seen(JSON.stringify(rows))).toEqual(expected(rows));
      }),
    );
  });

  it('gives up on every cut, and on a changed character unless JSON.parse reads the same', () => {
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 3 }),
        fc.nat(),
        fc.string({ minLength: 1, maxLength: 1 }),
        (rows, at, char) => {
          const text = JSON.stringify(rows);
          const place = at % text.length;
          expect(seen(text.slice(0, place))).toBeUndefined();
          const changed = text.slice(0, place) + char + text.slice(place + 1);
          const read = seen(changed);
          if (read !== undefined) expect(read).toEqual(expected(JSON.parse(changed) as unknown[][]));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it.each([
    '',
    '{}',
    'null',
    '"[]"',
    '<html>',
    '[[1]]',
    '[[1,"1","1","1","1"]]',
    '[[1,1,"1","1","1","1"]]',
    '[[01,"1","1","1","1","1"]]',
    '[[1,"1e3","1","1","1","1"]]',
    '[[1,"-1","1","1","1","1"]]',
    '[[1,"1.","1","1","1","1"]]',
    '[[1,".1","1","1","1","1"]]',
    '[[1,"1","1","1","1","1",null]]',
    '[[1,"1","1","1","1","1",[]]]',
    '[[1,"1","1","1","1","1"],]',
    '[[1,"1","1","1","1","1"]] x',
    '[[1, "1","1","1","1","1"]]',
    '[[1,"1.2.3","1","1","1","1"]]',
    '[[1,"1","1","1","1","1",- 1]]',
    '[[1,"1","1","1","1","1",01]]',
    '[1]',
    '[[9007199254740993,"1","1","1","1","1"]]',
  ])('gives up on %s', (text) => {
    expect(seen(text)).toBeUndefined();
  });

  it('reads an empty list as no rows', () => {
    expect(seen('[]')).toEqual([]);
  });

  it('gives up on more rows than were asked for, and takes fewer', () => {
    const text = JSON.stringify(Array.from({ length: 3 }, (_, i) => [i, '1', '2', '0.5', '1', '9', i, '1']));
    expect(seen(text, 2)).toBeUndefined();
    expect(seen(text, 3)).toHaveLength(3);
    expect(seen(text, 1_500)).toHaveLength(3);
  });

  it('reads decimals of more digits than a double counts exactly', () => {
    const row = [1, '0.12345678901234567', '12345678901234567.5', '0.1000000000000000000', '1', '9'];
    expect(seen(JSON.stringify([row]))).toEqual(expected([row]));
  });
});
