/**
 * The trader is killed at random moments of a warm-up, again and again on the same folder, sometimes with its database.
 * In the end it is whole and verified, and nothing of the dead ones is in the way.
 */
import { Emulator } from '@slt/emulator';
import { Chance, pause } from '../support/chance';
import { eventually } from '../support/eventually';
import type { Program } from '../support/program';
import { KLINES, TraderUnderChaos } from '../support/trader-under-chaos';

jest.setTimeout(180_000);

const SYMBOLS = 40;
const FIRST_LIMIT = 100;
/** Each start wants more candles than the one before, so that there is always something to fetch. */
const LIMIT_STEP = 40;
/** How often the database dies with the trader. */
const DATABASE_SHARE = 0.3;

const chance = Chance.fromEnvironment();

interface Moment {
  readonly name: string;
  readonly times: number;
  /** Resolves when the moment has begun. */
  readonly begun: (scene: Scene) => Promise<unknown>;
  /** How much longer it is let live, at most; wall milliseconds. */
  readonly upToMs: number;
  /** There is no database to adopt. */
  readonly anew?: true;
}

interface Scene {
  readonly trader: TraderUnderChaos;
  readonly program: Program;
  readonly emulator: Emulator;
  /** By this machine's clock. */
  readonly startedAt: number;
}

const asked = ({ emulator }: Scene, path: string): number => emulator.stats().requests.byPath[path] ?? 0;

const MOMENTS: readonly Moment[] = [
  { name: 'start of the process', times: 1, begun: () => Promise.resolve(), upToMs: 1_200 },
  {
    name: 'start of the database',
    times: 1,
    begun: ({ trader }) => eventually(() => trader.databasePids().length > 0, 30_000, 2),
    upToMs: 300,
    anew: true,
  },
  {
    name: 'discovery',
    times: 1,
    begun: (scene) => eventually(() => asked(scene, '/fapi/v1/exchangeInfo') > 0, 30_000, 2),
    upToMs: 250,
  },
  {
    name: 'fetching',
    times: 2,
    begun: (scene) => {
      const count = chance.between(1, SYMBOLS);
      return eventually(() => asked(scene, KLINES) >= count, 30_000, 2);
    },
    upToMs: 60,
  },
  {
    name: 'writing',
    times: 2,
    begun: ({ trader, startedAt }) => eventually(() => trader.lastWrite > startedAt, 30_000, 2),
    upToMs: 150,
  },
  {
    name: 'streaming',
    times: 1,
    begun: ({ trader, program }) => trader.ready(program),
    upToMs: 1_500,
  },
  {
    name: 'stopping',
    times: 1,
    begun: async ({ trader, program }) => {
      await trader.ready(program);
      program.signal('SIGTERM');
    },
    upToMs: 250,
  },
];

it('is whole after nine kills at random moments of a warm-up', () =>
  chance.tell(async () => {
    const emulator = await Emulator.start({
      symbols: SYMBOLS,
      speed: 60,
      quiet: true,
      faults: [{ kind: 'latency', path: '/fapi', ms: 50, jitterMs: 50 }],
    });
    const trader = await TraderUnderChaos.on(emulator, {
      HISTORY_CONCURRENCY: '4',
      CACHE_MAX_AGE_MINUTES: '0',
      HISTORY_LIMIT: String(FIRST_LIMIT),
    });
    try {
      let limit = FIRST_LIMIT;
      const [first, ...others] = MOMENTS.flatMap((moment) => Array<Moment>(moment.times).fill(moment));
      for (const moment of [first!, ...chance.shuffle(others)]) {
        emulator.resetStats();
        if (moment.anew) trader.killDatabase();
        const startedAt = Date.now();
        const program = trader.start({ HISTORY_LIMIT: String((limit += LIMIT_STEP)) });
        await moment.begun({ trader, program, emulator, startedAt });
        await pause(chance.between(0, moment.upToMs));
        await program.end();
        if (chance.next() < DATABASE_SHARE) trader.killDatabase();
      }
      const last = trader.start({ HISTORY_LIMIT: String(limit) });
      await trader.ready(last);
      await eventually(async () => {
        const { counts } = (await trader.readiness(last)).details['queue']!;
        expect(Object.values(counts!).filter((count) => count > 0)).toEqual([]);
      });
      await eventually(async () => expect(await trader.flaws(last, limit)).toEqual([]));
      const symbols = await trader.symbols(last);
      expect(symbols).toHaveLength(SYMBOLS);
      expect((await trader.status(last)).failures).toEqual([]);
      expect(await last.end('SIGTERM')).toBe(0);
      expect(await trader.flawsOnDisk(symbols, limit)).toEqual([]);
      expect(await trader.integrity()).toMatchObject({ code: 0 });
      expect(trader.databasePids()).toEqual([]);
      expect(await trader.leftovers()).toEqual([]);
      expect(emulator.stats()).toMatchObject({ bans: 0, rateLimited: 0 });
    } finally {
      await trader.close();
      await emulator.close();
    }
  }));
