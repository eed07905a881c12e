/** What the calls of the service answer once the market is warm. */
import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { openTimeOf } from '@slt/domain';
import { eventually } from '../support/eventually';
import { startTrader, type TestTrader } from './support/start-trader';

interface CandleBody {
  openTime: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}

describe('the calls', () => {
  let trader: TestTrader;
  let symbols: string[];

  beforeAll(async () => {
    trader = await startTrader();
    await eventually(async () => (await get('/health/ready')).status === 200);
    symbols = ((await json('/v1/symbols')) as { symbols: { symbol: string }[] }).symbols.map(
      (each) => each.symbol,
    );
  });
  afterAll(() => trader.close());

  const get = (path: string) => fetch(`${trader.url}${path}`);
  const json = async (path: string): Promise<unknown> => (await get(path)).json();
  const post = (path: string, body?: unknown) =>
    fetch(`${trader.url}${path}`, {
      method: 'POST',
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });

  it('says where to find what', async () => {
    const { links } = (await json('/')) as { links: Record<string, string> };
    for (const link of Object.values(links).filter((path) => path !== '/v1/events')) {
      expect([link, (await get(link)).status]).toEqual([link, 200]);
    }
  });

  it('answers a browser with the page, under its policy', async () => {
    const browser = { headers: { accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' } };
    const page = await fetch(`${trader.url}/`, browser);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('vary')).toContain('Accept');
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const policy = page.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    const assets = [...(await page.text()).matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(
      ([, to]) => to!,
    );
    expect(assets.length).toBeGreaterThan(2);
    for (const asset of assets) {
      const file = await fetch(`${trader.url}${asset}`, { headers: { 'accept-encoding': 'gzip' } });
      expect([asset, file.status]).toEqual([asset, 200]);
      expect(file.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(file.headers.get('content-encoding')).toBe('gzip');
    }
    expect((await get('/assets/../index.html')).status).toBe(404);
    expect((await get('/assets/%2e%2e/index.html')).status).not.toBe(200);
  });

  it('shows all symbols at a glance', async () => {
    const market = (await json('/v1/market?closes=3')) as {
      interval: string;
      symbols: { symbol: string; closes: number[]; lastOpenTime: number; ready: boolean }[];
    };
    expect(market.symbols.map(({ symbol }) => symbol).sort()).toEqual([...symbols].sort());
    for (const { symbol, closes, lastOpenTime, ready } of market.symbols) {
      expect(ready).toBe(true);
      const path = `/v1/symbols/${encodeURIComponent(symbol)}/candles?limit=3&endTime=${lastOpenTime}`;
      const { candles } = (await json(path)) as { candles: CandleBody[] };
      expect([symbol, closes]).toEqual([symbol, candles.map(({ close }) => close)]);
    }
    expect((await get('/v1/market?closes=201')).status).toBe(400);
  });

  it('tells by which way each symbol got warm', async () => {
    const progress = (await json('/v1/cluster/symbols')) as { symbols: object[] };
    expect(progress.symbols).toHaveLength(symbols.length);
    for (const each of progress.symbols)
      expect(each).toMatchObject({ state: 'live', ready: true, origin: 'fetched', failure: null });
  });

  it('is alive, ready and started', async () => {
    expect(await json('/health/live')).toMatchObject({ status: 'ok', uptimeSeconds: expect.any(Number) });
    expect(await json('/health/startup')).toMatchObject({ status: 'ok', started: true });
    expect(await json('/health/ready')).toMatchObject({
      status: 'ok',
      ready: true,
      phase: 'streaming',
      warmUp: { total: 6, ready: 6, failed: 0, percent: 100 },
      details: {
        warmUp: { status: 'up' },
        exchange: { status: 'up', weightLimit: 2400 },
        queue: { status: 'up' },
        store: { status: 'up' },
        disk: { status: 'up', freeMiB: expect.any(Number) },
        eventLoop: { status: 'up' },
      },
    });
  });

  it('tells of the cluster', async () => {
    expect(await json('/v1/cluster')).toMatchObject({
      phase: 'streaming',
      ready: true,
      everReady: true,
      symbols: 6,
      warmUp: { total: 6, ready: 6 },
      phases: expect.arrayContaining([
        expect.objectContaining({ phase: 'warming', durationMs: expect.any(Number) }),
      ]),
      streams: { subscriptions: expect.any(Number) },
      failures: [],
    });
  });

  it('lists the symbols with their filters, Chinese ones included', async () => {
    expect(symbols).toHaveLength(6);
    const found = (await json(
      `/v1/symbols?search=${encodeURIComponent(symbols[0]!.slice(0, 3).toLowerCase())}`,
    )) as {
      symbols: { symbol: string; filters: { tickSize: string } }[];
    };
    expect(found.symbols.map(({ symbol }) => symbol)).toContain(symbols[0]);
    expect(found.symbols[0]!.filters.tickSize).toMatch(/^\d/);
  });

  it('tells of one symbol', async () => {
    for (const symbol of symbols) {
      expect(await json(`/v1/symbols/${encodeURIComponent(symbol)}`)).toMatchObject({
        symbol,
        status: 'trading',
        state: { ready: true, intervals: [expect.objectContaining({ interval: '1m', state: 'live' })] },
      });
    }
  });

  it.each(['NOSUCHUSDT', encodeURIComponent('没有USDT'), 'btcusdt'])('knows no %s', async (symbol) => {
    for (const path of [`/v1/symbols/${symbol}`, `/v1/symbols/${symbol}/candles`]) {
      const response = await get(path);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ code: 'SYMBOL.UNKNOWN' });
    }
  });

  it('gives closed candles, equal to the exchange', async () => {
    const symbol = symbols[1]!;
    const path = `/v1/symbols/${encodeURIComponent(symbol)}/candles?limit=120`;
    const { candles } = (await json(path)) as { candles: CandleBody[] };
    const now = trader.emulator.now();
    expect(candles).toHaveLength(120);
    expect(candles.at(-1)!.openTime).toBeLessThan(openTimeOf(now, '1m'));
    const truth = trader.emulator.market
      .klines(
        symbol,
        '1m',
        { from: candles[0]!.openTime, to: candles.at(-1)!.openTime, limit: 1000, fromEnd: false },
        now,
      )
      .map((row) => ({
        openTime: row.openTime,
        open: Number(row.open),
        high: Number(row.high),
        low: Number(row.low),
        close: Number(row.close),
        volume: Number(row.volume),
      }));
    expect(candles).toEqual(truth);
    const endTime = candles[10]!.openTime;
    const before = (await json(`${path}&endTime=${endTime}`.replace('limit=120', 'limit=3'))) as {
      candles: CandleBody[];
    };
    expect(before.candles).toEqual(candles.slice(8, 11));
  });

  it.each(['limit=0', 'limit=5001', 'interval=7m', 'endTime=-1', 'endTime=soon', 'start=1'])(
    'refuses candles?%s',
    async (query) => {
      const response = await get(`/v1/symbols/${encodeURIComponent(symbols[0]!)}/candles?${query}`);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ errors: [{ field: query.split('=')[0] }] });
    },
  );

  it('has no candles of an interval that is not followed', async () => {
    const response = await get(`/v1/symbols/${encodeURIComponent(symbols[0]!)}/candles?interval=4h`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'CANDLES.NOT_FOLLOWED' });
  });

  it('tells what is cached, and refreshes it', async () => {
    const wanted = symbols.slice(0, 2);
    const response = await post('/v1/history/refresh', { symbols: wanted, limit: 150 });
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({ running: true, total: 2, limit: 150, interval: '1m' });
    const history = await eventually(async () => {
      const now = (await json('/v1/history')) as { total: number; refresh: { running: boolean } };
      return now.refresh.running ? (false as never) : now;
    });
    expect(history).toMatchObject({ refresh: { done: 2, whole: 2, failures: [] }, queue: { up: true } });
    await eventually(async () => {
      const { files } = (await json('/v1/history')) as {
        files: { symbol: string; rows: number; missing: number }[];
      };
      for (const symbol of wanted) {
        expect(files.find((file) => file.symbol === symbol)).toMatchObject({ missing: 0 });
      }
    });
  });

  it.each(['/v1/cluster/start', '/v1/history/refresh'])('takes POST %s without a body', async (path) => {
    expect((await post(path)).status).toBe(202);
    await eventually(async () => {
      const { refresh } = (await json('/v1/history')) as { refresh?: { running: boolean } };
      return refresh?.running !== true;
    });
  });

  it('refreshes nothing it does not follow', async () => {
    const response = await post('/v1/history/refresh', { symbols: ['NOSUCHUSDT'] });
    expect(response.status).toBe(404);
    for (const body of [
      { symbols: [] },
      { symbols: ['../x'] },
      { limit: 0 },
      { interval: '7m' },
      { other: 1 },
    ]) {
      expect((await post('/v1/history/refresh', body)).status).toBe(400);
    }
  });

  it('checks the cache and repairs what is broken', async () => {
    await post('/v1/cluster/stop');
    const { files } = (await json('/v1/integrity?fresh=true')) as {
      files: { file: string; valid: boolean }[];
    };
    expect(files.length).toBeGreaterThan(0);
    expect(files.every(({ valid }) => valid)).toBe(true);
    const victim = files[0]!.file;
    await truncate(join(trader.folder, victim), 100);
    const broken = (await json('/v1/integrity?fresh=true')) as { valid: number; total: number };
    expect(broken.valid).toBe(broken.total - 1);
    const repair = await post('/v1/integrity/repair', { files: [victim] });
    expect(repair.status).toBe(200);
    expect(await repair.json()).toMatchObject({
      failed: 0,
      files: [{ file: victim, outcome: 'refetched' }],
      after: { valid: broken.total, total: broken.total },
    });
    expect(await json('/v1/integrity')).toMatchObject({ valid: broken.total });
    expect(await json('/v1/integrity/quarantine')).toEqual([
      expect.objectContaining({ original: victim, code: expect.any(String), bytes: expect.any(Number) }),
    ]);
    await post('/v1/cluster/start');
    await eventually(async () => (await get('/health/ready')).status === 200);
  });

  it.each(['../../etc/passwd', '/etc/passwd', 'a\\b', '.', '..', 'a\0b', ''])(
    'repairs no %j',
    async (file) => {
      expect((await post('/v1/integrity/repair', { files: [file] })).status).toBe(400);
    },
  );

  it('repairs only what is in the cache', async () => {
    const response = await post('/v1/integrity/repair', { files: ['NOSUCHUSDT_1m.parquet'] });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'INTEGRITY.NO_FILE' });
  });

  it('stops and starts the pipeline', async () => {
    const stopped = await post('/v1/cluster/stop');
    expect(stopped.status).toBe(200);
    expect(await stopped.json()).toMatchObject({ phase: 'idle', ready: false });
    const notReady = await get('/health/ready');
    expect(notReady.status).toBe(503);
    expect(await notReady.json()).toMatchObject({
      ready: false,
      phase: 'idle',
      warmUp: { total: expect.any(Number) },
    });
    expect((await get('/health/live')).status).toBe(200);
    const started = await post('/v1/cluster/start', {});
    expect(started.status).toBe(202);
    await eventually(async () => (await get('/health/ready')).status === 200);
  });

  it('keeps probes and metrics free of throttling', async () => {
    for (let i = 0; i < 1100; i++) await (await get('/health/live')).text();
    expect((await get('/health/live')).status).toBe(200);
  });
});
