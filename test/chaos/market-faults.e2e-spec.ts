/**
 * Each fault of the emulator, during the warm-up and while streaming: in the end every series is the exchange's truth,
 * nothing missing, nothing double, nothing forming, and downstream saw each candle once and in order.
 */
import type { FaultRule } from '@slt/emulator';
import { eventually } from '../support/eventually';
import { MarketUnderTest, SharedDatabase } from '../cluster/support/market-under-test';

const KLINES = '/fapi/v1/klines';
const STREAMS = '/market';

interface Fault {
  readonly name: string;
  readonly rules: readonly FaultRule[];
  /** Wall-clock milliseconds that the faults last while streaming. */
  readonly lastMs?: number;
}

/** Exchange time: a minute lasts 200 ms of ours at this speed. */
const SPEED = 300;
const MINUTE = 60_000;

const FAULTS: readonly Fault[] = [
  { name: 'slow answers', rules: [{ kind: 'latency', ms: 100, jitterMs: 150 }] },
  { name: '429', rules: [{ kind: 'rate-limit', path: KLINES, times: 3, retryAfterMs: 2 * MINUTE }] },
  {
    name: '429 without a word on when to come back',
    rules: [{ kind: 'rate-limit', path: KLINES, times: 2, retryAfterHeader: false }],
  },
  { name: '418', rules: [{ kind: 'ban', path: KLINES, times: 1, durationMs: 4 * MINUTE }] },
  {
    name: 'server errors of every kind',
    rules: (
      [
        'unknown-503-no-code',
        'unavailable-503',
        '-1008',
        '-1001',
        '-1007-408',
        '-1000-500',
        'html-502',
      ] as const
    ).map((body) => ({ kind: 'server-error', body, path: KLINES, times: 1 })),
  },
  { name: 'HTML instead of JSON', rules: [{ kind: 'html', path: KLINES, probability: 0.5, times: 6 }] },
  { name: 'truncated JSON', rules: [{ kind: 'truncated-json', path: KLINES, probability: 0.5, times: 6 }] },
  {
    name: 'requests cut off',
    rules: [
      { kind: 'drop-socket', path: KLINES, times: 3 },
      { kind: 'drop-socket', path: KLINES, times: 3, when: 'during' },
    ],
  },
  { name: 'stream connections cut off', rules: [{ kind: 'drop-socket', path: STREAMS, times: 2 }] },
  {
    name: 'stream handshakes refused',
    rules: [
      { kind: 'drop-socket', path: STREAMS, when: 'before', times: 2 },
      { kind: 'drop-socket', path: STREAMS, times: 1 },
    ],
  },
  { name: 'a half-open stream', rules: [{ kind: 'half-open', path: STREAMS, times: 1 }], lastMs: 2_500 },
  { name: 'a silent connection', rules: [{ kind: 'silent-stream', times: 1 }], lastMs: 2_500 },
  { name: 'streams that vanish', rules: [{ kind: 'silent-stream', interval: '1m', probability: 0.5 }] },
  { name: 'closing frames that never come', rules: [{ kind: 'missing-close', probability: 0.4 }] },
  { name: 'no closing frame at all', rules: [{ kind: 'missing-close' }] },
  { name: 'late closing frames', rules: [{ kind: 'late-close', ms: 2.5 * MINUTE, probability: 0.4 }] },
  { name: 'doubled closing frames', rules: [{ kind: 'duplicate-close', copies: 3, ms: 40_000 }] },
  { name: 'closing frames out of order', rules: [{ kind: 'out-of-order-close', probability: 0.5 }] },
  { name: 'a clock that is fast', rules: [{ kind: 'clock-skew', ms: 5_000 }] },
  { name: 'a clock that is slow', rules: [{ kind: 'clock-skew', ms: -5_000 }] },
  {
    name: 'everything at once',
    rules: [
      { kind: 'latency', ms: 20, jitterMs: 50 },
      { kind: 'server-error', body: '-1001', path: KLINES, probability: 0.2 },
      { kind: 'truncated-json', path: KLINES, probability: 0.1 },
      { kind: 'missing-close', probability: 0.2 },
      { kind: 'late-close', ms: MINUTE, probability: 0.2 },
      { kind: 'duplicate-close', probability: 0.3 },
      { kind: 'out-of-order-close', probability: 0.2 },
      { kind: 'drop-socket', path: STREAMS, probability: 0.01 },
    ],
    lastMs: 2_500,
  },
];

let database: Promise<SharedDatabase> | undefined;
const shared = (): Promise<SharedDatabase> => (database ??= SharedDatabase.start());

afterAll(async () => {
  await (await database)?.stop();
});

/** Whole, and so it stays for some more candles. */
async function expectTruth(market: MarketUnderTest): Promise<void> {
  await market.ready();
  await market.streamed(3);
  await eventually(() => expect(market.flaws()).toEqual([]), 30_000, 100);
  expect(market.disorders()).toEqual([]);
}

/** A fault that never struck would prove nothing. */
async function untilAllStruck(market: MarketUnderTest, rules: readonly FaultRule[]): Promise<void> {
  await eventually(() => {
    const idle = market.emulator.faults.list().filter(({ hits, rule }) => hits === 0 && rules.includes(rule));
    if (idle.length > 0) throw new Error(`never struck: ${JSON.stringify(idle.map(({ rule }) => rule))}`);
  });
}

function isAboutRest(rules: readonly FaultRule[]): boolean {
  return rules.some(({ path, kind }) => path === KLINES || kind === 'latency');
}

async function withMarket(
  emulator: Parameters<typeof MarketUnderTest.start>[1] & object,
  test: (market: MarketUnderTest) => Promise<void>,
): Promise<void> {
  const market = await MarketUnderTest.start(await shared(), emulator);
  try {
    await test(market);
  } finally {
    await market.close();
  }
}

describe('during the warm-up', () => {
  it.concurrent.each(FAULTS)('$name', ({ rules }) =>
    withMarket({ emulator: { speed: SPEED, faults: rules } }, async (market) => {
      await market.cluster.start();
      await eventually(() => market.cluster.status().warmUp.percent >= 100);
      await untilAllStruck(market, rules);
      market.emulator.faults.clear(); // what they did remains
      await expectTruth(market);
    }),
  );
});

describe('while streaming', () => {
  it.concurrent.each(FAULTS)('$name', ({ rules, lastMs = 1_200 }) =>
    withMarket({ emulator: { speed: SPEED } }, async (market) => {
      await market.cluster.start();
      await market.ready();
      // REST is asked while streaming only because closing frames are missing.
      const lost: FaultRule[] = isAboutRest(rules) ? [{ kind: 'missing-close', probability: 0.5 }] : [];
      for (const rule of [...rules, ...lost]) market.emulator.faults.add(rule);
      const until = performance.now() + lastMs;
      await eventually(() => performance.now() > until, lastMs + 1_000);
      await untilAllStruck(market, rules);
      market.emulator.faults.clear(); // what they did remains
      await expectTruth(market);
    }),
  );
});
