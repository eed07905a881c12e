import fc from 'fast-check';
import { toCandles } from '@slt/domain';
import { parseArchiveCsv } from './archive-csv';

const HEADER =
  'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore';
const ROW = '1700000040000,1.5,2.5,0.5,2,10.25,1700000099999,20.5,7,5,10,0';
const CANDLE = { openTime: 1_700_000_040_000, open: 1.5, high: 2.5, low: 0.5, close: 2, volume: 10.25 };

function parse(text: string): { candles: unknown[]; malformed: number } {
  const { columns, malformed } = parseArchiveCsv(Buffer.from(text));
  return { candles: toCandles(columns), malformed };
}

describe('the archive’s CSV', () => {
  it.each([
    ['with a header', `${HEADER}\n${ROW}\n`],
    ['without', `${ROW}\n`],
    ['without a last line feed', ROW],
    ['of Windows', `${HEADER}\r\n${ROW}\r\n`],
    ['in microseconds', ROW.replace('1700000040000', '1700000040000000')],
    ['of the first six columns', '1700000040000,1.5,2.5,0.5,2,10.25'],
  ])('%s', (_, text) => {
    expect(parse(text)).toEqual({ candles: [CANDLE], malformed: 0 });
  });

  it.each([
    ['a line cut short', '1700000040000,1.5,2.5\n'],
    ['an empty field', '1700000040000,,2.5,0.5,2,10\n'],
    ['no number', '1700000040000,1.5,x,0.5,2,10\n'],
    ['a page of text', 'first\n<html>sorry</html>\n'],
  ])('counts %s', (_, text) => {
    expect(parse(text)).toEqual({ candles: [], malformed: 1 });
  });

  it('reads every number as JavaScript does', () => {
    const decimal = fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.nat(12)).map(([digits, places]) => {
      const text = digits.toString().padStart(places + 1, '0');
      return places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`;
    });
    const number = fc.oneof(decimal, fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map(String));
    fc.assert(
      fc.property(fc.array(number, { minLength: 5, maxLength: 5 }), (values) => {
        const { columns } = parseArchiveCsv(Buffer.from(`60000,${values.join(',')}\n`));
        const [open, high, low, close, volume] = values.map(Number);
        expect(toCandles(columns)).toEqual([{ openTime: 60_000, open, high, low, close, volume }]);
      }),
      { numRuns: 500 },
    );
  });

  it('may be empty', () => {
    expect(parse('')).toEqual({ candles: [], malformed: 0 });
    expect(parse(`${HEADER}\n`)).toEqual({ candles: [], malformed: 0 });
  });
});
