/** Candles that the backtest and its peers are measured on. */
import { createRequire } from 'node:module';

const { allocateColumns, sliceColumns } = createRequire(import.meta.url)(
  '../../dist/libs/domain/src/index.js',
);

const MINUTE_MS = 60_000;
const T0 = Date.UTC(2025, 0, 1);
export const BATCH = 4_096;

/** A walk on a grid with leaps: about a signal in thirty candles, twice as many as real minutes have. */
export function* batches(seed, length) {
  let state = (seed * 2_654_435_761) >>> 0;
  const random = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  const cents = (price) => Math.round(price * 100) / 100;
  let close = 100 * seed;
  for (let start = 0; start < length; start += BATCH) {
    const columns = allocateColumns(Math.min(BATCH, length - start));
    for (let i = 0; i < columns.length; i++) {
      const open = close;
      const leap = random() < 0.2 ? 5 : 1;
      close = cents(Math.min(400 * seed, Math.max(25 * seed, open + (random() - 0.5) * leap * 0.001 * open)));
      columns.openTime[i] = T0 + (start + i) * MINUTE_MS;
      columns.open[i] = open;
      columns.close[i] = close;
      columns.high[i] = cents(Math.max(open, close) + random() * 0.0003 * open);
      columns.low[i] = cents(Math.min(open, close) - random() * 0.0003 * open);
      columns.volume[i] = 100 + Math.floor(random() * 900);
    }
    yield { columns: sliceColumns(columns, 0), placeOf: (index) => `row ${start + index + 1}` };
  }
}
