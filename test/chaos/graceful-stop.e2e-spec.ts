/** SIGTERM at random moments: it ends with 0, and what it leaves is whole and used again. */
import { Emulator } from '@slt/emulator';
import { Chance, pause } from '../support/chance';
import { eventually } from '../support/eventually';
import { KLINES, TraderUnderChaos } from '../support/trader-under-chaos';

const SYMBOLS = 40;
const LIMIT = 300;
const STOPS = 4;

const chance = Chance.fromEnvironment();

it('stops with 0 at any moment, whole, and pays only for what is new', () =>
  chance.tell(async () => {
    const emulator = await Emulator.start({
      symbols: SYMBOLS,
      speed: 20,
      quiet: true,
      faults: [{ kind: 'latency', path: '/fapi', ms: 60, jitterMs: 60 }],
    });
    const trader = await TraderUnderChaos.on(emulator, { HISTORY_CONCURRENCY: '4' });
    try {
      for (let stop = 0; stop < STOPS; stop++) {
        emulator.resetStats();
        const program = trader.start({ HISTORY_LIMIT: String(Math.round((LIMIT * (stop + 1)) / STOPS)) });
        const startedAt = performance.now();
        // From before it listens to well after it streams.
        const moment = chance.between(stop < 2 ? 0 : 500, 4_500);
        await eventually(() => performance.now() - startedAt >= moment);
        const code = await program.end('SIGTERM');
        // Before the program has read its settings nobody listens to signals, as in any program.
        const isTooEarly = code === 'SIGTERM' && program.output === '';
        const said = code === 0 ? '' : program.output;
        expect({ moment, code: isTooEarly ? 0 : code, said }).toEqual({ moment, code: 0, said: '' });
        expect(trader.databasePids()).toEqual([]);
        expect(await trader.leftovers()).toEqual([]);
      }
      const last = trader.start({ HISTORY_LIMIT: String(LIMIT) });
      await trader.ready(last);
      await pause(500);
      expect(await last.end('SIGTERM')).toBe(0);
      expect(await trader.integrity()).toMatchObject({ code: 0 });
      const { requests, weight } = await restartAtTheSameMinute(trader, emulator);
      // One top-up each; minutes are three seconds long, and a candle that closes before it is subscribed costs one more.
      expect(requests).toBeLessThanOrEqual(1.25 * SYMBOLS);
      expect(weight).toBeLessThanOrEqual(requests); // fewer than 100 candles each: weight 1
    } finally {
      await trader.close();
      await emulator.close();
    }
  }));

/** @returns what the warm-up of another start has cost in klines */
async function restartAtTheSameMinute(
  trader: TraderUnderChaos,
  emulator: Emulator,
): Promise<{ requests: number; weight: number }> {
  emulator.resetStats();
  const program = trader.start({ HISTORY_LIMIT: String(LIMIT) });
  await trader.ready(program);
  const { requests, weight } = emulator.stats();
  await eventually(async () => expect(await trader.flaws(program, LIMIT)).toEqual([]));
  const symbols = await trader.symbols(program);
  expect(await program.end('SIGTERM')).toBe(0);
  expect(await trader.flawsOnDisk(symbols, LIMIT)).toEqual([]);
  return { requests: requests.byPath[KLINES] ?? 0, weight: weight.byPath[KLINES] ?? 0 };
}
