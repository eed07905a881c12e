/** Series for tests: plausible candles from a seed, and their files as a stranger would write them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pl from 'nodejs-polars';
import { allocateColumns, type CandleColumns, type Interval, intervalMs, type UtcMs } from '@slt/domain';

export const START: UtcMs = Date.UTC(2025, 3, 1);

export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function candles(length: number, options: { seed?: number; interval?: Interval; from?: UtcMs } = {}) {
  const { seed = 1, interval = '1m', from = START } = options;
  const random = randomOf(seed);
  const columns = allocateColumns(length);
  let price = 100;
  for (let i = 0; i < length; i++) {
    const close = price * (1 + (random() - 0.5) / 500);
    columns.openTime[i] = from + i * intervalMs(interval);
    columns.open[i] = price;
    columns.close[i] = close;
    columns.high[i] = Math.max(price, close) * (1 + random() / 2000);
    columns.low[i] = Math.min(price, close) * (1 - random() / 2000);
    columns.volume[i] = Math.round(10 + random() * 990);
    price = close;
  }
  return columns;
}

export function frameOf(columns: CandleColumns): Record<string, unknown> {
  return {
    timestamp: pl.Series(
      'timestamp',
      BigInt64Array.from(columns.openTime, (time) => BigInt(time)),
      pl.Int64,
    ),
    ...Object.fromEntries(
      (['open', 'high', 'low', 'close', 'volume'] as const).map((name) => [
        name,
        pl.Series(name, columns[name], pl.Float64),
      ]),
    ),
  };
}

export type Compression = 'zstd' | 'snappy' | 'uncompressed' | 'gzip' | 'lz4';

export function writeParquet(
  file: string,
  frame: Record<string, unknown>,
  compression: Compression = 'zstd',
): void {
  pl.DataFrame(Object.values(frame) as never).writeParquet(file, { compression });
}

export function temporaryFolder(): { folder: string; remove(): void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'slt-integrity-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
