import type { HistoryFile } from '../../api/types';
import { compareFiles, matchesFile, problemOfFile } from './files';

const file = (symbol: string, change: Partial<HistoryFile> = {}): HistoryFile => ({
  symbol,
  interval: '1m',
  file: `${symbol}_1m.parquet`,
  rows: 1000,
  missing: 0,
  knownHoles: 0,
  ...change,
});

it('says what keeps a file from being whole', () => {
  expect(problemOfFile(file('A'))).toBeUndefined();
  expect(problemOfFile(file('A', { missing: 3 }))).toBe('3 candles are missing');
  expect(problemOfFile(file('A', { problem: 'the checksum does not match', missing: 3 }))).toBe(
    'the checksum does not match',
  );
});

it('finds by symbol and by name, in either case', () => {
  expect([matchesFile(file('BTCUSDT'), 'btc'), matchesFile(file('BTCUSDT'), '_1M'), matchesFile(file('X'), 'y')]).toEqual(
    [true, true, false],
  );
});

it('puts the oldest data first, and what is not known last both ways', () => {
  const files = [file('A'), file('B', { behindMs: 10 }), file('C', { behindMs: 90 })];
  const order = (isDescending: boolean) => [...files].sort(compareFiles('age', isDescending)).map(({ symbol }) => symbol);
  expect([order(true), order(false)]).toEqual([
    ['C', 'B', 'A'],
    ['B', 'C', 'A'],
  ]);
});
