import { makeVector, Table, tableToIPC, vectorFromArray } from 'apache-arrow';
import { columnsOf, type CandleColumns, toCandles } from '@slt/domain';
import { decodeArrow, encodeArrow } from './arrow-codec';

const rows = (length: number, seed: number): CandleColumns =>
  columnsOf(
    Array.from({ length }, (_, i) => ({
      openTime: 1_700_000_000_000 + (seed * 1_000 + i) * 60_000,
      open: seed + i / 3,
      high: seed + i + 1,
      low: seed - i,
      close: seed + i / 7,
      volume: i * seed,
    })),
  );

const decoded = (stream: Uint8Array): unknown => {
  const columns = decodeArrow(stream);
  return typeof columns === 'string' ? columns : toCandles(columns);
};

describe('the Arrow form of candles', () => {
  it('gives back what was put in, for streams of one length and of many', () => {
    for (const length of [0, 1, 2, 3, 500, 3, 500, 1_000])
      for (const seed of [1, 2, 3]) {
        const columns = rows(length, seed);
        expect(decoded(encodeArrow(columns))).toEqual(toCandles(columns));
      }
  });

  it('reads a stream that lies anywhere in its memory', () => {
    const columns = rows(100, 5);
    const stream = encodeArrow(columns);
    for (const shift of [0, 1, 8, 13]) {
      const room = new Uint8Array(stream.length + 16);
      room.set(stream, shift);
      expect(decoded(room.subarray(shift, shift + stream.length))).toEqual(toCandles(columns));
    }
  });

  it('is not misled by a stream of the same length that holds something else', () => {
    const columns = rows(64, 3);
    const tableOf = (names: readonly string[]): Uint8Array =>
      tableToIPC(
        new Table(
          Object.fromEntries(
            names.map((name, i) => [
              name,
              i === 0
                ? makeVector(BigInt64Array.from(columns.openTime, BigInt))
                : makeVector(columns.open.slice()),
            ]),
          ),
        ),
        'stream',
      );
    const names = ['timestamp', 'open', 'high', 'low', 'close', 'volume'];
    const right = tableOf(names);
    const swapped = tableOf(['timestamp', 'high', 'open', 'low', 'close', 'volume']);
    expect(swapped.length).toBe(right.length);
    expect(decodeArrow(right)).toMatchObject({ length: 64 });
    expect(decodeArrow(right)).toMatchObject({ length: 64 });
    expect(decodeArrow(swapped)).toMatch(/the columns are timestamp Int64, high Float64/);
  });

  it('refuses empty values', () => {
    const columns = rows(3, 1);
    const float = (): ReturnType<typeof makeVector> => makeVector(columns.open.slice());
    const table = new Table({
      timestamp: makeVector(BigInt64Array.from(columns.openTime, BigInt)),
      open: vectorFromArray([1.5, null, 2.5]),
      high: float(),
      low: float(),
      close: float(),
      volume: float(),
    });
    expect(decodeArrow(tableToIPC(table, 'stream'))).toBe('column open has empty values');
  });
});
