/** 600 symbols need more weight than a minute has: the warm-up waits, and is never refused. */
import { klineAccount, startEmulator, startTrader, temporaryFolder } from './support/process.mjs';

const SYMBOLS = 600;

export async function weightOf600() {
  const emulator = await startEmulator({ EMULATOR_SYMBOLS: String(SYMBOLS), EMULATOR_LATENCY_MS: '50' });
  const data = temporaryFolder();
  try {
    const trader = await startTrader({
      EMULATOR_URL: emulator.url,
      DATA_DIR: data.folder,
      WARMUP_MIN_READY: '1',
    });
    const { afterListeningMs } = await trader.ready();
    const account = klineAccount(await emulator.stats());
    await trader.stop();
    return [
      {
        what: `cold start, ${SYMBOLS} × 1000 candles`,
        figure: `peak ${account.peakWeight} a minute`,
        bar: '≤ 2400, none refused',
        met: account.peakWeight <= 2400 && account.refused === 0 && account.weight <= SYMBOLS * 5,
        detail: `weight ${account.weight}, ${account.refused} refused, all ready after ${(afterListeningMs / 1000).toFixed(1)} s; limited by the weight of a minute`,
      },
    ];
  } finally {
    await emulator.stop();
    data.remove();
  }
}
