/** An order's way to the exchange and back: the bare SDK, the broker over it, and the desk that journals before it sends. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startEmulator } from './support/process.mjs';
import { median } from './support/statistics.mjs';

const MEASURE = path.join(path.dirname(fileURLToPath(import.meta.url)), 'support/order-measure.mjs');
const LATENCIES_MS = [0, 20];
/** Of each way; the exchange takes 300 in ten seconds, and the broker leaves some of them to exits. */
const ORDERS = 70;

export async function orderRoundTrip() {
  const rows = [];
  for (const latencyMs of LATENCIES_MS) rows.push(...rowsOf(latencyMs, await measure(latencyMs)));
  return rows;
}

async function measure(latencyMs) {
  const emulator = await startEmulator({ EMULATOR_LATENCY_MS: String(latencyMs), EMULATOR_SYMBOLS: '20' });
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [MEASURE, emulator.url, String(ORDERS)]);
    return JSON.parse(stdout);
  } finally {
    await emulator.stop();
  }
}

function rowsOf(latencyMs, { bare, broker, desk, journal }) {
  const base = median(bare);
  const row = (name, times, more) => ({
    what: `order round trip at ${latencyMs} ms latency, ${name}`,
    figure: `${(median(times) / base).toFixed(2)} × the bare SDK`,
    bar: '–',
    met: '–',
    detail: `medians of ${times.length} market orders in turns: ${median(times).toFixed(2)} ms, the bare SDK ${base.toFixed(2)} ms${more}`,
  });
  const written = `; ${median(journal).toFixed(2)} ms of it the journal's transaction`;
  return [row('broker', broker, ''), row('journal, broker, acknowledgement', desk, written)];
}
