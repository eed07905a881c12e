import fc from 'fast-check';
import { parseRecordingName } from './file-name';
import { parseCandles } from './parse-candles';

const T0 = Date.parse('2025-06-01T00:00:00Z');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const problemsOf = (text: string): string[] => parseCandles(bytes(text), '1m').problems;

describe('file names of recordings', () => {
  it.each([
    ['BTCUSDT-1m-2025-06.csv', 'BTCUSDT', '1m', 'plain'],
    ['BTCUSDT-1m-2025-06-01.zip', 'BTCUSDT', '1m', 'zip'],
    ['BTCUSDT_1m_anything.csv.gz', 'BTCUSDT', '1m', 'gzip'],
    ['ETHUSDT_15m_x-5m.CSV', 'ETHUSDT', '15m', 'plain'],
    ['BTCUSDT_250627-4h-2025-06.csv', 'BTCUSDT_250627', '4h', 'plain'],
    ['币安人生USDT-1m-2025-11.zip', '币安人生USDT', '1m', 'zip'],
    ['%E9%BE%99%E8%99%BEUSDT_1m.csv', '龙虾USDT', '1m', 'plain'],
  ])('%s', (name, symbol, interval, packing) => {
    expect(parseRecordingName(name)).toEqual({ symbol, interval, packing });
  });

  it.each(['BTCUSDT.csv', 'BTCUSDT-7m-2025-06.csv', '-1m-.csv', 'BTCUSDT-1m-2025-06.txt', '1m.csv'])(
    '%s tells nothing',
    (name) => expect(parseRecordingName(name)).toBeUndefined(),
  );
});

describe('recorded candles', () => {
  it('are read with and without header, with either line end, with a byte order mark', () => {
    const rows = `${T0},1.5,2,1,1.8,10\n${T0 + 60_000},1.8,1.9,1.7,1.75,0.25`;
    const header = 'timestamp,open,high,low,close,volume\n';
    const variants = [
      rows,
      `${rows}\n`,
      header + rows,
      `\uFEFF${header}${rows}`,
      `${header}${rows}\n\n`,
    ].flatMap((text) => [text, text.replaceAll('\n', '\r\n')]);
    for (const text of variants) {
      const parsed = parseCandles(bytes(text), '1m');
      expect(parsed.problems).toEqual([]);
      expect(parsed.columns.map((column) => [...column])).toEqual([
        [T0, T0 + 60_000],
        [1.5, 1.8],
        [2, 1.9],
        [1, 1.7],
        [1.8, 1.75],
        [10, 0.25],
      ]);
      expect(parsed.decimals).toEqual({ price: 2, priceExact: 2, quantity: 2, quantityExact: 2, quote: 0 });
    }
  });

  it('of the archive keep all that a kline row has', () => {
    const text = `${T0},6.5340,6.5430,6.5340,6.5400,33013,${T0 + 59_999},215829.8910,365,30518,199515.0150,0`;
    const parsed = parseCandles(bytes(text), '1m');
    expect(parsed.whole).toBe(true);
    expect(parsed.columns.map((column) => column[0])).toEqual([
      T0,
      6.534,
      6.543,
      6.534,
      6.54,
      33013,
      215829.891,
      365,
      30518,
      199515.015,
    ]);
    expect(parsed.decimals).toEqual({ price: 4, priceExact: 3, quantity: 0, quantityExact: 0, quote: 4 });
  });

  it('have milliseconds, also where the file has microseconds', () => {
    expect(parseCandles(bytes(`${T0 * 1000},1,1,1,1,1`), '1m').columns[0]![0]).toBe(T0);
  });

  it('are the very doubles that Number() reads', () => {
    const number = fc.oneof(
      fc.double({ min: 1e-12, max: 1e15, noNaN: true }).map(String),
      fc
        .tuple(fc.nat(), fc.nat(), fc.integer({ min: 0, max: 12 }))
        .map(([a, b, zeros]) => `${a + 1}.${b}${'0'.repeat(zeros)}`),
      fc.bigInt({ min: 1n, max: 10n ** 25n }).map(String),
    );
    fc.assert(
      fc.property(number, (text) => {
        const parsed = parseCandles(bytes(`${T0},${text},${text},${text},${text},${text}`), '1m');
        expect(parsed.problems).toEqual([]);
        expect(parsed.columns.slice(1).map((column) => column[0])).toEqual(Array(5).fill(Number(text)));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['a word', `${T0},1,1,x1,1,1`, 'line 1: "x1" is no number'],
    ['an empty field', `${T0},1,,1,1,1`, 'line 1: "" is no number'],
    ['a lone point', `${T0},1,.,1,1,1`, 'line 1: "." is no number'],
    ['no number', `${T0},1,NaN,1,1,1`, 'line 1: "NaN" is no number'],
    ['infinity', `${T0},1,1,1,1,1e999`, 'line 1: "1e999" is no number'],
    ['too few columns', `${T0},1,1,1,1`, 'line 1: 5 columns, expected 6 or 12'],
    ['too many columns', `${T0},1,1,1,1,1,1,1,1,1,1,1,1`, 'line 1: more than 12 columns'],
    ['a torn line', `${T0},1,1,1,1,1\n${T0 + 60_000},1,1`, 'line 2: 3 columns, expected 6 or 12'],
    ['a price of nothing', `${T0},0,1,1,1,1`, 'line 1: the price 0 is not positive'],
    ['a high below', `${T0},5,4,3,4,1`, 'line 1: high 4 and low 3 do not hold open 5 and close 4'],
    ['a negative volume', `${T0},1,1,1,1,-1`, 'line 1: -1 is negative'],
    ['a time between minutes', `${T0 + 1},1,1,1,1,1`, `line 1: ${T0 + 1} is no open time of this interval`],
    ['seconds', `${T0 / 1000},1,1,1,1,1`, `line 1: ${T0 / 1000} is no open time of this interval`],
    ['a header in the middle', `${T0},1,1,1,1,1\nopen_time,a,b,c,d,e`, 'line 2: "open_time" is no number'],
    ['nothing', '', 'no candle in it'],
    ['a header alone', 'open_time,open,high,low,close,volume\n', 'no candle in it'],
  ])('with %s are refused by line', (_, text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
  });

  it('of another kind of file are refused without end or crash', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 400 }), (noise) => {
        expect(parseCandles(noise, '1m').problems.length).toBeGreaterThan(0);
      }),
    );
    expect(problemsOf('<html>\n'.repeat(1000)).length).toBeLessThanOrEqual(5);
  });
});
