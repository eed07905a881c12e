/**
 * Writes one series over and over until it is killed. argv: folder, symbol, mode (`write` a whole series of one
 * generation, or `merge` candles of a private range), first open time, count.
 */
import { SystemClock } from '@slt/domain';
import { CandleStore } from '../candle-store';
import { walk } from './candles';

const [, , folder = '', symbol = '', mode = '', first = '0', count = '0'] = process.argv;

async function main(): Promise<void> {
  const store = new CandleStore({ folder, source: 'test', keep: 100_000, clock: new SystemClock() });
  for (let i = 0; mode === 'write' || i < Number(count); i++) {
    if (mode === 'write')
      await store.write(symbol, '1m', walk(Number(first), 200 + (i % 7), { seed: i % 5 }));
    else await store.merge(symbol, '1m', walk(Number(first) + i * 60_000, 1));
    process.stdout.write('.');
  }
}

void main();
