/**
 * Candles that the backtest and its peers are measured on: the emulator's markets, where set-ups are about as frequent as
 * in recorded minutes (17 to 18 in a thousand).
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { allocateColumns } = require('../../dist/libs/domain/src/index.js');
const { createGeneratedMarket } = require('../../dist/libs/emulator/src/index.js');

const MINUTE_MS = 60_000;
const T0 = Date.UTC(2026, 0, 1);
const COUNT = 20;
const BATCH = 4_096;

const market = createGeneratedMarket({ seed: 1, symbols: COUNT, epoch: T0, churn: false });
/** The largest first: Bitcoin, with which features compare the others. Behind them stand contracts that are not traded here. */
export const SYMBOLS = market
  .listed(T0)
  .slice(0, COUNT)
  .map(({ symbol }) => symbol);

export function* batches(symbol, length) {
  for (let start = 0; start < length; start += BATCH) {
    const columns = allocateColumns(Math.min(BATCH, length - start));
    const from = T0 + start * MINUTE_MS;
    const to = from + (columns.length - 1) * MINUTE_MS;
    const range = { from, to, limit: columns.length, fromEnd: false };
    const rows = market.klines(symbol, '1m', range, to + MINUTE_MS);
    if (rows.length !== columns.length) throw new Error(`${symbol} has ${rows.length} candles from ${from}`);
    rows.forEach((row, i) => {
      for (const field of Object.keys(columns))
        if (field !== 'length') columns[field][i] = Number(row[field]);
    });
    yield { columns, placeOf: (index) => `row ${start + index + 1}` };
  }
}
