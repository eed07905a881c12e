import { type Candle, toCandles } from '@slt/domain';
import { CandleCsv } from './candle-csv';

const CANDLE = { openTime: 1_700_000_040_000, open: 1.5, high: 2.5, low: 0.5, close: 2, volume: 10.25 };
const ROW = '1700000040000,1.5,2.5,0.5,2,10.25';
const ARCHIVE_HEADER =
  'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore';
const ARCHIVE_ROW = `${ROW},1700000099999,20.5,7,5,10,0`;

function read(text: string): { candles: Candle[]; places: string[] } {
  const csv = new CandleCsv();
  const batches = [...csv.push(new TextEncoder().encode(text)), ...csv.end()];
  return {
    candles: batches.flatMap(({ columns }) => toCandles(columns)),
    places: batches.flatMap(({ columns, placeOf }) =>
      Array.from({ length: columns.length }, (_, i) => placeOf(i)),
    ),
  };
}

describe('a CSV of candles', () => {
  it.each([
    ['with our header', `timestamp,open,high,low,close,volume\n${ROW}\n`],
    [
      'with its columns in any order, among others',
      `volume,symbol,low,high,close,Open,Timestamp\n10.25,"A",0.5,2.5,2,1.5,1700000040000\n`,
    ],
    ['without a header', ROW],
    ['of the archive with a header', `${ARCHIVE_HEADER}\n${ARCHIVE_ROW}\n`],
    ['of the archive without', `${ARCHIVE_ROW}\n`],
    ['of the archive in microseconds', ARCHIVE_ROW.replace('1700000040000', '1700000040000000')],
    ['of a spreadsheet', `\uFEFF"timestamp","open","high","low","close","volume"\r\n${ROW}\r\n\r\n`],
  ])('%s', (_, text) => {
    expect(read(text).candles).toEqual([CANDLE]);
  });

  it('tells where each candle stands', () => {
    const text = `timestamp,open,high,low,close,volume\n\n${ROW}\n${ROW}\n\n${ROW}`;
    expect(read(text).places).toEqual(['line 3', 'line 4', 'line 6']);
  });

  it('comes in batches, however long it is', () => {
    const rows = Array.from({ length: 10_000 }, (_, i) => `${i * 60_000},1,1,1,1,${i}`);
    const { candles, places } = read(rows.join('\n'));
    expect(candles.map(({ volume }) => volume)).toEqual(rows.map((_, i) => i));
    expect(places.at(-1)).toBe('line 10000');
  });

  it.each([
    ['a word', `${ROW}\n1,2,x3,1,2,1`, 'line 2: "x3" is no number'],
    ['an empty field', '1,,2,1,2,1', 'line 1: "" is no number'],
    ['a torn line', `${ROW}\n17000000`, 'line 2: 1 columns instead of 6'],
    ['a torn line of the archive', `${ARCHIVE_ROW}\n${ROW}`, 'line 2: 6 columns instead of 12'],
    ['a strange width', '1,2,3,4,5,6,7', /^line 1: 7 columns and no header/],
    [
      'a header that lacks columns',
      `time,open,high,low,volume\n${ROW}`,
      'line 1: the header has no column timestamp, close',
    ],
    [
      'a header with doubles',
      `timestamp,open_time,open,high,low,close,volume\n1,${ROW}`,
      'line 1: the header has timestamp twice',
    ],
    [
      'a second header',
      `timestamp,open,high,low,close,volume\n${ROW}\ntimestamp,open,high,low,close,volume`,
      'line 3: "timestamp" is no number',
    ],
    ['a time with a fraction', '1.5,1,1,1,1,1', /^line 1: 1.5 is no time/],
    ['a negative time', '-60000,1,1,1,1,1', /^line 1: -60000 is no time/],
    ['nanoseconds', '1700000040000000000,1,1,1,1,1', /^line 1: 1700000040000000000 is no time/],
    ['another separator', 'timestamp;open;high;low;close;volume', /^line 1: the header has no column/],
  ])('with %s is refused by line', (_, text, message) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({
        kind: 'invalid',
        code: 'CANDLES.ROW',
        message: typeof message === 'string' ? message : (expect.stringMatching(message) as string),
      }),
    );
  });
});
