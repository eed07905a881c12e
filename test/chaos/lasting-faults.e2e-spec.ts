/** Faults that leave a mark in the data, and surroundings that go away and come back. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { openTimeOf } from '@slt/domain';
import { Emulator } from '@slt/emulator';
import { eventually } from '../support/eventually';
import { MarketUnderTest, SharedDatabase } from '../cluster/support/market-under-test';

const SPEED = 300;
const MINUTE = 60_000;

let database: Promise<SharedDatabase> | undefined;
const shared = (): Promise<SharedDatabase> => (database ??= SharedDatabase.start());

afterAll(async () => {
  await (await database)?.stop();
});

async function withMarket(
  options: NonNullable<Parameters<typeof MarketUnderTest.start>[1]>,
  test: (market: MarketUnderTest) => Promise<void>,
): Promise<void> {
  const market = await MarketUnderTest.start(await shared(), options);
  try {
    await test(market);
  } finally {
    await market.close();
  }
}

async function expectTruth(market: MarketUnderTest, timeoutMs = 20_000): Promise<void> {
  await market.ready(timeoutMs);
  await market.streamed(3);
  await eventually(() => expect(market.flaws()).toEqual([]), timeoutMs, 100);
  expect(market.disorders()).toEqual([]);
}

/** The n-th newest closed candle of the exchange. */
const ago = (emulator: Emulator, n: number): number => openTimeOf(emulator.now(), '1m') - n * MINUTE;

describe('history with a hole', () => {
  it.concurrent('is taken as it is, and filled when the candles appear after all', async () => {
    const emulator = await Emulator.start({ symbols: 8, speed: SPEED, quiet: true });
    const symbol = emulator.market.listed(emulator.now())[0]!.symbol;
    const range = { from: ago(emulator, 40), to: ago(emulator, 37) };
    emulator.faults.add({ kind: 'history-hole', symbol, range });
    try {
      await withMarket({ exchange: emulator }, async (market) => {
        await market.cluster.start();
        await market.ready();
        expect(market.cluster.symbolState(symbol)!.intervals[0]!.knownHoles).toBe(1);
        const [, held, listed] = /: (\d+) of (\d+) candles/.exec(market.flaws()[0]!)!;
        expect(Number(listed) - Number(held)).toBe(4);
        emulator.faults.clear();
        await eventually(() => market.cluster.counters().holesFilledLater === 4);
        await expectTruth(market);
      });
    } finally {
      await emulator.close();
    }
  });

  it.concurrent('that opens while streaming holds nothing up for long, and closes again', () =>
    withMarket({ emulator: { symbols: 8, speed: SPEED } }, async (market) => {
      await market.cluster.start();
      await market.ready();
      const { emulator } = market;
      const [symbol] = market.symbols() as [string];
      const range = { from: ago(emulator, -2), to: ago(emulator, -4) };
      emulator.faults.add({ kind: 'history-hole', symbol, range });
      emulator.faults.add({ kind: 'missing-close', symbol, from: range.from, until: range.to + 2 * MINUTE });
      await eventually(() => market.cluster.counters().holesAccepted === 1);
      emulator.faults.clear();
      await eventually(() => market.cluster.counters().holesFilledLater > 0);
      await eventually(() => expect(market.flaws()).toEqual([]), 30_000, 100);
      // Downstream goes over the hole in one step, and is told to begin anew once it is filled.
      expect(market.disorders()).toHaveLength(1);
    }),
  );
});

describe('a changed candle', () => {
  it.concurrent('of the stream is corrected by REST', () =>
    withMarket({ emulator: { symbols: 8, speed: SPEED } }, async (market) => {
      await market.cluster.start();
      await market.ready();
      const { emulator } = market;
      const range = { from: ago(emulator, 1), to: ago(emulator, -3) };
      emulator.faults.add({ kind: 'changed-candle', where: 'stream', symbol: market.symbols(), range });
      await market.streamed(8);
      emulator.faults.clear();
      await expectTruth(market);
      expect(market.cluster.counters().corrections).toBeGreaterThan(0);
    }),
  );

  it.concurrent('of REST is corrected once REST tells the truth', async () => {
    const emulator = await Emulator.start({ symbols: 8, speed: SPEED, quiet: true });
    const range = { from: ago(emulator, 30), to: ago(emulator, 20) };
    emulator.faults.add({ kind: 'changed-candle', where: 'rest', range });
    try {
      await withMarket({ exchange: emulator }, async (market) => {
        await market.cluster.start();
        await market.ready();
        expect(market.flaws()).toHaveLength(8);
        emulator.faults.clear();
        await expectTruth(market);
        await market.cluster.stop();
        expect(await market.flawsOnDisk()).toEqual([]);
      });
    } finally {
      await emulator.close();
    }
  });
});

describe('surroundings that go away', () => {
  it.concurrent('the exchange: degraded, then whole', async () => {
    let emulator = await Emulator.start({ symbols: 8, speed: SPEED, quiet: true });
    const port = Number(new URL(emulator.url).port);
    try {
      await withMarket({ exchange: emulator }, async (market) => {
        await market.cluster.start();
        await market.ready();
        const { origin } = emulator;
        await emulator.close();
        await eventually(() => market.cluster.status().phase === 'degraded');
        expect(market.cluster.status().ready).toBe(false);
        emulator = await Emulator.start({ symbols: 8, speed: SPEED, quiet: true, port, origin });
        market.emulator = emulator;
        await expectTruth(market);
      });
    } finally {
      await emulator.close();
    }
  });

  it.concurrent('the database, in the warm-up and while streaming: whole', async () => {
    const proxy = await Proxy.start(new URL((await shared()).url));
    try {
      await withMarket(
        { emulator: { symbols: 8, speed: SPEED }, config: { DATABASE_URL: proxy.url } },
        async (market) => {
          await market.cluster.start();
          await proxy.cutFor(2_000);
          await market.ready(30_000);
          market.emulator.faults.add({ kind: 'missing-close', probability: 0.5 });
          await proxy.cutFor(2_000);
          market.emulator.faults.clear();
          await expectTruth(market, 30_000);
        },
      );
    } finally {
      await proxy.stop();
    }
  });

  it.concurrent('a ban in the middle of a warm-up delays it and is not repeated', async () => {
    await withMarket(
      {
        emulator: {
          symbols: 60,
          speed: 60,
          faults: [{ kind: 'ban', path: '/fapi/v1/klines', afterRequests: 25, times: 1 }],
        },
      },
      async (market) => {
        await market.cluster.start();
        await market.ready(20_000);
        expect(market.emulator.stats().bans).toBe(1);
        expect(market.cluster.status().warmUp).toMatchObject({ total: 60, failed: 0, percent: 100 });
        await eventually(() => expect(market.flaws()).toEqual([]), 30_000, 100);
      },
    );
  });
});

/** Stands between the service and its database, and can be cut. */
class Proxy {
  private readonly sockets = new Set<Socket>();
  private isCut = false;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static start(target: URL): Promise<Proxy> {
    const server = createServer();
    return new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const url = new URL(target);
        url.port = String((server.address() as AddressInfo).port);
        const proxy = new Proxy(server, url.href);
        server.on('connection', (near) => proxy.join(near, connect(Number(target.port), target.hostname)));
        resolve(proxy);
      });
    });
  }

  async cutFor(wallMs: number): Promise<void> {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, wallMs));
    this.isCut = false;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(near: Socket, far: Socket): void {
    const pair = [near, far];
    const end = (): void => {
      for (const socket of pair) {
        socket.destroy();
        this.sockets.delete(socket);
      }
    };
    for (const socket of pair) {
      this.sockets.add(socket);
      socket.on('error', end).on('close', end);
    }
    if (this.isCut) return end();
    near.pipe(far).pipe(near);
  }
}
