/** 300 symbols × 1000 candles with a round trip of 50 ms: the trader, the bare floor and ccxt, in turns. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { floor, tradableSymbols } from './support/floor.mjs';
import { cpuMs, klineAccount, startEmulator, startTrader, temporaryFolder } from './support/process.mjs';
import { median } from './support/statistics.mjs';

const SYMBOLS = 300;
const LIMIT = 1000;
const CONCURRENCY = 16;
const PEERS = path.join(path.dirname(fileURLToPath(import.meta.url)), 'peers');
const EMULATOR = { EMULATOR_SYMBOLS: String(SYMBOLS), EMULATOR_LATENCY_MS: '50' };

export async function coldStart({ rounds }) {
  const runs = { trader: [], floor: [], ccxt: [] };
  for (let round = 0; round < rounds; round++) {
    runs.floor.push(await withEmulator(measureFloor));
    runs.trader.push(await withEmulator(measureTrader));
    runs.ccxt.push(await withEmulator(measureCcxt));
  }
  const floorMs = median(runs.floor.map((run) => run.ms));
  const traderMs = median(runs.trader.map((run) => run.ms));
  const weights = [...new Set(runs.trader.map((run) => run.weight))];
  const ratio = traderMs / floorMs;
  const rows = [
    {
      what: `cold start, ${SYMBOLS} × ${LIMIT} candles, to ready`,
      figure: `${ratio.toFixed(2)} × floor`,
      bar: '≤ 1.5 × floor',
      met: ratio <= 1.5,
      detail: `${traderMs.toFixed(0)} ms after listening, floor ${floorMs.toFixed(0)} ms, process start ${median(runs.trader.map((run) => run.startMs)).toFixed(0)} ms; ${limit(runs.trader)}`,
    },
    {
      what: 'weight spent on that',
      figure: weights.join(', '),
      bar: `planner's minimum, ≤ ${SYMBOLS * 5}`,
      met: weights.every((weight) => weight <= SYMBOLS * 5) && runs.trader.every((run) => run.refused === 0),
      detail: `by the emulator's account: ${runs.trader[0].requests} requests, ${Math.max(...runs.trader.map((run) => run.refused))} refused`,
    },
  ];
  const peers = runs.ccxt.filter((run) => run !== undefined);
  if (peers.length > 0) {
    const ccxtMs = median(peers.map((run) => run.ms));
    rows.push({
      what: 'ccxt at the same job (no cache, no streams)',
      figure: `${(ccxtMs / floorMs).toFixed(2)} × floor`,
      bar: '',
      met: '',
      detail: `${ccxtMs.toFixed(0)} ms after loadMarkets, its own rate limiter`,
    });
  } else {
    rows.push({
      what: 'ccxt at the same job',
      figure: 'not installed',
      bar: '',
      met: '',
      detail: 'npm --prefix bench/peers ci',
    });
  }
  return rows;
}

/** What the time goes into: waiting for the exchange, or this process's one thread. */
function limit(runs) {
  const busy = median(runs.map((run) => run.busy));
  return `${Math.round(busy * 100)} % of a core busy: limited by ${busy > 0.6 ? 'our CPU' : 'the round trips'}`;
}

async function withEmulator(measure) {
  const emulator = await startEmulator(EMULATOR);
  try {
    return await measure(emulator);
  } finally {
    await emulator.stop();
  }
}

async function measureFloor({ url }) {
  const symbols = await tradableSymbols(url, SYMBOLS);
  return { ms: await floor({ url, symbols, limit: LIMIT, concurrency: CONCURRENCY }) };
}

async function measureTrader(emulator) {
  const data = temporaryFolder();
  try {
    const trader = await startTrader({
      EMULATOR_URL: emulator.url,
      DATA_DIR: data.folder,
      HISTORY_CONCURRENCY: String(CONCURRENCY),
    });
    const cpuBefore = cpuMs(trader.pid);
    const { afterListeningMs } = await trader.ready();
    const busy = (cpuMs(trader.pid) - cpuBefore) / afterListeningMs;
    const stats = await emulator.stats();
    await trader.stop();
    return { ms: afterListeningMs, startMs: trader.startMs, busy, ...klineAccount(stats) };
  } finally {
    data.remove();
  }
}

async function measureCcxt({ url }) {
  if (!existsSync(path.join(PEERS, 'node_modules/ccxt'))) return undefined;
  const symbols = await tradableSymbols(url, SYMBOLS);
  const { stdout } = await promisify(execFile)(process.execPath, [path.join(PEERS, 'ccxt.mjs')], {
    env: {
      PATH: process.env.PATH,
      BASE_URL: url,
      SYMBOLS: symbols.join(','),
      LIMIT: String(LIMIT),
      CONCURRENCY: String(CONCURRENCY),
    },
  });
  return JSON.parse(stdout.trim().split('\n').at(-1));
}
