/** Resident memory of the trader with 600 warm symbols; emulator and database are processes of their own. */
import { json, residentMb, startEmulator, startTrader, temporaryFolder, until } from './support/process.mjs';

const SYMBOLS = 600;
/** A minute closes in it. */
const WATCH_MS = 70_000;
const VARIANTS = [
  { name: '', env: {} },
  { name: ', paper trading on', env: { TRADING_ENABLED: 'true' } },
];

export async function memory() {
  const rows = [];
  for (const { name, env } of VARIANTS) rows.push(row(name, await measure(env)));
  return rows;
}

async function measure(env) {
  // What is measured is memory: the weight of two minutes is granted in one.
  const emulator = await startEmulator({ EMULATOR_SYMBOLS: String(SYMBOLS), EMULATOR_WEIGHT_LIMIT: '10000' });
  const data = temporaryFolder();
  try {
    const trader = await startTrader({
      EMULATOR_URL: emulator.url,
      DATA_DIR: data.folder,
      RATE_LIMIT_REQUESTS: '10000',
      WARMUP_MIN_READY: '1',
      ...env,
    });
    await trader.ready();
    if (env.TRADING_ENABLED === 'true') await until(() => isTrading(trader), 30_000, 100);
    const figures = await watch(trader.pid);
    await trader.stop();
    return figures;
  } finally {
    await emulator.stop();
    data.remove();
  }
}

async function isTrading({ url }) {
  const { body } = await json(`${url}/v1/trading`);
  return body.state === 'on';
}

async function watch(pid) {
  let peak = 0;
  let last = 0;
  for (const end = performance.now() + WATCH_MS; performance.now() < end;) {
    last = residentMb(pid);
    peak = Math.max(peak, last);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return { peak, last };
}

function row(name, { peak, last }) {
  return {
    what: `memory, ${SYMBOLS} × 1000 candles warm and streaming${name}`,
    figure: `${last.toFixed(0)} MB RSS`,
    bar: '≤ 300 MB',
    met: last <= 300,
    detail: `peak ${peak.toFixed(0)} MB in the ${WATCH_MS / 1000} s after ready`,
  };
}
