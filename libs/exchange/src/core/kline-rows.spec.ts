import fc from 'fast-check';
import { isAppError } from '@slt/domain';
import { type KlineWindow, parseKlineRows } from './kline-rows';

const T0 = 1_789_116_060_000;
const MINUTE = 60_000;
const WINDOW: KlineWindow = {
  interval: '1m',
  startTime: T0,
  endTime: T0 + 10 * MINUTE,
  closedBy: T0 + 60 * MINUTE,
};

function row(openTime: number, change: Record<number, unknown> = {}): unknown[] {
  const fields: unknown[] = [
    openTime,
    '77.4',
    '78.8',
    '77.2',
    '78.0',
    '478.3328',
    openTime + 59_999,
    '9.9',
    195,
    '4',
    '3',
    '0',
  ];
  for (const [index, value] of Object.entries(change)) fields[Number(index)] = value;
  return fields;
}

function codeOf(rows: unknown, window = WINDOW): string | undefined {
  try {
    parseKlineRows(rows, window);
    return undefined;
  } catch (error) {
    return isAppError(error) && error.kind === 'transient' ? error.code : 'other';
  }
}

describe('parseKlineRows', () => {
  it('takes price and base volume by position', () => {
    const columns = parseKlineRows([row(T0)], WINDOW);
    expect([
      columns.openTime[0],
      columns.open[0],
      columns.high[0],
      columns.low[0],
      columns.close[0],
      columns.volume[0],
    ]).toEqual([T0, 77.4, 78.8, 77.2, 78, 478.3328]);
  });

  it('keeps the closed candles of the window only', () => {
    const rows = [T0 - MINUTE, T0, T0 + MINUTE, T0 + 2 * MINUTE, T0 + 3 * MINUTE].map((time) => row(time));
    const columns = parseKlineRows(rows, { ...WINDOW, endTime: T0 + 2 * MINUTE, closedBy: T0 + 2 * MINUTE });
    expect([...columns.openTime]).toEqual([T0, T0 + MINUTE]);
  });

  it('counts a candle as closed in the millisecond in which the next one opens', () => {
    expect(parseKlineRows([row(T0)], { ...WINDOW, closedBy: T0 + MINUTE }).length).toBe(1);
    expect(parseKlineRows([row(T0)], { ...WINDOW, closedBy: T0 + MINUTE - 1 }).length).toBe(0);
  });

  it('takes a candle without trades', () => {
    const flat = row(T0, { 1: '5', 2: '5', 3: '5', 4: '5', 5: '0' });
    expect(parseKlineRows([flat], WINDOW).volume[0]).toBe(0);
  });

  it.each([
    ['no list', { code: 0 }],
    ['a text', 'oops'],
    ['null', null],
    ['a row that is no list', [{}]],
    ['a short row', [[T0, '1', '1']]],
    ['an open time in text', [row(T0, { 0: String(T0) })]],
    ['an open time between candles', [row(T0 + 1)]],
    ['rows out of order', [row(T0 + MINUTE), row(T0)]],
    ['a row twice', [row(T0), row(T0)]],
    ['an empty price', [row(T0, { 1: '' })]],
    ['a negative price', [row(T0, { 3: '-1' })]],
    ['a zero price', [row(T0, { 3: '0' })]],
    ['Infinity', [row(T0, { 2: 'Infinity' })]],
    ['an overflow', [row(T0, { 2: '9'.repeat(400) })]],
    ['hexadecimal', [row(T0, { 2: '0x80' })]],
    ['a null price', [row(T0, { 4: null })]],
    ['low above open', [row(T0, { 3: '77.5' })]],
    ['high below close', [row(T0, { 2: '77.9' })]],
    ['a negative volume', [row(T0, { 5: '-0.1' })]],
  ])('refuses %s', (_, rows) => {
    expect(codeOf(rows)).toBe('EXCHANGE.BAD_RESPONSE');
  });

  it('answers any JSON with columns or with a bad response, never otherwise', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect([undefined, 'EXCHANGE.BAD_RESPONSE']).toContain(codeOf(value));
      }),
    );
  });
});
