import { Agent } from 'node:http';
import { USDMClient } from 'binance';
import { DAY_MS, MINUTE_MS } from '@slt/domain';
import { Emulator } from '../emulator';
import type { EmulatorOptions } from '../emulator-options';
import { get, getJson, type RawResponse } from '../testing/raw-client';

/** The 12 elements of a kline. */
type Row = [number, string, string, string, string, string, number, string, number, string, string, string];

const MINUTE_START = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;

const running: Emulator[] = [];
const start = async (options: EmulatorOptions = {}): Promise<Emulator> => {
  const emulator = await Emulator.start({ symbols: 12, startTime: MINUTE_START, ...options });
  running.push(emulator);
  return emulator;
};
afterEach(async () => {
  await Promise.all(running.splice(0).map((emulator) => emulator.close()));
});

const call = (emulator: Emulator, pathAndQuery: string): Promise<RawResponse> =>
  get(`${emulator.url}/fapi/${pathAndQuery}`);
const klines = (emulator: Emulator, query: string): Promise<Row[]> =>
  getJson(`${emulator.url}/fapi/v1/klines?symbol=BTCUSDT&interval=1m&${query}`);

describe('market calls through the SDK', () => {
  it('serves the unchanged client', async () => {
    const emulator = await start();
    const httpAgent = new Agent({ keepAlive: true });
    const client = new USDMClient(
      { baseUrl: emulator.url, parseExceptions: false },
      { timeout: 5_000, httpAgent },
    );
    const time = await client.getServerTime();
    expect(Math.abs(Number(time) - emulator.now())).toBeLessThan(MINUTE_MS);
    const rows = await client.getKlines({ symbol: 'BTCUSDT', interval: '1m', limit: 3 });
    expect(rows).toHaveLength(3);
    expect(client.getRateLimitStates()['x-mbx-used-weight-1m']).toBe(2); // time 1, klines 1
    const info = await client.getExchangeInfo();
    expect(info.rateLimits[0]).toMatchObject({ rateLimitType: 'REQUEST_WEIGHT', limit: 2400 });
    expect(await client.getMarkPrice({ symbol: 'BTCUSDT' })).toMatchObject({ symbol: 'BTCUSDT' });
    expect(await client.get24hrChangeStatistics()).toHaveLength(
      emulator.market.listed(emulator.now()).filter((s) => s.statusAt(emulator.now()) !== 'PENDING_TRADING')
        .length,
    );
    expect(await client.getSymbolPriceTicker({ symbol: 'BTCUSDT' })).toMatchObject({ symbol: 'BTCUSDT' });
    expect(await client.getSymbolPriceTickerV2({ symbol: 'BTCUSDT' })).toMatchObject({ symbol: 'BTCUSDT' });
    expect(await client.getSymbolOrderBookTicker({ symbol: 'BTCUSDT' })).toMatchObject({ symbol: 'BTCUSDT' });
    expect((await client.getOrderBook({ symbol: 'BTCUSDT', limit: 5 })).bids).toHaveLength(5);
    expect(await client.getFundingRateHistory({ symbol: 'BTCUSDT', limit: 3 })).toHaveLength(3);
    const continuous = { pair: 'BTCUSDT', contractType: 'PERPETUAL', interval: '1h', limit: 2 } as const;
    expect(await client.getContinuousContractKlines(continuous)).toHaveLength(2);
    await expect(client.getKlines({ symbol: 'NOPE', interval: '1m' })).rejects.toMatchObject({
      response: { status: 400, data: { code: -1121, msg: 'Invalid symbol.' } },
    });
    httpAgent.destroy();
  });

  it('knows Chinese symbols, percent-encoded', async () => {
    const emulator = await start();
    const symbol = emulator.market
      .listed(emulator.now())
      .find(({ symbol }) => /[^\x20-\x7e]/.test(symbol))!.symbol;
    const client = new USDMClient({ baseUrl: emulator.url, parseExceptions: false });
    expect(await client.getKlines({ symbol, interval: '1m', limit: 2 })).toHaveLength(2);
    const raw = await call(emulator, `v1/klines?symbol=${encodeURIComponent(symbol)}&interval=1m&limit=2`);
    expect(JSON.parse(raw.body)).toHaveLength(2);
  });

  it('shows a stale time in exchangeInfo, and what a filter must drop', async () => {
    const emulator = await start();
    const info = await getJson<{ serverTime: number; symbols: Record<string, unknown>[] }>(
      `${emulator.url}/fapi/v1/exchangeInfo`,
    );
    expect(emulator.now() - info.serverTime).toBeGreaterThan(DAY_MS / 2);
    const has = (field: string, value: string): boolean =>
      info.symbols.some((symbol) => symbol[field] === value);
    expect(has('contractType', 'TRADIFI_PERPETUAL')).toBe(true);
    expect(has('status', 'SETTLING')).toBe(true);
    expect(has('status', 'PENDING_TRADING')).toBe(true);
    expect(has('quoteAsset', 'USDC')).toBe(true);
  });
});

describe('klines', () => {
  it('gives 500 rows by default, the last one still forming', async () => {
    const emulator = await start();
    const rows = await klines(emulator, '');
    expect(rows).toHaveLength(500);
    expect(rows.at(-1)![0]).toBe(MINUTE_START);
    expect(rows.at(-1)![6]).toBeGreaterThan(emulator.now() - 1);
    expect(rows[0]).toHaveLength(12);
  });

  it('gives the first rows from a start time, the last ones up to an end time, both inclusive', async () => {
    const emulator = await start();
    const at = MINUTE_START - 100 * MINUTE_MS;
    const openTimes = async (query: string): Promise<number[]> =>
      (await klines(emulator, query)).map((row) => row[0]);
    expect(await openTimes(`startTime=${at}&limit=3`)).toEqual([at, at + MINUTE_MS, at + 2 * MINUTE_MS]);
    expect(await openTimes(`endTime=${at}&limit=2`)).toEqual([at - MINUTE_MS, at]);
    expect(await openTimes(`startTime=${at}&endTime=${at + MINUTE_MS}`)).toEqual([at, at + MINUTE_MS]);
    expect(await openTimes(`startTime=${at + 1}&endTime=${at + MINUTE_MS - 1}`)).toEqual([]);
    expect(await openTimes(`startTime=${at}&endTime=${at + 9 * MINUTE_MS}&limit=2`)).toEqual([
      at,
      at + MINUTE_MS,
    ]);
    expect(await openTimes(`startTime=${MINUTE_START + DAY_MS}`)).toEqual([]);
  });

  it('gives 1500 rows and not one more', async () => {
    const emulator = await start();
    expect(await klines(emulator, 'limit=1500')).toHaveLength(1500);
  });
});

describe('refusals', () => {
  const BTC = 'symbol=BTCUSDT';
  it.each([
    [
      'v1/klines?interval=1m',
      -1102,
      "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.",
    ],
    [
      'v1/klines?symbol=&interval=1m',
      -1102,
      "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.",
    ],
    [`v1/klines?${BTC}`, -1102, "Mandatory parameter 'interval' was not sent, was empty/null, or malformed."],
    [`v1/klines?${BTC}&interval=2m`, -1120, 'Invalid interval.'],
    [`v1/klines?${BTC}&interval=1s`, -1120, 'Invalid interval.'],
    ['v1/klines?symbol=NOPE&interval=1m', -1121, 'Invalid symbol.'],
    ['v1/klines?symbol=btcusdt&interval=1m', -1121, 'Invalid symbol.'],
    [`v1/klines?${BTC}&interval=1m&limit=1501`, -1130, "Data sent for parameter 'limit' is not valid."],
    [`v1/klines?${BTC}&interval=1m&limit=0`, -1130, "Data sent for parameter 'limit' is not valid."],
    [
      `v1/klines?${BTC}&interval=1m&limit=ten`,
      -1100,
      "Illegal characters found in parameter 'limit'; legal range is '^[0-9]{1,20}$'.",
    ],
    [
      `v1/klines?${BTC}&interval=1m&startTime=-5`,
      -1100,
      "Illegal characters found in parameter 'startTime'; legal range is '^[0-9]{1,20}$'.",
    ],
    [`v1/klines?${BTC}&interval=1m&startTime=2&endTime=1`, -1023, 'Start time is greater than end time.'],
    ['v1/continuousKlines?pair=BTCUSDT&interval=1m', -1102, expect.stringContaining("'contractType'")],
    ['v1/continuousKlines?pair=BTCUSDT&contractType=X&interval=1m', -1130, expect.any(String)],
    ['v1/continuousKlines?pair=NOPE&contractType=PERPETUAL&interval=1m', -1121, 'Invalid symbol.'],
    [`v1/depth?${BTC}&limit=7`, -1130, "Data sent for parameter 'limit' is not valid."],
    ['v1/depth', -1102, expect.stringContaining("'symbol'")],
    ['v1/ticker/24hr?symbol=NOPE', -1121, 'Invalid symbol.'],
    ['v1/premiumIndex?symbol=NOPE', -1121, 'Invalid symbol.'],
    [`v1/fundingRate?${BTC}&limit=1001`, -1130, "Data sent for parameter 'limit' is not valid."],
  ])('%s → %i', async (path, code, msg) => {
    const emulator = await start();
    const { status, body } = await call(emulator, path);
    expect(status).toBe(400);
    expect(JSON.parse(body)).toEqual({ code, msg });
  });

  it('answers 404 in JSON for what is not there', async () => {
    const emulator = await start();
    const { status, body } = await call(emulator, 'v1/nothing');
    expect(status).toBe(404);
    expect(JSON.parse(body)).toEqual({ code: -5000, msg: 'Path /fapi/v1/nothing, Method GET is invalid' });
  });
});

describe('limits', () => {
  const WEIGHT = 'x-mbx-used-weight-1m';

  it('reports the used weight with each answer, refusals included', async () => {
    const emulator = await start();
    expect((await call(emulator, 'v1/ping')).headers[WEIGHT]).toBe('1');
    expect((await call(emulator, 'v1/klines?symbol=BTCUSDT&interval=1m&limit=1000')).headers[WEIGHT]).toBe(
      '6',
    );
    expect((await call(emulator, 'v1/klines?symbol=NOPE&interval=1m&limit=99')).headers[WEIGHT]).toBe('7');
    expect(emulator.stats().weight).toMatchObject({ total: 7, peak: 7, byPath: { '/fapi/v1/klines': 6 } });
  });

  it('answers 429, then bans with 418, and lets go when the ban ends', async () => {
    const emulator = await start({ weightLimit: 3, toleratedAfterLimit: 2 });
    for (let i = 0; i < 3; i++) expect((await call(emulator, 'v1/ping')).status).toBe(200);
    const limited = await call(emulator, 'v1/ping');
    expect(limited.status).toBe(429);
    expect(JSON.parse(limited.body)).toEqual({
      code: -1003,
      msg:
        'Too many requests; current limit of IP(127.0.0.1) is 3 requests per minute. ' +
        'Please use the websocket for live updates to avoid polling the API.',
    });
    expect(limited.headers[WEIGHT]).toBe('4');
    expect(Number(limited.headers['retry-after'])).toBeGreaterThan(50);
    for (let i = 0; i < 2; i++) expect((await call(emulator, 'v1/ping')).status).toBe(429);
    const banned = await call(emulator, 'v1/ping');
    expect(banned.status).toBe(418);
    const until = Number(/banned until (\d+)\./.exec(banned.body)?.[1]);
    expect(JSON.parse(banned.body)).toEqual({
      code: -1003,
      msg:
        `Way too many requests; IP(127.0.0.1) banned until ${until}. ` +
        'Please use the websocket for live updates to avoid bans.',
    });
    expect(Math.abs(until - emulator.now() - 2 * MINUTE_MS)).toBeLessThan(MINUTE_MS);
    expect(Number(banned.headers['retry-after'])).toBe(120);
    expect((await call(emulator, 'v1/ping')).status).toBe(418);
    expect(emulator.stats()).toMatchObject({ rateLimited: 3, bans: 1, requestsWhileBanned: 1 });
  });

  it('counts by minutes of exchange time', async () => {
    const emulator = await start({ weightLimit: 1, speed: 600 }); // a minute is 100 ms
    expect((await call(emulator, 'v1/ping')).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 110));
    expect((await call(emulator, 'v1/ping')).status).toBe(200);
  });
});

describe('the line', () => {
  it('takes its latency on every request', async () => {
    const emulator = await start({ latencyMs: 60 });
    const before = performance.now();
    await call(emulator, 'v1/ping');
    expect(performance.now() - before).toBeGreaterThanOrEqual(58);
  });

  it('goes on with the time of an earlier emulator', async () => {
    const first = await start({ speed: 60 });
    const { origin } = first;
    const again = await start({ speed: 60, origin });
    expect(Math.abs(again.now() - first.now())).toBeLessThan(60 * 50);
    expect(again.source).toBe(first.source);
  });

  it('refuses options that make no sense, all at once', async () => {
    await expect(Emulator.start({ speed: 0, port: -1, symbols: 1.5 })).rejects.toThrow(
      /port.*speed.*symbols/s,
    );
    await expect(Emulator.start({ faults: [{ kind: 'latency' } as never] })).rejects.toThrow('needs ms');
  });
});
