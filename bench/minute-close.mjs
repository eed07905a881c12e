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

const MOST = 600;
const DASHBOARDS_BAR_MS = 50;

/** One after the other for each size: what trading costs is told by the two of one run. */
export async function minuteClose() {
  const rows = [];
  for (const size of SIZES) {
    const bare = await measure(size.symbols);
    const trading = await measure(size.symbols, 'trading');
    rows.push(bareRow(size, bare), tradingRow(size, trading, bare));
    if (size.symbols === MOST) rows.push(dashboardsRow(size, await measure(MOST, 'dashboards'), trading));
  }
  return rows;
}

async function measure(symbols, ...variant) {
  const words = [MEASURE, String(symbols), String(BURSTS), ...variant];
  const { stdout } = await promisify(execFile)(process.execPath, words);
  return JSON.parse(stdout);
}

function bareRow(size, measured) {
  const { candles, events, warmMs, firstMs } = measured;
  return {
    what: `minute close, ${size.symbols} symbols at once, first frame in to last one through`,
    ...verdict(size, measured),
    detail: `${spread(measured)}; the very first ${firstMs.toFixed(1)} ms; ${candles} candles, ${events} SMC events; warm in ${warmMs.toFixed(0)} ms`,
  };
}

function tradingRow(size, measured, bare) {
  const { state, signals, traded, intents } = measured.trading;
  const times = measured.cpuP50 / bare.cpuP50;
  return {
    what: `minute close with paper trading ${state}, ${size.symbols} symbols at once, first frame in to last decision out`,
    ...verdict(size, measured),
    detail: `${spread(measured)}, ${times.toFixed(2)} × that without trading; ${signals} signals decided, ${traded} traded; intents journalled and sent after p50 ${intents.p50.toFixed(0)} ms (${intents.count} bursts had any)`,
  };
}

function dashboardsRow(size, measured, trading) {
  const { count, bytes } = measured.dashboards;
  const times = measured.cpuP50 / trading.cpuP50;
  return {
    what: `minute close with paper trading and ${count} dashboards open, ${size.symbols} symbols at once`,
    ...verdict({ barMs: DASHBOARDS_BAR_MS }, measured),
    detail: `${spread(measured)}, ${times.toFixed(2)} × that without dashboards; ${(bytes / count / measured.bursts / 1024).toFixed(0)} KB told to each a minute`,
  };
}

function verdict({ barMs }, { p99 }) {
  return {
    figure: `p99 ${p99.toFixed(1)} ms`,
    bar: barMs === undefined ? '–' : `≤ ${barMs} ms`,
    met: barMs === undefined ? '–' : p99 <= barMs,
  };
}

function spread({ bursts, p50, max, cpuP50 }) {
  return `p50 ${p50.toFixed(1)}, max ${max.toFixed(1)} ms of ${bursts} bursts; CPU time p50 ${cpuP50.toFixed(1)} ms`;
}
