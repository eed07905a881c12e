/** The minute's close: all symbols' candles close at once. From the first frame in to the last one through the pass. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const MEASURE = path.join(path.dirname(fileURLToPath(import.meta.url)), 'support/minute-close-measure.mjs');
const BURSTS = 100;
/** The bar is for 300 symbols; 600 shows how it grows. */
const SIZES = [
  { symbols: 300, barMs: 50 },
  { symbols: 600, barMs: undefined },
];

export async function minuteClose() {
  const rows = [];
  for (const size of SIZES) rows.push(row(size, await measure(size.symbols)));
  return rows;
}

async function measure(symbols) {
  const words = [MEASURE, String(symbols), String(BURSTS)];
  const { stdout } = await promisify(execFile)(process.execPath, words);
  return JSON.parse(stdout);
}

function row({ symbols, barMs }, { bursts, candles, events, warmMs, p50, p99, max, firstMs }) {
  return {
    what: `minute close, ${symbols} symbols at once, first frame in to last one through`,
    figure: `p99 ${p99.toFixed(1)} ms`,
    bar: barMs === undefined ? '–' : `≤ ${barMs} ms`,
    met: barMs === undefined ? '–' : p99 <= barMs,
    detail: `p50 ${p50.toFixed(1)}, max ${max.toFixed(1)} ms of ${bursts} bursts; the very first ${firstMs.toFixed(1)} ms; ${candles} candles, ${events} SMC events; warm in ${warmMs.toFixed(0)} ms`,
  };
}
