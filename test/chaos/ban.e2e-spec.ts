/** A 418 in the middle of a 600-symbol warm-up: it delays it, and never repeats; nor does a restart walk into it. */
import { Emulator } from '@slt/emulator';
import { eventually } from '../support/eventually';
import { KLINES, TraderUnderChaos } from '../support/trader-under-chaos';

const SYMBOLS = 600;
/** Enough to be in the midst of it when the ban comes. */
const FEWER_SYMBOLS = 250;
const LIMIT = 600;
/** Two exchange minutes are six seconds of ours. */
const SPEED = 20;
const CONCURRENCY = 16;
/** Calls that do not stand in line with the history jobs: a probe of the clock, the proof of a minute, two live ranges. */
const OUT_OF_LINE = 4;
/** Half of the first minute's weight, in calls of weight 5. */
const BEFORE_THE_BAN = 200;
/** 90 % of 2400: the share of market data. */
const MARKET_CAP = 2160;

async function withBan(
  symbols: number,
  test: (scene: { emulator: Emulator; trader: TraderUnderChaos }) => Promise<void>,
): Promise<void> {
  const emulator = await Emulator.start({
    symbols,
    speed: SPEED,
    latencyMs: 20,
    klineUpdateMs: 5_000,
    quiet: true,
    faults: [{ kind: 'ban', path: KLINES, afterRequests: BEFORE_THE_BAN, times: 1 }],
  });
  const trader = await TraderUnderChaos.on(emulator, {
    HISTORY_LIMIT: String(LIMIT),
    HISTORY_CONCURRENCY: String(CONCURRENCY),
    // What streams meanwhile is not this test's matter.
    CACHE_MAX_AGE_MINUTES: '60',
  });
  try {
    await test({ emulator, trader });
  } finally {
    await trader.close();
    await emulator.close();
  }
}

const banned = (emulator: Emulator) => eventually(() => emulator.stats().bans === 1, 40_000, 2);

/** One ban; weight within the share of market data in every minute; nobody asked while banned but who was under way. */
function expectManners(emulator: Emulator): void {
  const { bans, rateLimited, requestsWhileBanned, weight } = emulator.stats();
  expect({ bans, rateLimited }).toEqual({ bans: 1, rateLimited: 0 });
  // Sent before the first 418 came back: at most what the concurrency allows besides the call that was told.
  expect(requestsWhileBanned).toBeLessThanOrEqual(CONCURRENCY - 1 + OUT_OF_LINE);
  expect(weight.peak).toBeLessThanOrEqual(MARKET_CAP);
}

it('delays a warm-up of 600 symbols and is not repeated', () =>
  withBan(SYMBOLS, async ({ emulator, trader }) => {
    const program = trader.start();
    await banned(emulator);
    // The answer that tells of it is still on its way.
    await eventually(async () => {
      const { ready, details } = await trader.readiness(program);
      expect({ ready, exchange: details['exchange']!.status }).toEqual({
        ready: false,
        exchange: 'degraded',
      });
    });
    await trader.ready(program, 60_000);
    await eventually(async () => {
      const { warmUp, failures } = await trader.status(program);
      expect(warmUp).toMatchObject({ total: SYMBOLS, failed: 0, percent: 100 });
      expect(failures).toEqual([]);
    });
    expectManners(emulator);
    const symbols = await trader.symbols(program);
    expect(symbols).toHaveLength(SYMBOLS);
    // Writing follows the warm-up; on a busy disk it takes longer than a stop may.
    await eventually(() => expect(trader.parquetFiles).toHaveLength(SYMBOLS), 40_000, 100);
    expect(await program.end('SIGTERM')).toBe(0);
    expect(await trader.flawsOnDisk(symbols, LIMIT)).toEqual([]);
  }));

it('is waited for by the next start when the trader is killed meanwhile', () =>
  withBan(FEWER_SYMBOLS, async ({ emulator, trader }) => {
    const first = trader.start();
    await banned(emulator);
    // The ban is written down within an instant of being told.
    await eventually(async () =>
      expect((await trader.readiness(first)).details['exchange']!.status).toBe('degraded'),
    );
    await first.end();
    const { requestsWhileBanned: underWay } = emulator.stats();
    const program = trader.start();
    await trader.ready(program, 60_000);
    expectManners(emulator);
    expect(emulator.stats().requestsWhileBanned).toBe(underWay);
    expect(await program.end('SIGTERM')).toBe(0);
  }));
