/** Resident memory of the trader with 600 warm symbols; emulator and database are processes of their own. */
import { residentMb, startEmulator, startTrader, temporaryFolder } from './support/process.mjs';

const SYMBOLS = 600;
const WATCH_MS = 20_000;

export async function memory() {
  // What is measured is memory: the weight of two minutes is granted in one.
  const emulator = await startEmulator({ EMULATOR_SYMBOLS: String(SYMBOLS), EMULATOR_WEIGHT_LIMIT: '10000' });
  const data = temporaryFolder();
  try {
    const trader = await startTrader({
      EMULATOR_URL: emulator.url,
      DATA_DIR: data.folder,
      RATE_LIMIT_REQUESTS: '10000',
      WARMUP_MIN_READY: '1',
    });
    await trader.ready();
    let peak = 0;
    let last = 0;
    for (const end = performance.now() + WATCH_MS; performance.now() < end;) {
      last = residentMb(trader.pid);
      peak = Math.max(peak, last);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    await trader.stop();
    return [
      {
        what: `memory, ${SYMBOLS} × 1000 candles warm and streaming`,
        figure: `${last.toFixed(0)} MB RSS`,
        bar: '≤ 300 MB',
        met: last <= 300,
        detail: `peak ${peak.toFixed(0)} MB in the ${WATCH_MS / 1000} s after ready`,
      },
    ];
  } finally {
    await emulator.stop();
    data.remove();
  }
}
