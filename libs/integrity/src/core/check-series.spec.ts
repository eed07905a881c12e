import fc from 'fast-check';
import { allocateColumns, type CandleColumns, columnsOf, MINUTE_MS, toCandles } from '@slt/domain';
import { candles, START } from '../../test/series-fixture';
import { checkName } from './check-name';
import { checkSeries } from './check-series';
import { checkAgainstNow, withoutKnown } from './check-times';
import { hasErrors } from './finding';

const codes = (columns: CandleColumns, context = {}) =>
  checkSeries(columns, { interval: '1m', ...context }).map((finding) => finding.code);

function withRow(
  length: number,
  row: number,
  change: Partial<Record<keyof CandleColumns, number>>,
): CandleColumns {
  const columns = candles(length);
  for (const [name, value] of Object.entries(change))
    (columns as never as Record<string, Float64Array>)[name]![row] = value;
  return columns;
}

function without(columns: CandleColumns, gone: (row: number) => boolean): CandleColumns {
  return columnsOf(toCandles(columns).filter((_, row) => !gone(row)));
}

describe('checkSeries', () => {
  it('has nothing to say about a whole series', () => {
    expect(checkSeries(candles(1000), { interval: '1m', expectedRows: 1000, wantedRows: 1000 })).toEqual([]);
  });

  it('takes an empty series as an error, a short one as a warning', () => {
    expect(codes(allocateColumns(0))).toEqual(['NO_ROWS']);
    expect(codes(candles(999), { wantedRows: 1000 })).toEqual(['SHORT']);
    expect(codes(candles(999), { expectedRows: 1000 })).toEqual(['ROW_COUNT']);
  });

  it('counts holes, the candles in them, and names the longest', () => {
    const columns = without(candles(100), (row) => row === 10 || (row >= 40 && row < 45) || row === 70);
    const [finding] = checkSeries(columns, { interval: '1m' });
    expect(finding).toMatchObject({
      severity: 'error',
      code: 'HOLES',
      detail: {
        count: 3,
        candles: 7, // 1 + 5 + 1
        longest: { from: START + 40 * MINUTE_MS, to: START + 44 * MINUTE_MS, count: 5 },
      },
    });
    expect(finding!.message).toBe(
      '3 holes, 7 candles missing, the longest 2025-04-01T00:40Z to 2025-04-01T00:44Z',
    );
  });

  it('excuses what the exchange does not have, and no candle more', () => {
    const columns = without(candles(100), (row) => row >= 40 && row < 45);
    const hole = (from: number, to: number) => ({
      from: START + from * MINUTE_MS,
      to: START + to * MINUTE_MS,
      count: to - from + 1,
    });
    expect(codes(columns, { knownHoles: [hole(40, 44)] })).toEqual(['KNOWN_HOLES']);
    expect(codes(columns, { knownHoles: [hole(42, 44), hole(38, 41)] })).toEqual(['KNOWN_HOLES']);
    const findings = checkSeries(columns, { interval: '1m', knownHoles: [hole(41, 42)] });
    expect(findings.map((f) => [f.code, f.detail?.['candles']])).toEqual([
      ['HOLES', 3], // 40, 43, 44
      ['KNOWN_HOLES', 2], // 41, 42
    ]);
  });

  it.each([
    ['a timestamp off the grid', { openTime: START + 5 * MINUTE_MS + 1 }, 'MISALIGNED'],
    ['a timestamp of zero', { openTime: 0 }, 'MISALIGNED'],
    ['a timestamp in nanoseconds', { openTime: START * 1e6 }, 'MISALIGNED'],
    ['a candle twice', { openTime: START + 4 * MINUTE_MS }, 'DUPLICATES'],
    ['a step back', { openTime: START + 2 * MINUTE_MS }, 'ORDER'],
    ['a close above the high', { close: 1e6 }, 'OHLC'],
    ['an open below the low', { open: 1e-6 }, 'OHLC'],
    ['high and low the wrong way round', { high: 1, low: 2, open: 1.5, close: 1.5 }, 'OHLC'],
    ['NaN', { close: NaN }, 'NOT_FINITE'],
    ['infinity', { high: Infinity }, 'NOT_FINITE'],
    ['NaN in the volume', { volume: NaN }, 'NOT_FINITE'],
    ['a negative price', { low: -1 }, 'NEGATIVE'],
    ['a price of zero', { low: 0 }, 'NEGATIVE'],
    ['a negative volume', { volume: -1 }, 'NEGATIVE'],
  ])('finds %s', (_, change, code) => {
    const findings = checkSeries(withRow(100, 5, change), { interval: '1m' });
    expect(findings.map((finding) => finding.code)).toContain(code);
    expect(hasErrors(findings)).toBe(true);
  });

  it('takes finite prices whose sum is not finite for what they are', () => {
    const columns = withRow(100, 5, { open: 1.7e308, high: 1.7e308, low: 1.7e308, close: 1.7e308 });
    expect(codes(columns)).not.toContain('NOT_FINITE');
  });

  it('warns of a volume and of a price out of all proportion, and only warns', () => {
    const volume = checkSeries(withRow(500, 250, { volume: 5e7 }), { interval: '1m' });
    expect(volume.map((f) => [f.severity, f.code])).toEqual([['warning', 'VOLUME_OUTLIER']]);
    const price = checkSeries(withRow(500, 250, { high: 200 }), { interval: '1m' });
    expect(price.map((f) => [f.severity, f.code])).toEqual([['warning', 'PRICE_JUMP']]);
  });

  it('does not compare prices across a hole', () => {
    const columns = candles(200);
    for (let i = 100; i < 200; i++)
      for (const field of ['open', 'high', 'low', 'close'] as const) columns[field][i]! *= 3;
    expect(codes(columns)).toEqual(['PRICE_JUMP']);
    expect(codes(without(columns, (row) => row >= 90 && row < 100))).toEqual(['HOLES']);
  });

  it('finds any one candle taken out of the middle', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 60 }), fc.nat(), (length, pick) => {
        const gone = 1 + (pick % (length - 2));
        const [finding] = checkSeries(
          without(candles(length), (row) => row === gone),
          { interval: '1m' },
        );
        expect(finding).toMatchObject({ code: 'HOLES', detail: { count: 1, candles: 1 } });
      }),
    );
  });

  it('never throws, whatever the numbers', () => {
    const column = fc.array(fc.double(), { minLength: 40, maxLength: 40 });
    fc.assert(
      fc.property(fc.array(column, { minLength: 6, maxLength: 6 }), (values) => {
        const [openTime, open, high, low, close, volume] = values.map((v) =>
          Float64Array.from(v),
        ) as never as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
        const findings = checkSeries(
          { length: 40, openTime, open, high, low, close, volume },
          { interval: '5m' },
        );
        expect(hasErrors(findings)).toBe(true);
        expect(() => JSON.stringify(findings)).not.toThrow();
      }),
    );
  });
});

describe('withoutKnown', () => {
  it('removes exactly the known minutes', () => {
    const minutes = fc.uniqueArray(fc.integer({ min: 0, max: 30 }));
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10 }),
        fc.integer({ min: 0, max: 20 }),
        minutes,
        (from, size, known) => {
          const hole = { from, to: from + size, count: size + 1 };
          const rest = withoutKnown(
            hole,
            known.map((minute) => ({ from: minute, to: minute, count: 1 })),
            1,
          ).flatMap((part) => Array.from({ length: part.count }, (_, i) => part.from + i));
          const all = Array.from({ length: size + 1 }, (_, i) => from + i);
          expect(rest).toEqual(all.filter((minute) => !known.includes(minute)));
        },
      ),
    );
  });
});

describe('checkAgainstNow', () => {
  const base = { interval: '1m' as const, staleAfterMs: 10 * MINUTE_MS };
  const last = START + 60 * MINUTE_MS;

  it.each([
    ['just closed', { now: last + MINUTE_MS }, []],
    ['not closed yet', { now: last + MINUTE_MS - 1 }, ['FORMING']],
    ['not even opened', { now: last - 1 }, ['FUTURE']],
    ['closed long ago', { now: last + 12 * MINUTE_MS }, ['STALE']],
    [
      'written while it formed, looked at later',
      { now: last + 5 * MINUTE_MS, writtenAt: last + 59_999 },
      ['FORMING'],
    ],
    ['written by a faster clock', { now: last - 1e9, writtenAt: last + MINUTE_MS }, []],
    ['written before it opened', { now: last + 1e9, writtenAt: last - 1 }, ['FORMING']],
  ])('%s', (_, context, expected) => {
    expect(checkAgainstNow(last, { ...base, ...context }).map((finding) => finding.code)).toEqual(expected);
  });
});

describe('checkName', () => {
  it('tells five-minute candles under a one-minute name', () => {
    expect(checkName(candles(50, { interval: '5m' }), '1m')).toMatchObject([
      { code: 'NAME', message: 'the name says 1m, the candles are 5m apart' },
    ]);
    expect(checkName(candles(50), '5m')).toMatchObject([{ code: 'NAME' }]);
    expect(checkName(candles(50), '1m')).toEqual([]);
    expect(checkName(candles(1), '1m')).toEqual([]);
  });
});
