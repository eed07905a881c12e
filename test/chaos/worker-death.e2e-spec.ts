/** The trader leaves history to a worker process, which is killed in the middle: another one finishes the warm-up. */
import { Emulator } from '@slt/emulator';
import { eventually } from '../support/eventually';
import type { Program } from '../support/program';
import { RedisServer } from '../support/redis-server';
import { KLINES, TraderUnderChaos } from '../support/trader-under-chaos';

const SYMBOLS = 40;
const LIMIT = 200;
const CONCURRENCY = 4;

const asked = (emulator: Emulator): number => emulator.stats().requests.byPath[KLINES] ?? 0;

async function killInTheMiddle(
  environment: Readonly<Record<string, string>>,
  successor: (scene: { trader: TraderUnderChaos; worker: Program }) => Promise<unknown>,
): Promise<void> {
  const emulator = await Emulator.start({ symbols: SYMBOLS, latencyMs: 150, quiet: true });
  const trader = await TraderUnderChaos.on(emulator, {
    HISTORY_WORKER: 'false',
    HISTORY_CONCURRENCY: String(CONCURRENCY),
    HISTORY_LIMIT: String(LIMIT),
    ...environment,
  });
  try {
    const program = trader.start();
    const worker = trader.start({}, 'worker');
    await eventually(() => asked(emulator) >= SYMBOLS / 2, 30_000, 5);
    await worker.end();
    expect((await trader.readiness(program)).ready).toBe(false);
    await successor({ trader, worker });
    await trader.ready(program, 25_000);
    await eventually(async () => expect(await trader.flaws(program, LIMIT)).toEqual([]));
    const symbols = await trader.symbols(program);
    expect(symbols).toHaveLength(SYMBOLS);
    // Readiness tells what it found of the queue within the last second.
    await eventually(async () => {
      const { counts } = (await trader.readiness(program)).details['queue']!;
      expect(Object.values(counts!).filter((count) => count > 0)).toEqual([]);
    });
    // What the dead one had under way is asked for again, and nothing else: twice as many jobs as requests.
    expect(asked(emulator)).toBeLessThanOrEqual(SYMBOLS + 2 * CONCURRENCY);
    expect(await program.end('SIGTERM')).toBe(0);
    expect(await trader.flawsOnDisk(symbols, LIMIT)).toEqual([]);
  } finally {
    await trader.close();
    await emulator.close();
  }
}

describe('a history worker killed in the middle of a warm-up, on PostgreSQL', () => {
  it('is replaced by a second one', () =>
    killInTheMiddle({}, async ({ trader }) => trader.start({}, 'worker').said(/works on history jobs/)));
});

(RedisServer.isInstalled ? describe : describe.skip)(
  `a history worker killed in the middle of a warm-up, on Redis${RedisServer.note}`,
  () => {
    it('is replaced by a second one', async () => {
      const redis = await RedisServer.start();
      try {
        await killInTheMiddle({ REDIS_URL: redis.url }, async ({ trader }) =>
          trader.start({}, 'worker').said(/works on history jobs/),
        );
      } finally {
        await redis.stop();
      }
    });
  },
);
