/** The client over the wire: against the emulator, and against servers that say what no emulator would. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pLimit from 'p-limit';
import { AppError, intervalMs, isAppError, lastClosedOpenTime, MINUTE_MS, openTimeOf } from '@slt/domain';
import { Emulator, type FaultRule } from '@slt/emulator';
import { eventually } from '../../../test/support/eventually';
import type { KlineRequest } from './binance-client';
import { createParts, type Parts, type PartsOptions } from './testing/parts';

async function failureOf(work: Promise<unknown>): Promise<AppError> {
  const result = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!isAppError(result)) throw new Error(`no AppError but ${String(result)}`);
  return result;
}

function newest(parts: Parts, count: number, symbol = 'BTCUSDT'): KlineRequest {
  const endTime = lastClosedOpenTime(parts.time.now(), '1m');
  return { symbol, interval: '1m', startTime: endTime - (count - 1) * MINUTE_MS, endTime, limit: count };
}

describe('BinanceClient against the emulator', () => {
  let emulator: Emulator;
  let parts: Parts;

  beforeEach(async () => {
    const startTime = openTimeOf(Date.now(), '1m') + 5_000;
    emulator = await Emulator.start({ symbols: 12, quiet: true, startTime });
    parts = createParts(emulator);
    await parts.clock.sync();
  });

  afterEach(async () => {
    await parts.close();
    await emulator.close();
  });

  it('fetches exactly the closed candles of the exchange', async () => {
    const request = newest(parts, 300);
    const columns = await parts.client.klines(request);
    const truth = emulator.market.klines(
      'BTCUSDT',
      '1m',
      { from: request.startTime, to: request.endTime, limit: 300, fromEnd: false },
      emulator.now(),
    );
    expect([...columns.openTime]).toEqual(truth.map((row) => row.openTime));
    expect([...columns.close]).toEqual(truth.map((row) => Number(row.close)));
    expect([...columns.volume]).toEqual(truth.map((row) => Number(row.volume)));
  });

  it('never hands out the forming candle', async () => {
    const request = newest(parts, 10);
    const columns = await parts.client.klines({
      ...request,
      endTime: request.endTime + 5 * MINUTE_MS,
      limit: 20,
    });
    expect(columns.openTime.at(-1)! + MINUTE_MS).toBeLessThanOrEqual(emulator.now());
  });

  it('does not take a forming candle for closed when the clock is ahead of the candles', async () => {
    emulator.faults.add({ kind: 'clock-skew', ms: 5 * MINUTE_MS });
    await parts.clock.sync();
    const outcome = await parts.client.klines(newest(parts, 5)).catch((error: unknown) => error);
    expect(isAppError(outcome, 'EXCHANGE.CANDLE_OPEN')).toBe(true);
    emulator.faults.clear();
    await parts.clock.sync();
    const columns = await parts.client.klines(newest(parts, 5));
    expect(columns.openTime.at(-1)).toBeLessThan(openTimeOf(emulator.now(), '1m'));
  });

  it('reads the universe, Chinese symbols included, and fetches them', async () => {
    const { instruments, weightLimit } = await parts.client.exchangeInfo();
    const chinese = instruments.find(({ symbol }) => /[^\x20-\x7e]/.test(symbol));
    expect(instruments.length).toBeGreaterThan(5);
    expect(weightLimit).toBe(2400);
    expect(chinese).toBeDefined();
    if (chinese?.status === 'trading') {
      expect((await parts.client.klines(newest(parts, 3, chinese.symbol))).length).toBe(3);
    }
  });

  it('asks for tickers once within their time to live', async () => {
    const [first, second] = await Promise.all([parts.client.tickers(), parts.client.tickers()]);
    expect(first).toBe(second);
    expect(first.get('BTCUSDT')?.lastPrice).toBeGreaterThan(0);
    expect(parts.budget.status().used).toBeLessThan(50); // once 40, and the clock
  });

  it('agrees with the exchange on what it has spent', async () => {
    await Promise.all(Array.from({ length: 40 }, () => parts.client.klines(newest(parts, 500))));
    const used = emulator.stats().weight.peak;
    expect(parts.budget.status().used).toBe(used);
    expect(used).toBeGreaterThanOrEqual(200); // 40 · 5
  });

  const klines = '/fapi/v1/klines';
  it.each<[string, FaultRule, string]>([
    [
      '503 without a code',
      { kind: 'server-error', body: 'unknown-503-no-code', path: klines },
      'EXCHANGE.SERVER_ERROR',
    ],
    [
      '503 unavailable',
      { kind: 'server-error', body: 'unavailable-503', path: klines },
      'EXCHANGE.SERVER_ERROR',
    ],
    ['-1008', { kind: 'server-error', body: '-1008', path: klines }, 'EXCHANGE.SERVER_ERROR'],
    ['-1001', { kind: 'server-error', body: '-1001', path: klines }, 'EXCHANGE.SERVER_ERROR'],
    ['-1007', { kind: 'server-error', body: '-1007-408', path: klines }, 'EXCHANGE.SERVER_ERROR'],
    ['502 in HTML', { kind: 'server-error', body: 'html-502', path: klines }, 'EXCHANGE.SERVER_ERROR'],
    ['403 in HTML', { kind: 'server-error', body: 'html-403', path: klines }, 'EXCHANGE.FORBIDDEN'],
    ['HTML with 200', { kind: 'html', path: klines }, 'EXCHANGE.BAD_RESPONSE'],
    ['half the JSON', { kind: 'truncated-json', path: klines }, 'EXCHANGE.BAD_RESPONSE'],
    ['an empty body', { kind: 'truncated-json', keep: 0, path: klines }, 'EXCHANGE.BAD_RESPONSE'],
    ['a socket dropped before the answer', { kind: 'drop-socket', path: klines }, 'EXCHANGE.UNREACHABLE'],
    ['429', { kind: 'rate-limit', path: klines }, 'EXCHANGE.RATE_LIMITED'],
    ['418', { kind: 'ban', path: klines }, 'EXCHANGE.RATE_LIMITED'],
  ])('survives %s', async (_, fault, code) => {
    emulator.faults.add({ ...fault, times: 1 });
    expect(await failureOf(parts.client.klines(newest(parts, 5)))).toMatchObject({ kind: 'transient', code });
  });

  it('survives a body that breaks off', async () => {
    emulator.faults.add({ kind: 'drop-socket', when: 'during', path: klines, times: 1 });
    const { code } = await failureOf(parts.client.klines(newest(parts, 5)));
    expect(['EXCHANGE.BAD_RESPONSE', 'EXCHANGE.UNREACHABLE']).toContain(code);
  });

  it('gives up on an answer that never comes', async () => {
    const hasty = createParts(emulator, { transport: { timeoutMs: 150 } });
    emulator.faults.add({ kind: 'half-open', path: klines, times: 1 });
    expect(await failureOf(hasty.client.klines(newest(hasty, 5)))).toMatchObject({
      code: 'EXCHANGE.TIMEOUT',
    });
    await hasty.close();
  });

  it('drops a symbol that nobody knows', async () => {
    expect(await failureOf(parts.client.klines(newest(parts, 5, 'NOPEUSDT')))).toMatchObject({
      kind: 'not-found',
      code: 'EXCHANGE.INVALID_SYMBOL',
    });
  });

  it('sends nobody who waits in line once a ban has been told', async () => {
    emulator.faults.add({ kind: 'ban', durationMs: 5 * MINUTE_MS, times: 1, path: klines });
    const line = pLimit(1);
    const calls = Array.from({ length: 6 }, () => failureOf(parts.client.klines(newest(parts, 10), line)));
    for (const { code } of await Promise.all(calls)) expect(code).toBe('EXCHANGE.RATE_LIMITED');
    expect(emulator.stats()).toMatchObject({ bans: 1, requestsWhileBanned: 0 });
  });

  it('after a ban makes no call until it ends, nor does the next start', async () => {
    emulator.faults.add({ kind: 'ban', durationMs: 5 * MINUTE_MS, times: 1, path: klines });
    const { retryAfterMs } = await failureOf(parts.client.klines(newest(parts, 5)));
    expect(retryAfterMs).toBeGreaterThan(4 * MINUTE_MS);
    const requests = emulator.stats().requests;
    expect(await failureOf(parts.client.klines(newest(parts, 5)))).toMatchObject({
      code: 'EXCHANGE.RATE_LIMITED',
    });
    const next = createParts(emulator, { config: { DATA_DIR: parts.config.DATA_DIR } });
    expect(await failureOf(next.client.serverTime())).toMatchObject({ code: 'EXCHANGE.RATE_LIMITED' });
    await next.close();
    expect(emulator.stats().requests).toEqual(requests);
  });

  it('reads longer intervals', async () => {
    const endTime = lastClosedOpenTime(parts.time.now(), '1h');
    const columns = await parts.client.klines({
      symbol: 'BTCUSDT',
      interval: '1h',
      startTime: endTime - 3 * intervalMs('1h'),
      endTime,
      limit: 4,
    });
    expect(columns.length).toBe(4);
  });
});

describe('BinanceClient against odd servers', () => {
  const servers: Server[] = [];
  const opened: Parts[] = [];

  async function serve(listener: RequestListener, options: PartsOptions = {}): Promise<Parts> {
    const server = createServer(listener).listen(0, '127.0.0.1');
    servers.push(server);
    await new Promise((resolve) => server.once('listening', resolve));
    const authority = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const parts = createParts({ url: `http://${authority}`, wsUrl: `ws://${authority}` }, options);
    opened.push(parts);
    return parts;
  }

  afterEach(async () => {
    for (const parts of opened.splice(0)) await parts.close();
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('says that nobody listens', async () => {
    const parts = createParts({ url: 'http://127.0.0.1:9', wsUrl: 'ws://127.0.0.1:9' });
    opened.push(parts);
    expect(await failureOf(parts.client.serverTime())).toMatchObject({ code: 'EXCHANGE.UNREACHABLE' });
  });

  it.each([
    ['a list', '[]'],
    ['null', 'null'],
    ['a time in text', '{"serverTime":"1"}'],
    ['nothing', ''],
  ])('refuses %s for the time', async (_, body) => {
    const parts = await serve((_request, response) => response.end(body));
    expect(await failureOf(parts.client.serverTime())).toMatchObject({ code: 'EXCHANGE.BAD_RESPONSE' });
  });

  it('sees an error that comes with status 200', async () => {
    const parts = await serve((_request, response) => response.end('{"code":-1121,"msg":"Invalid symbol."}'));
    expect(await failureOf(parts.client.serverTime())).toMatchObject({ code: 'EXCHANGE.INVALID_SYMBOL' });
  });

  it('resynchronises once for any number of calls whose time is off', async () => {
    let times = 0;
    const parts = await serve((request, response) => {
      if (request.url?.startsWith('/fapi/v1/time') === true) {
        times++;
        setTimeout(() => response.end(`{"serverTime":${Date.now()}}`), 100);
        return;
      }
      response.statusCode = 400;
      response.end('{"code":-1021,"msg":"Timestamp for this request is outside of the recvWindow."}');
    });
    const failures = await Promise.all(
      Array.from({ length: 8 }, () => failureOf(parts.client.exchangeInfo())),
    );
    expect(failures.every(({ code }) => code === 'EXCHANGE.CLOCK_SKEW')).toBe(true);
    await eventually(() => parts.time.isSynced);
    expect(times).toBe(5); // one synchronisation is five probes
  });

  it('ends a body that drips for ever', async () => {
    const timers: NodeJS.Timeout[] = [];
    const parts = await serve(
      (_request, response) => {
        response.writeHead(200);
        timers.push(setInterval(() => response.write(' '), 20));
      },
      { transport: { timeoutMs: 5_000, deadlineMs: 200 } },
    );
    expect(await failureOf(parts.client.serverTime())).toMatchObject({ code: 'EXCHANGE.TIMEOUT' });
    timers.forEach(clearInterval);
  });

  it('lets nothing secret out, wherever one looks', async () => {
    const key = 'vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A';
    const parts = await serve(
      (_request, response) => {
        response.statusCode = 401;
        response.end(
          JSON.stringify({ code: -2015, msg: `Invalid API-key ${key} signature=abcdef listenKey=zz1122` }),
        );
      },
      { config: { BINANCE_API_KEY: key } },
    );
    const failure = await failureOf(parts.client.serverTime());
    const all = [failure.message, failure.stack, JSON.stringify(failure), String(failure.cause)].join('\n');
    for (const secret of [key, 'abcdef', 'zz1122']) expect(all).not.toContain(secret);
  });
});
