/** A restart with a fresh cache, and one after ten minutes: time to ready, and weight. */
import { createRequire } from 'node:module';
import { klineAccount, startTrader, temporaryFolder } from './support/process.mjs';
import { median } from './support/statistics.mjs';

const { Emulator } = createRequire(import.meta.url)('../dist/libs/emulator/src/index.js');

const SYMBOLS = 300;
const MINUTE_MS = 60_000;

export async function restart({ rounds }) {
  const data = temporaryFolder();
  const fresh = [];
  const later = [];
  try {
    let exchangeMs = Date.now();
    await at(exchangeMs, data, async (env) => warm(env));
    for (let round = 0; round < rounds; round++) {
      // Half a minute in, so that no candle closes between stop and start.
      exchangeMs = Math.floor(exchangeMs / MINUTE_MS) * MINUTE_MS + 30_000;
      await at(exchangeMs, data, warm);
      fresh.push(await at(exchangeMs + 1_000, data, measure));
      exchangeMs += 10 * MINUTE_MS;
      later.push(await at(exchangeMs, data, measure));
    }
    return [freshRow(fresh), laterRow(later)];
  } finally {
    data.remove();
  }
}

/** The same exchange at another instant: a new emulator whose clock begins there. */
async function at(exchangeMs, data, work) {
  const emulator = await Emulator.start({ symbols: SYMBOLS, startTime: exchangeMs });
  try {
    return await work({ EMULATOR_URL: emulator.url, DATA_DIR: data.folder }, emulator);
  } finally {
    await emulator.close();
  }
}

async function warm(env) {
  const trader = await startTrader(env);
  await trader.ready();
  await trader.stop();
}

async function measure(env, emulator) {
  const trader = await startTrader(env);
  const { afterListeningMs } = await trader.ready();
  const { weight } = klineAccount(emulator.stats());
  await trader.stop();
  return { ms: afterListeningMs, startMs: trader.startMs, weight };
}

function freshRow(runs) {
  const ms = median(runs.map((run) => run.ms));
  const weight = Math.max(...runs.map((run) => run.weight));
  return {
    what: `restart with a fresh cache, ${SYMBOLS} symbols, to ready`,
    figure: `${ms.toFixed(0)} ms, weight ${weight}`,
    bar: '≤ 500 ms, weight 0',
    met: ms <= 500 && weight === 0,
    detail: `after listening; process start ${median(runs.map((run) => run.startMs)).toFixed(0)} ms; limited by reading the files`,
  };
}

function laterRow(runs) {
  const weight = Math.max(...runs.map((run) => run.weight));
  return {
    what: 'restart after 10 minutes',
    figure: `weight ${weight}`,
    bar: `≤ ${SYMBOLS}: 1 a symbol`,
    met: weight <= SYMBOLS,
    detail: `${median(runs.map((run) => run.ms)).toFixed(0)} ms after listening`,
  };
}
