/** The account's stream over the wire: keys that die, sockets that break, frames that spoil, against the emulator. */
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { Logger } from '@nestjs/common';
import { DEFAULT_API_KEY, DEFAULT_API_SECRET, Emulator, type EmulatorOptions } from '@slt/emulator';
import { eventually } from '../../../test/support/eventually';
import type { UserEvent, UserEventOf } from './core/user-event';
import { createParts, type Parts } from './testing/parts';
import type { UserStreamOptions } from './user-stream';

Logger.overrideLogger(false);

const SYMBOL = 'BTCUSDT';
const KEYS = { BINANCE_API_KEY: DEFAULT_API_KEY, BINANCE_API_SECRET: DEFAULT_API_SECRET };
const QUICK: UserStreamOptions = {
  stream: {
    pingEveryMs: 200,
    pongTimeoutMs: 200,
    overlapMs: 200,
    backoff: { baseMs: 20, maxMs: 200 },
    handshakeTimeoutMs: 500,
  },
  listenKey: { renewEveryMs: 150, backoff: { baseMs: 20, maxMs: 100 } },
};

let count = 0;

describe('UserStream against the emulator', () => {
  let emulator: Emulator;
  let parts: Parts;
  let events: UserEvent[];
  let links: boolean[];

  async function start(options: EmulatorOptions = {}, more: UserStreamOptions = {}): Promise<Parts> {
    emulator = await Emulator.start({ symbols: 5, quiet: true, ...options });
    const userStream = {
      stream: { ...QUICK.stream, ...more.stream },
      listenKey: { ...QUICK.listenKey, ...more.listenKey },
    };
    parts = createParts(emulator, { config: KEYS, userStream });
    events = [];
    links = [];
    parts.userStream.events.subscribe((event) => events.push(event));
    parts.userStream.links.subscribe((isUp) => links.push(isUp));
    await parts.clock.sync();
    return parts;
  }

  async function buy(): Promise<string> {
    const clientOrderId = `u-${Date.now().toString(36)}-${count++}`;
    const order = {
      kind: 'market',
      symbol: SYMBOL,
      side: 'buy',
      quantity: '0.01',
      reduceOnly: false,
    } as const;
    await parts.account.newOrder({ ...order, clientOrderId });
    return clientOrderId;
  }

  const ordersOf = (clientOrderId: string): UserEventOf<'order'>[] =>
    events.flatMap((event) =>
      event.kind === 'order' && event.order.clientOrderId === clientOrderId ? [event] : [],
    );

  const isFilled = (clientOrderId: string): boolean =>
    ordersOf(clientOrderId).at(-1)?.order.status === 'filled';

  /** Events flow again: an order placed now is told of. */
  async function expectFlow(): Promise<void> {
    await eventually(async () => {
      const id = await buy();
      await eventually(() => isFilled(id), 500);
    });
  }

  afterEach(async () => {
    await parts.close();
    await emulator.close();
  });

  it('tells of orders, of positions and of settings', async () => {
    await start();
    await parts.userStream.open();
    expect(links).toEqual([true]);
    const id = await buy();
    await eventually(() => isFilled(id));
    const trades = ordersOf(id).flatMap(({ trade }) => (trade === undefined ? [] : [trade]));
    const { trades: truth } = emulator.ledger(DEFAULT_API_KEY);
    expect(trades.map(({ tradeId, price, fee }) => [tradeId, price, fee])).toEqual(
      truth.map(({ tradeId, price, commission }) => [String(tradeId), price, commission]),
    );
    await parts.account.setLeverage(SYMBOL, 7);
    await eventually(() => events.some((event) => event.kind === 'leverage' && event.leverage === 7));
    expect(events.some((event) => event.kind === 'account' && event.positions[0]?.symbol === SYMBOL)).toBe(
      true,
    );
    expect(parts.userStream.status()).toMatchObject({ isUp: true, malformed: 0, unknown: 0, reconnects: 0 });
  });

  it.each(['silent', 'closed', 'told'] as const)(
    'goes on with a new key when its own is dead: %s',
    async (how) => {
      await start();
      await parts.userStream.open();
      expect(emulator.killListenKeys(how)).toBe(1);
      await eventually(() => links.join() === 'true,false,true');
      await expectFlow();
    },
  );

  it('finds a new key also when renewals fail for a while', async () => {
    await start();
    await parts.userStream.open();
    const path = '/fapi/v1/listenKey';
    emulator.faults.add({ kind: 'server-error', body: 'html-502', path, times: 3 });
    emulator.killListenKeys();
    await eventually(() => links.join() === 'true,false,true');
    await expectFlow();
  });

  it('keeps its key alive for longer than keys live', async () => {
    await start({ listenKeyLifetimeMs: 1_000 });
    await parts.userStream.open();
    const begin = performance.now();
    await eventually(() => performance.now() - begin > 2_500);
    await expectFlow();
    expect(links).toEqual([true]);
  });

  it('comes back after its connection was cut, and says so', async () => {
    await start();
    await parts.userStream.open();
    for (let cuts = 1; cuts <= 3; cuts++) {
      expect(emulator.dropConnections()).toBe(1);
      await eventually(() => links.length === 1 + 2 * cuts);
    }
    expect(links).toEqual([true, false, true, false, true, false, true]);
    await expectFlow();
  });

  it('finds a connection that is half open, though nothing is ever said on it', async () => {
    await start();
    await parts.userStream.open();
    emulator.faults.add({ kind: 'half-open', target: 'stream', path: '/private', times: 1 });
    await buy();
    await eventually(() => links.join() === 'true,false,true');
    await expectFlow();
  });

  it('takes a new connection before the exchange ends the old one, without a word lost', async () => {
    // At this latency no machine is so fast that orders run into their limit.
    await start({ latencyMs: 20 }, { stream: { lifetimeMs: 400 } });
    await parts.userStream.open();
    const ids: string[] = [];
    while (emulator.stats().connections.total <= 3) ids.push(await buy());
    await eventually(() => ids.every(isFilled));
    expect(links).toEqual([true]);
  });

  it('opens when the exchange lets it in at last', async () => {
    await start();
    emulator.faults.add({
      kind: 'drop-socket',
      when: 'before',
      target: 'stream',
      path: '/private',
      times: 3,
    });
    await parts.userStream.open();
    await expectFlow();
  });

  it('tells the caller when the exchange gives no key', async () => {
    await start();
    const msg = 'Invalid API-key, IP, or permissions for action.';
    emulator.faults.add({ kind: 'reject', code: -2015, msg, status: 401, path: '/fapi/v1/listenKey' });
    await expect(parts.userStream.open()).rejects.toMatchObject({
      kind: 'rejected',
      code: 'EXCHANGE.UNAUTHORIZED',
    });
    emulator.faults.clear();
    await parts.userStream.open();
    await expectFlow();
  });

  it('passes on what comes twice, late and in any order', async () => {
    await start();
    await parts.userStream.open();
    emulator.faults.add({ kind: 'duplicate-update', event: 'ORDER_TRADE_UPDATE' });
    const id = await buy();
    await eventually(() => ordersOf(id).filter(({ order }) => order.status === 'filled').length === 2);
  });

  it('ends its key when it is closed, and may be opened again', async () => {
    await start();
    await parts.userStream.open();
    await parts.userStream.close();
    expect(emulator.killListenKeys()).toBe(0);
    const { events: told } = parts.userStream.status();
    await buy();
    await parts.userStream.open();
    expect(parts.userStream.status().events).toBe(told);
    await expectFlow();
    await expect(parts.userStream.open()).rejects.toMatchObject({ code: 'EXCHANGE.STREAM_OPEN' });
  });

  it('can be closed while it opens', async () => {
    await start();
    emulator.faults.add({ kind: 'drop-socket', when: 'before', target: 'stream', path: '/private' });
    const opening = parts.userStream.open();
    const outcome = opening.then(
      () => 'opened',
      (error: { code?: string }) => error.code,
    );
    await eventually(() => emulator.stats().requests.byPath['/fapi/v1/listenKey'] !== undefined);
    await parts.userStream.close();
    expect(await outcome).toBe('EXCHANGE.STREAM_CLOSED');
  });
});

describe('UserStream and frames that nobody can read', () => {
  it('counts them, and goes on', async () => {
    const server = new WebSocketServer({ port: 0 });
    const urls: (string | undefined)[] = [];
    server.on('connection', (socket, request) => {
      urls.push(request.url);
      socket.send('{"e":"ORDER_TRADE_UPDATE","o":{');
      socket.send(Buffer.from([0, 255, 3]), { binary: false });
      socket.send('{"stream":"k","data":{"e":"ORDER_TRADE_UPDATE","E":1,"T":1,"o":{"s":"BTCUSDT"}}}');
      socket.send('{"stream":"k","data":{"e":"NEWS_OF_A_LATER_DAY","E":1}}');
      socket.send(
        '{"stream":"k","data":{"e":"ACCOUNT_CONFIG_UPDATE","E":1,"T":1,"ac":{"s":"BTCUSDT","l":3}}}',
      );
    });
    const emulator = await Emulator.start({ symbols: 2, quiet: true });
    const { port } = server.address() as AddressInfo;
    const parts = createParts({ url: emulator.url, wsUrl: `ws://127.0.0.1:${port}` }, { config: KEYS });
    const events: UserEvent[] = [];
    parts.userStream.events.subscribe((event) => events.push(event));
    await parts.clock.sync();
    await parts.userStream.open();
    await eventually(() => events.length === 2);
    expect(events).toEqual([
      { kind: 'unknown', event: 'NEWS_OF_A_LATER_DAY' },
      { kind: 'leverage', symbol: 'BTCUSDT', leverage: 3 },
    ]);
    expect(parts.userStream.status()).toMatchObject({ isUp: true, events: 2, malformed: 3, unknown: 1 });
    expect(urls).toEqual([expect.stringMatching(/^\/private\/stream\?listenKey=\w{64}$/)]);
    await parts.close();
    await new Promise((resolve) => server.close(resolve));
    await emulator.close();
  });
});
