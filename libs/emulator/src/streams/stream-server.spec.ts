import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { DefaultLogger, WebsocketClient } from 'binance';
import { MINUTE_MS } from '@slt/domain';
import { eventually } from '../../../../test/support/eventually';
import { Emulator } from '../emulator';
import type { EmulatorOptions } from '../emulator-options';
import { send, RawStream } from '../testing/raw-client';

const MINUTE_START = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
/** A minute of exchange time lasts 100 ms. */
const FAST = 600;

const emulators: Emulator[] = [];
const streams: RawStream[] = [];
const start = async (options: EmulatorOptions = {}): Promise<Emulator> => {
  const emulator = await Emulator.start({ symbols: 12, startTime: MINUTE_START, ...options });
  emulators.push(emulator);
  return emulator;
};
const connect = async (
  emulator: Emulator,
  path: string,
  options?: { autoPong?: boolean },
): Promise<RawStream> => {
  const stream = new RawStream(emulator.wsUrl + path, options);
  streams.push(stream);
  return stream.opened();
};
const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

afterEach(async () => {
  for (const stream of streams.splice(0)) stream.close();
  await Promise.all(emulators.splice(0).map((emulator) => emulator.close()));
});

describe('control messages', () => {
  it('are answered to the letter', async () => {
    const emulator = await start();
    const stream = await connect(emulator, '/market/stream');
    stream.say({ method: 'SUBSCRIBE', params: ['btcusdt@kline_1m', 'ethusdt@markPrice@1s'], id: 1 });
    stream.say({ method: 'LIST_SUBSCRIPTIONS', id: 2 });
    stream.say({ method: 'GET_PROPERTY', params: ['combined'], id: 3 });
    stream.say({ method: 'NOT_A_METHOD', id: 4 });
    stream.say({ method: 'UNSUBSCRIBE', params: ['btcusdt@kline_1m'], id: 5 });
    stream.say({ method: 'LIST_SUBSCRIPTIONS', id: 6 });
    const answers = (): unknown[] => stream.messages.filter((m) => Object.hasOwn(m as object, 'id'));
    await eventually(() => answers().length === 6);
    expect(answers()).toEqual([
      { result: null, id: 1 },
      { result: ['btcusdt@kline_1m', 'ethusdt@markPrice@1s'], id: 2 },
      { result: true, id: 3 },
      {
        error: {
          code: 2,
          msg:
            'Invalid request: unknown variant `NOT_A_METHOD`, expected one of `SUBSCRIBE`, `UNSUBSCRIBE`, ' +
            '`LIST_SUBSCRIPTIONS`, `SET_PROPERTY`, `GET_PROPERTY`',
        },
        id: 4,
      },
      { result: null, id: 5 },
      { result: ['ethusdt@markPrice@1s'], id: 6 },
    ]);
  });

  it('switch the wrapper on a raw connection', async () => {
    const emulator = await start({ klineUpdateMs: 20 });
    const stream = await connect(emulator, '/market/ws/btcusdt@markPrice@1s');
    await eventually(() => (stream.messages[0] as { e?: string } | undefined)?.e === 'markPriceUpdate');
    stream.say({ method: 'SET_PROPERTY', params: ['combined', true], id: 1 });
    await eventually(() =>
      stream.messages.some((m) => (m as { stream?: string }).stream === 'btcusdt@markPrice@1s'),
    );
  });
});

describe('kline streams', () => {
  it('close every candle once, in order, with the numbers that REST has then', async () => {
    const emulator = await start({ speed: FAST });
    const stream = await connect(emulator, '/market/stream?streams=btcusdt@kline_1m/ethusdt@kline_1m');
    await eventually(() => stream.closes('BTCUSDT').length >= 8 && stream.closes('ETHUSDT').length >= 8);
    for (const symbol of ['BTCUSDT', 'ETHUSDT']) {
      const closes = stream.closes(symbol);
      const first = closes[0]!.t;
      expect(closes.map((candle) => candle.t)).toEqual(closes.map((_, i) => first + i * MINUTE_MS));
      const range = { from: first, to: closes.at(-1)!.t, limit: 1_000, fromEnd: false };
      const rows = emulator.market.klines(symbol, '1m', range, emulator.now());
      expect(closes.map(({ t, o, h, l, c, v, n, q }) => [t, o, h, l, c, v, n, q])).toEqual(
        rows.map((r) => [r.openTime, r.open, r.high, r.low, r.close, r.volume, r.trades, r.quoteVolume]),
      );
    }
    const ends = stream.frames('kline').filter((frame) => (frame.k as { x: boolean }).x);
    for (const frame of ends) {
      const lateBy = Number(frame.E) - Number((frame.k as { T: number }).T) - 1;
      expect(lateBy).toBeGreaterThanOrEqual(5);
    }
  });

  it('update the forming candle while it changes, before its closing frame', async () => {
    const emulator = await start({ speed: 60, klineUpdateMs: 50 });
    const stream = await connect(emulator, '/market/ws/btcusdt@kline_1m');
    await eventually(() => stream.closes().length >= 2);
    const frames = stream.frames('kline').map((frame) => frame.k as { t: number; x: boolean; n: number });
    expect(frames.filter((candle) => !candle.x).length).toBeGreaterThan(5);
    const seen = new Set<number>();
    let before = { t: 0, n: 0 };
    for (const candle of frames) {
      expect(seen.has(candle.t)).toBe(false); // nothing of a candle after its closing frame
      expect(candle.t > before.t || candle.n >= before.n).toBe(true);
      if (candle.x) seen.add(candle.t);
      before = candle;
    }
  });

  it('carry longer intervals and continuous contracts', async () => {
    const emulator = await start({ speed: 3000 }); // 5 minutes are 100 ms
    const stream = await connect(
      emulator,
      '/market/stream?streams=btcusdt@kline_5m/btcusdt_perpetual@continuousKline_5m',
    );
    await eventually(() => stream.closes().length >= 3 && stream.frames('continuous_kline').length >= 3);
    const [first, second] = stream.closes();
    expect(second!.t - first!.t).toBe(5 * MINUTE_MS);
    const [frame] = stream.frames('continuous_kline');
    expect(frame).toMatchObject({ ps: 'BTCUSDT', ct: 'PERPETUAL', k: { i: '5m' } });
    expect(frame!.k).not.toHaveProperty('s');
  });

  it('close quiet candles late or never, and never twice', async () => {
    const emulator = await start({ speed: 1200, symbols: 60 }); // a minute is 50 ms
    const symbols = emulator.market
      .listed(emulator.now())
      .filter((symbol) => symbol.statusAt(emulator.now()) === 'TRADING')
      .map((symbol) => symbol.symbol);
    const names = symbols.map((symbol) => `${symbol.toLowerCase()}@kline_1m`);
    const stream = await connect(emulator, '/market/stream');
    stream.say({ method: 'SUBSCRIBE', params: names, id: 1 });
    await eventually(() => stream.messages.length > 0);
    const from = Math.floor(emulator.now() / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
    await eventually(() => emulator.now() > from + 30 * MINUTE_MS);
    const to = from + 20 * MINUTE_MS;
    let quiet = 0;
    for (const symbol of symbols) {
      const closed = stream.closes(symbol).map((candle) => candle.t);
      expect(closed).toEqual([...new Set(closed)].sort((a, b) => a - b));
      for (let at = from; at < to; at += MINUTE_MS) {
        if (emulator.market.tradesEmpty(symbol, at)) quiet++;
        else expect(closed).toContain(at);
      }
    }
    const empty = stream.closes().filter((candle) => candle.n === 0);
    expect(quiet).toBeGreaterThan(0);
    for (const candle of empty) {
      expect(candle).toMatchObject({ f: -1, L: -1, v: expect.stringMatching(/^0(\.0+)?$/) });
    }
  });

  it('serve Chinese symbols', async () => {
    const emulator = await start({ speed: FAST });
    const symbol = emulator.market
      .listed(emulator.now())
      .find(({ symbol }) => /[^\x20-\x7e]/.test(symbol))!.symbol;
    const name = `${symbol.toLowerCase()}@kline_1m`;
    const stream = await connect(emulator, `/market/stream?streams=${encodeURIComponent(name)}`);
    await eventually(() => stream.frames('kline').some((frame) => frame.s === symbol));
  });
});

describe('routes', () => {
  it('acknowledge a stream on the wrong path, and stay silent', async () => {
    const emulator = await start({ speed: FAST, klineUpdateMs: 20 });
    const wrong = await connect(emulator, '/public/stream');
    wrong.say({ method: 'SUBSCRIBE', params: ['btcusdt@kline_1m'], id: 1 });
    const alsoWrong = await connect(emulator, '/market/stream?streams=btcusdt@bookTicker');
    const right = await connect(emulator, '/market/ws/btcusdt@kline_1m');
    const alsoRight = await connect(emulator, '/public/ws/btcusdt@bookTicker');
    await eventually(() => right.closes().length >= 3 && alsoRight.frames('bookTicker').length >= 1);
    expect(wrong.messages).toEqual([{ result: null, id: 1 }]);
    expect(alsoWrong.messages).toEqual([]);
  });

  it('know the retired paths no more', async () => {
    const emulator = await start();
    await expect(connect(emulator, '/ws/btcusdt@kline_1m')).rejects.toThrow('404');
    await expect(connect(emulator, '/stream?streams=btcusdt@kline_1m')).rejects.toThrow('404');
  });

  it('accept any private connection', async () => {
    const stream = await connect(await start(), '/private/ws/someListenKey');
    expect(await stream.answersPing(1_000)).toBe(true);
  });
});

describe('other streams', () => {
  it('carry prices and trades', async () => {
    const emulator = await start({ speed: 60, klineUpdateMs: 20 });
    const market = await connect(
      emulator,
      '/market/stream?streams=btcusdt@markPrice@1s/!markPrice@arr@1s/btcusdt@aggTrade',
    );
    const open = await connect(emulator, '/public/stream?streams=btcusdt@bookTicker/!bookTicker');
    await eventually(() => market.frames('aggTrade').length > 3 && open.frames('bookTicker').length > 3);
    await eventually(() => market.frames('markPriceUpdate').some((frame) => frame.st === 2));
    expect(market.frames('markPriceUpdate')[0]).toEqual(
      expect.objectContaining({ s: 'BTCUSDT', p: expect.any(String), r: expect.any(String), st: 1 }),
    );
    expect(market.frames('aggTrade')[0]).toMatchObject({ s: 'BTCUSDT', st: 1, m: expect.any(Boolean) });
    expect(open.frames('bookTicker')[0]).toMatchObject({ ps: expect.any(String), st: 1 });
  });

  it('tell of listings and delistings', async () => {
    const emulator = await start({ speed: 60, klineUpdateMs: 20 });
    const stream = await connect(emulator, '/market/ws/!contractInfo');
    const now = emulator.now();
    await send('POST', `${emulator.url}/emulator/symbols`, { symbol: 'FRESHUSDT', at: now + 2 * MINUTE_MS });
    await send('POST', `${emulator.url}/emulator/symbols/ETHUSDT/delist`, { at: now + 2 * MINUTE_MS });
    const said = (symbol: string): unknown[] =>
      stream
        .frames('contractInfo')
        .filter((f) => f.s === symbol)
        .map((f) => f.cs);
    await eventually(() => said('FRESHUSDT').length >= 2 && said('ETHUSDT').length >= 2);
    expect(said('FRESHUSDT').slice(0, 2)).toEqual(['PENDING_TRADING', 'TRADING']);
    expect(said('ETHUSDT').slice(0, 2)).toEqual(['TRADING', 'SETTLING']);
    expect(stream.frames('contractInfo').some((frame) => frame.st === 2)).toBe(true);
  });
});

describe('limits of a connection', () => {
  it('ends with 1008 when more than 10 messages come in a second', async () => {
    const stream = await connect(await start(), '/market/stream');
    for (let i = 0; i < 6; i++) stream.say({ method: 'LIST_SUBSCRIPTIONS', id: i });
    for (let i = 0; i < 6; i++) stream.ping();
    await eventually(() => stream.closed !== undefined);
    expect(stream.closed).toEqual({ code: 1008, reason: 'Too many requests' });
  });

  it('bears 10 messages a second', async () => {
    const stream = await connect(await start(), '/market/stream');
    for (let i = 0; i < 10; i++) stream.say({ method: 'LIST_SUBSCRIPTIONS', id: i });
    await eventually(() => stream.messages.length === 10);
    expect(stream.closed).toBeUndefined();
  });

  it('ends with 1008 on a binary message', async () => {
    const stream = await connect(await start(), '/market/stream');
    stream.say(Buffer.from('{"method":"LIST_SUBSCRIPTIONS","id":1}'));
    await eventually(() => stream.closed !== undefined);
    expect(stream.closed).toEqual({ code: 1008, reason: 'Invalid request' });
  });

  it('carries 1024 streams and not one more', async () => {
    const stream = await connect(await start(), '/market/stream');
    const names = Array.from({ length: 1024 }, (_, i) => `s${i}@kline_1m`);
    stream.say({ method: 'SUBSCRIBE', params: names, id: 1 });
    await eventually(() => stream.messages.length === 1);
    stream.say({ method: 'SUBSCRIBE', params: ['one@kline_1m'], id: 2 });
    await eventually(() => stream.closed?.code === 1008);
  });

  it('ends after its lifetime', async () => {
    const stream = await connect(await start({ connectionLifetimeMs: 100 }), '/market/stream');
    await eventually(() => stream.closed !== undefined);
    expect(stream.closed?.code).toBe(1001);
  });

  it('is pinged, and ended when no pong comes', async () => {
    const emulator = await start({ pingIntervalMs: 40, pongTimeoutMs: 120 });
    const lively = await connect(emulator, '/market/stream');
    const mute = await connect(emulator, '/market/stream', { autoPong: false });
    await eventually(() => mute.closed !== undefined && lively.pings.length > 2);
    // Pongs count as messages: 25 a second are too many; only the cause of the other's end matters here.
    expect(mute.closed).toEqual({ code: 1008, reason: 'Pong timeout' });
  });
});

describe('the SDK', () => {
  it('streams through its WebsocketClient, each topic on its path', async () => {
    const emulator = await start({ speed: FAST, klineUpdateMs: 20 });
    const logger = {
      ...DefaultLogger,
      trace: () => undefined,
      info: () => undefined,
      error: () => undefined,
    };
    const client = new WebsocketClient({ wsUrl: emulator.wsUrl, beautify: true }, logger);
    const kinds = new Set<unknown>();
    const ended: unknown[] = [];
    client.on('formattedMessage', (event) => {
      const { eventType, kline } = event as { eventType?: string; kline?: { final: boolean } };
      kinds.add(eventType);
      if (kline?.final === true) ended.push(event);
    });
    client.on('exception', () => undefined);
    await client.subscribe(['btcusdt@kline_1m', 'btcusdt@bookTicker', 'btcusdt@markPrice@1s'], 'usdm');
    await eventually(() => kinds.has('bookTicker') && kinds.has('markPriceUpdate') && ended.length >= 2);
    client.closeAll(true);
    await rest(50);
  });
});

it('computes nothing that nobody listens to', async () => {
  const emulator = await start({ speed: FAST });
  const stream = await connect(emulator, '/market/ws/btcusdt@kline_1m');
  await eventually(() => stream.closes().length > 0);
  stream.close();
  await eventually(() => emulator.stats().connections.open === 0);
  const { frames, subscribed } = emulator.stats().streams;
  expect(subscribed).toBe(0);
  await rest(250);
  expect(emulator.stats().streams.frames).toBe(frames);
});

it('closes the last candle of a recording, and stops there', async () => {
  const folder = await mkdtemp(`${tmpdir()}/recording-`);
  const first = Date.UTC(2025, 4, 1);
  const rows = Array.from({ length: 20 }, (_, i) => `${first + i * MINUTE_MS},10,12,9,11,${i + 1}`);
  await writeFile(
    `${folder}/BTCUSDT-1m-2025-05-01.csv`,
    `timestamp,open,high,low,close,volume\n${rows.join('\n')}\n`,
  );
  const emulator = await Emulator.start({ replay: folder, replayWarmup: 10, speed: FAST, weightLimit: 5 });
  emulators.push(emulator);
  const stream = await connect(emulator, '/market/ws/btcusdt@kline_1m');
  await eventually(() => stream.closes().at(-1)?.t === first + 19 * MINUTE_MS);
  expect(
    stream
      .closes()
      .map((candle) => Number(candle.v))
      .slice(-3),
  ).toEqual([18, 19, 20]);
  await eventually(() => emulator.now() === emulator.market.end());
  await rest(300);
  expect(stream.closes().at(-1)?.t).toBe(first + 19 * MINUTE_MS);
  for (let i = 0; i < 12; i++) {
    // 12 calls of weight 1, a minute (100 ms) apart: used weight is forgotten although the exchange's clock stands still
    expect((await send('GET', `${emulator.url}/fapi/v1/ping`)).status).toBe(200);
    await rest(101);
  }
  await rm(folder, { recursive: true });
});
