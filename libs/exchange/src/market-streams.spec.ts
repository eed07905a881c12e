/** The streams over the wire: against the emulator, at a speed at which a minute takes a second. */
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { AddressInfo } from 'node:net';
import { DAY_MS } from '@slt/domain';
import { Logger } from '@nestjs/common';
import { Emulator, type EmulatorOptions } from '@slt/emulator';
import { eventually } from '../../../test/support/eventually';
import type { KlineFrame } from './core/stream-frame';
import type { StreamKey } from './core/stream-key';
import type { Interruption } from './market-streams-status';
import type { MarketStreamsOptions } from './stream-options';
import { createParts, type Parts } from './testing/parts';

Logger.overrideLogger(false);

const QUICK: Partial<MarketStreamsOptions> = {
  messageGapMs: 150,
  pingEveryMs: 200,
  pongTimeoutMs: 200,
  silenceMs: 700,
  overlapMs: 200,
  backoff: { baseMs: 20, maxMs: 200 },
};

interface Watched extends Parts {
  readonly candles: KlineFrame[];
  readonly interruptions: Interruption[];
}

function watch(parts: Parts): Watched {
  const candles: KlineFrame[] = [];
  const interruptions: Interruption[] = [];
  parts.streams.closedCandles.subscribe((frame) => candles.push(frame));
  parts.streams.interruptions.subscribe((interruption) => interruptions.push(interruption));
  return { ...parts, candles, interruptions };
}

describe('MarketStreams against the emulator', () => {
  let emulator: Emulator;
  let opened: Parts[];

  async function start(
    options: EmulatorOptions & { streams?: Partial<MarketStreamsOptions> } = {},
  ): Promise<Watched & { keys: StreamKey[] }> {
    const { streams, ...rest } = options;
    emulator = await Emulator.start({ symbols: 12, speed: 60, quiet: true, klineUpdateMs: 50, ...rest });
    const parts = createParts(emulator, { streams: { ...QUICK, ...streams } });
    opened.push(parts);
    await parts.clock.sync();
    const { instruments } = await parts.universe.load();
    const keys = [...instruments.keys()].map((symbol) => ({ symbol, interval: '1m' as const }));
    return { ...watch(parts), keys };
  }

  beforeEach(() => {
    opened = [];
  });

  afterEach(async () => {
    for (const parts of opened) await parts.close();
    await emulator.close();
  });

  it('delivers every closed candle of every symbol, as the exchange has it', async () => {
    const { streams, keys, candles } = await start();
    await streams.open(keys);
    expect(streams.status()).toMatchObject({ connections: 1, subscriptions: 12, silentSymbols: 0 });
    await eventually(() => new Set(candles.map(({ symbol }) => symbol)).size === 12);
    for (const frame of candles) {
      const at = frame.openTime;
      const range = { from: at, to: at, limit: 1, fromEnd: false };
      const [row] = emulator.market.klines(frame.symbol, '1m', range, emulator.now());
      expect([frame.close, frame.high, frame.volume]).toEqual(
        [row!.close, row!.high, row!.volume].map(Number),
      );
      expect(frame.isClosed).toBe(true);
    }
    expect(streams.status().lagMs).toBeLessThan(30_000);
  });

  it('spreads over connections, and grows and shrinks', async () => {
    const { streams, keys } = await start({ streams: { maxStreamsPerConnection: 5 } });
    await streams.open(keys.slice(0, 9));
    expect(streams.status()).toMatchObject({ connections: 2, subscriptions: 9 }); // 9 and the notices: 5 + 5
    await streams.add(keys);
    expect(streams.status()).toMatchObject({ connections: 3, subscriptions: 12 });
    expect(emulator.stats().streams.subscribed).toBe(13);
    await streams.open(keys);
    expect(streams.status().subscriptions).toBe(12);
    await streams.remove(keys.slice(0, 9));
    await eventually(() => emulator.stats().streams.subscribed === 4);
    expect(streams.status().subscriptions).toBe(3);
  });

  it('keeps the pace that the exchange allows', async () => {
    const { streams, keys } = await start({ streams: { streamsPerMessage: 2, pingEveryMs: 5_000 } });
    const begin = performance.now();
    await streams.open(keys);
    expect(performance.now() - begin).toBeGreaterThan(6 * 150 - 20); // 13 streams: 7 messages, 6 gaps; timers are whole ms
    expect(streams.status().reconnects).toBe(0);
  });

  it('comes back after its connections were dropped, then tells what may be missing', async () => {
    const { streams, keys, interruptions, candles } = await start();
    await streams.open(keys);
    emulator.dropConnections();
    await eventually(() => interruptions.length === 1);
    expect(interruptions[0]!.subscriptions).toHaveLength(12);
    expect(streams.status()).toMatchObject({ connections: 1, reconnects: 1 });
    candles.length = 0;
    await eventually(() => candles.length > 0);
  });

  it('finds a half-open connection', async () => {
    const { streams, keys, interruptions } = await start();
    await streams.open(keys);
    emulator.faults.add({ kind: 'half-open', target: 'stream', times: 1 });
    await eventually(() => interruptions.length > 0);
  });

  it('replaces a connection that is open but silent', async () => {
    const { streams, keys, interruptions } = await start();
    await streams.open(keys);
    emulator.faults.add({ kind: 'silent-stream', times: 1, id: 'silence' });
    await eventually(() => interruptions.length > 0);
    expect(interruptions[0]!.reason).toContain('silent');
  });

  it('notices a single silent stream, subscribes it again and tells', async () => {
    const { streams, keys, interruptions, candles } = await start({ streams: { silentIntervals: 1.5 } });
    await streams.open(keys);
    emulator.faults.add({ kind: 'silent-stream', symbol: 'ETHUSDT', id: 'one' });
    const isTold = (): boolean =>
      interruptions.some(({ subscriptions }) => subscriptions.some(({ symbol }) => symbol === 'ETHUSDT'));
    await eventually(() => streams.status().silentSymbols > 0 && isTold());
    // A market that sleeps may be among them; the busy ones are not.
    expect(interruptions[0]!.subscriptions.length).toBeLessThan(6);
    expect(streams.status().reconnects).toBe(0);
    candles.length = 0;
    emulator.faults.clear();
    await eventually(() => candles.some(({ symbol }) => symbol === 'ETHUSDT'));
  });

  it('sees that a wrong path is acknowledged and silent', async () => {
    const { streams, keys, candles } = await start({
      streams: { path: '/public/stream', silentIntervals: 1 },
    });
    await streams.open(keys);
    await eventually(() => streams.status().reconnects > 0 && streams.status().silentSymbols === 12);
    expect(candles).toHaveLength(0);
  });

  it('rotates without an interruption and without losing a candle', async () => {
    const { streams, keys, candles, interruptions } = await start({
      streams: { lifetimeMs: 700, silentIntervals: 100 },
    });
    await streams.open(keys);
    await eventually(
      () =>
        emulator.stats().connections.total >= 5 && new Set(candles.map(({ openTime }) => openTime)).size >= 7,
    );
    const times = [...new Set(candles.map(({ openTime }) => openTime))].sort((a, b) => a - b);
    expect(interruptions).toEqual([]);
    expect(streams.status().reconnects).toBe(0);
    // All but the first and the last two minutes, which may be under way.
    const whole = times.slice(1, -2);
    expect(whole.length).toBeGreaterThan(0);
    for (const time of whole) {
      // A minute without trades may have no closing frame.
      const trading = keys
        .map(({ symbol }) => symbol)
        .filter((symbol) => !emulator.market.tradesEmpty(symbol, time));
      const got = new Set(candles.filter(({ openTime }) => openTime === time).map(({ symbol }) => symbol));
      expect(trading.filter((symbol) => !got.has(symbol))).toEqual([]);
      expect(trading.length).toBeGreaterThan(6);
    }
    await eventually(() => emulator.stats().connections.open <= 2);
  });

  it('survives an exchange that ends connections sooner than it said', async () => {
    const { streams, keys, interruptions } = await start({ connectionLifetimeMs: 500 });
    await streams.open(keys);
    await eventually(() => interruptions.length >= 2);
    expect(streams.status().connections).toBe(1);
  });

  it('waits with growing patience for an exchange that is away, and opens when it is back', async () => {
    const { streams, keys, interruptions } = await start();
    emulator.faults.add({ kind: 'drop-socket', target: 'stream', when: 'before', id: 'away' });
    const opening = streams.open(keys);
    await eventually(() => streams.status().reconnects >= 3);
    emulator.faults.clear();
    await opening;
    expect(streams.status().connections).toBe(1);
    expect(interruptions).toEqual([]);
  });

  it('gives up a handshake and an acknowledgement that never come', async () => {
    const { streams, keys } = await start({ streams: { handshakeTimeoutMs: 150, ackTimeoutMs: 150 } });
    emulator.faults.add({ kind: 'half-open', target: 'stream', when: 'before', times: 1 });
    await streams.open(keys);
    expect(streams.status()).toMatchObject({ connections: 1, reconnects: 1 });
  });

  it('closes in the middle of opening and leaves nothing behind', async () => {
    const { streams, keys } = await start();
    emulator.faults.add({ kind: 'half-open', target: 'stream', when: 'before' });
    const opening = streams.open(keys);
    opening.catch(() => undefined);
    await streams.close();
    await expect(opening).rejects.toMatchObject({ code: 'EXCHANGE.STREAM_CLOSED' });
    emulator.faults.clear();
    await streams.open(keys);
    expect(streams.status()).toMatchObject({ connections: 1, subscriptions: 12 });
    await streams.close();
    await eventually(() => emulator.stats().connections.open === 0);
  });

  it('drops what is no candle, and hands on what is doubled or late', async () => {
    const { streams, keys, candles } = await start();
    await streams.open(keys);
    emulator.faults.add({ kind: 'duplicate-close', symbol: 'BTCUSDT' });
    await eventually(() => {
      const times = candles.filter(({ symbol }) => symbol === 'BTCUSDT').map(({ openTime }) => openTime);
      return new Set(times).size < times.length;
    });
  });
});

describe('MarketStreams against an odd exchange', () => {
  let server: WebSocketServer;
  let parts: Watched;
  let answer: (socket: WebSocket, request: { method: string; params: string[]; id: number }) => void;
  const key: StreamKey = { symbol: 'BTCUSDT', interval: '1m' };

  beforeEach(async () => {
    server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await new Promise((resolve) => server.once('listening', resolve));
    server.on('connection', (socket) => {
      socket.on('message', (message: RawData) => {
        answer(
          socket,
          JSON.parse((message as Buffer).toString('utf8')) as {
            method: string;
            params: string[];
            id: number;
          },
        );
      });
    });
    const authority = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    parts = watch(
      createParts(
        { url: `http://${authority}`, wsUrl: `ws://${authority}` },
        { streams: { ...QUICK, messageGapMs: 0, silenceMs: DAY_MS } },
      ),
    );
  });

  afterEach(async () => {
    await parts.close();
    for (const socket of server.clients) socket.terminate();
    await new Promise((resolve) => server.close(resolve));
  });

  it('finds the one name that the exchange refuses and streams the others', async () => {
    answer = (socket, { params, id }) =>
      socket.send(
        JSON.stringify(
          params.includes('badusdt@kline_1m')
            ? { error: { code: 2, msg: 'Invalid' }, id }
            : { result: null, id },
        ),
      );
    const others = ['A', 'B', 'BAD', 'C', 'D'].map((base) => ({
      symbol: `${base}USDT`,
      interval: '1m' as const,
    }));
    await parts.streams.open(others);
    expect(parts.streams.status()).toMatchObject({ subscriptions: 5, silentSymbols: 1, reconnects: 0 });
  });

  it('takes frames of any spelling and counts what is broken', async () => {
    const start = 1_789_117_320_000;
    const k = `"t":${start},"T":${start + 59_999},"s":"BTCUSDT","i":"1m","o":"1","h":"2","l":"1","c":"2","v":"3"`;
    answer = (socket, { id }) => {
      socket.send(JSON.stringify({ result: null, id }));
      for (const text of [
        `{"stream":"btcusdt@kline_1m","data":{"e":"kline","E":${start + 60_000},"s":"BTCUSDT","k":{${k}, "x" : true}}}`,
        `{"e":"kline","E":${start + 60_000},"s":"BTCUSDT","k":{${k},"x":true}}`,
        `{"stream":"btcusdt@kline_1m","data":{"e":"kline","E":1,"s":"BTCUSDT","k":{${k},"x":false}}}`,
        `{"stream":"ethusdt@kline_1m","data":{"e":"kline","E":1,"s":"ETHUSDT","k":{${k},"x":true}}}`,
        `{"stream":"btcusdt@kline_1m","data":{"e":"kline","E":1,"s":"BTCUSDT","k":{${k},"x":true`,
        'nonsense',
      ]) {
        socket.send(text);
      }
    };
    await parts.streams.open([key]);
    await eventually(() => parts.streams.status().malformed === 2);
    expect(parts.candles.map(({ symbol, close }) => [symbol, close])).toEqual([
      ['BTCUSDT', 2],
      ['BTCUSDT', 2],
    ]);
  });
});
