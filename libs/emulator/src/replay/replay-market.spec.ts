import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { AppError, MINUTE_MS } from '@slt/domain';
import { strToU8, zipSync } from 'fflate';
import type { KlineRow, Market, MarketInterval } from '../core/market';
import { createReplayMarket } from './replay-market';

const T0 = Date.parse('2025-06-01T00:00:00Z');
const HEADER =
  'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'replay-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const minute = (i: number): number => T0 + i * MINUTE_MS;

/** Prices that tell the minute: 100.05 at minute 5. */
function plainRow(i: number, volume: string | number = 1): string {
  const price = (100 + i / 100).toFixed(2);
  return `${minute(i)},${price},${(101 + i / 100).toFixed(2)},${(99 + i / 100).toFixed(2)},${price},${volume}`;
}

function archiveRow(i: number, unit = 1): string {
  const [, open, high, low, close] = plainRow(i).split(',');
  return `${minute(i) * unit},${open},${high},${low},${close},2.50,${minute(i + 1) * unit - 1},250.1250,3,1.25,125.0600,0`;
}

const span = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
const csv = (rows: string[], header = ''): string =>
  `${header === '' ? '' : `${header}\n`}${rows.join('\n')}\n`;

async function load(files: Record<string, string | Uint8Array>): Promise<Market> {
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return createReplayMarket({ folder });
}

function rowsOf(
  market: Market,
  symbol: string,
  options: { interval?: MarketInterval; now?: number } = {},
): KlineRow[] {
  const { interval = '1m', now = T0 + 1e10 } = options;
  return market.klines(
    symbol,
    interval,
    { from: 0, to: Number.MAX_SAFE_INTEGER, limit: 1e6, fromEnd: false },
    now,
  );
}

const minutesOf = (rows: KlineRow[]): number[] => rows.map((row) => (row.openTime - T0) / MINUTE_MS);

describe('a replayed folder', () => {
  it('takes plain, gz and zip files, with and without header, in ms and µs, and merges them', async () => {
    const market = await load({
      'AUSDT_1m_any.csv': csv(
        span(0, 10).map((i) => plainRow(i)),
        'timestamp,open,high,low,close,volume',
      ),
      'AUSDT_1m_next.csv.gz': gzipSync(csv(span(10, 20).map((i) => plainRow(i)))),
      'BUSDT-1m-2025-06-01.zip': zipSync({
        'BUSDT-1m-2025-06-01.csv': strToU8(
          csv(
            span(0, 10).map((i) => archiveRow(i)),
            HEADER,
          ),
        ),
      }),
      'BUSDT-1m-2025-06-02.csv': csv(span(10, 30).map((i) => archiveRow(i, 1000))),
      'README.txt': 'not a recording',
    });
    expect(minutesOf(rowsOf(market, 'AUSDT'))).toEqual(span(0, 20));
    expect(minutesOf(rowsOf(market, 'BUSDT'))).toEqual(span(0, 30));
    expect(rowsOf(market, 'BUSDT')[7]).toEqual({
      openTime: minute(7),
      open: '100.07',
      high: '101.07',
      low: '99.07',
      close: '100.07',
      volume: '2.50',
      closeTime: minute(8) - 1,
      quoteVolume: '250.1250',
      trades: 3,
      takerBuyBase: '1.25',
      takerBuyQuote: '125.0600',
    });
    expect([market.start(), market.end()]).toEqual([T0, minute(30)]);
  });

  it('gives the numbers back as the same doubles', async () => {
    const volumes = ['16.536', '0', '123456789.12345678', '0.00000001', '1e-7', '98765432109876543.21'];
    const market = await load({ 'AUSDT_1m.csv': csv(volumes.map((volume, i) => plainRow(i, volume))) });
    const json = JSON.parse(
      market.klinesJson('AUSDT', '1m', { from: 0, to: T0 + 1e9, limit: 10, fromEnd: false }, T0 + 1e10),
    ) as string[][];
    expect(json.map((row) => Number(row[5]))).toEqual(volumes.map(Number));
    for (const row of json) expect(row[5]).toMatch(/^\d+\.\d+$/);
    expect(rowsOf(market, 'AUSDT').map((row) => Number(row.volume))).toEqual(volumes.map(Number));
  });

  it('keeps holes as holes', async () => {
    const present = [...span(0, 5), ...span(9, 12), ...span(400, 403)];
    const market = await load({ 'AUSDT_1m.csv': csv(present.map((i) => plainRow(i))) });
    expect(minutesOf(rowsOf(market, 'AUSDT'))).toEqual(present);
    const newest = market.klines(
      'AUSDT',
      '1m',
      { from: 0, to: T0 + 1e9, limit: 5, fromEnd: true },
      T0 + 1e10,
    );
    expect(minutesOf(newest)).toEqual([10, 11, 400, 401, 402]);
    const oldest = market.klines(
      'AUSDT',
      '1m',
      { from: minute(3), to: T0 + 1e9, limit: 4, fromEnd: false },
      T0 + 1e10,
    );
    expect(minutesOf(oldest)).toEqual([3, 4, 9, 10]);
    expect(minutesOf(rowsOf(market, 'AUSDT', { interval: '5m' }))).toEqual([0, 5, 10, 400]);
    expect(market.forming('AUSDT', '1m', minute(7))).toBeUndefined();
    expect(market.tradesEmpty('AUSDT', minute(7))).toBe(true);
    expect(Number(market.book('AUSDT', minute(7)).bidPrice)).toBeCloseTo(100.04, 1);
  });

  it('makes longer candles of minutes, and shows the one in progress', async () => {
    const market = await load({ 'AUSDT_1m.csv': csv(span(0, 60).map((i) => plainRow(i, 2))) });
    const rows = rowsOf(market, 'AUSDT', { interval: '15m', now: minute(33) + 30_000 });
    expect(minutesOf(rows)).toEqual([0, 15, 30]);
    expect(rows[1]).toMatchObject({
      open: '100.15',
      high: '101.29',
      low: '99.15',
      close: '100.29',
      volume: '30',
    });
    expect(rows[2]).toEqual(market.forming('AUSDT', '15m', minute(33) + 30_000));
    expect(Number(rows[2]!.volume)).toBeLessThanOrEqual(8); // minutes 30, 31, 32 and at most 33
    expect(Number(rows[2]!.volume)).toBeGreaterThanOrEqual(6);
  });

  it('never shows what comes later', async () => {
    const market = await load({ 'AUSDT_1m.csv': csv(span(0, 60).map((i) => plainRow(i))) });
    const now = minute(20) + 1;
    const rows = rowsOf(market, 'AUSDT', { now });
    expect(rows.at(-1)!.openTime).toBe(minute(20));
    expect(rows.at(-1)).toEqual(market.forming('AUSDT', '1m', now));
    const end = market.forming('AUSDT', '1m', minute(21) - 0.001)!;
    const { open, high, low, close } = rowsOf(market, 'AUSDT')[20]!;
    expect([end.open, end.high, end.low, end.close]).toEqual([open, high, low, close]);
  });

  it('streams the finest of several intervals, and serves the others as recorded', async () => {
    const five = `${T0},100,200,50,100,77`;
    const market = await load({
      'AUSDT_1m.csv': csv(span(0, 30).map((i) => plainRow(i))),
      'AUSDT_5m.csv': csv([five]),
      'BUSDT_5m.csv': csv([five, five.replace(String(T0), String(minute(5)))]),
    });
    expect([market.baseInterval('AUSDT'), market.baseInterval('BUSDT')]).toEqual(['1m', '5m']);
    const rows = rowsOf(market, 'AUSDT', { interval: '5m' });
    expect(minutesOf(rows)).toEqual([0, 5, 10, 15, 20, 25]);
    expect([rows[0]!.volume, rows[1]!.volume]).toEqual(['77', '5']);
    expect(rowsOf(market, 'BUSDT')).toEqual([]);
    expect(rowsOf(market, 'BUSDT', { interval: '10m' as MarketInterval }).length).toBeLessThanOrEqual(0);
    expect(rowsOf(market, 'BUSDT', { interval: '15m' }).map((row) => row.volume)).toEqual(['154']);
    expect(market.forming('BUSDT', '1m', T0)).toBeUndefined();
  });

  it('serves a longer candle as recorded, also where the finest recording ends within it', async () => {
    const market = await load({
      'AUSDT_1m.csv': csv(span(0, 7).map((i) => plainRow(i))),
      'AUSDT_5m.csv': csv([`${minute(5)},100,200,50,100,77`, `${minute(10)},100,200,50,100,78`]),
    });
    const volumes = (): string[] => rowsOf(market, 'AUSDT', { interval: '5m' }).map((row) => row.volume);
    expect(volumes()).toEqual(['5', '77']);
    market.delist('AUSDT', minute(6));
    expect(volumes()).toEqual(['5', '1']);
  });

  it('lets symbols come with their first candle and settle after their last', async () => {
    const market = await load({
      'AUSDT_1m.csv': csv(span(0, 30).map((i) => plainRow(i))),
      'BUSDT_1m.csv': csv(span(10, 60).map((i) => plainRow(i))),
    });
    const statuses = (symbol: string, minutes: number[]): string[] =>
      minutes.map((i) => market.find(symbol)!.statusAt(minute(i)));
    expect(statuses('AUSDT', [0, 29, 30, 100])).toEqual(['TRADING', 'TRADING', 'SETTLING', 'SETTLING']);
    expect(statuses('BUSDT', [0, 9, 10, 59, 60])).toEqual([
      'PENDING_TRADING',
      'PENDING_TRADING',
      'TRADING',
      'TRADING',
      'SETTLING',
    ]);
    expect(market.find('BUSDT')!.onboardDate).toBe(minute(10));
    expect([market.start(), market.end()]).toEqual([minute(10), minute(60)]);
    expect(market.events(T0, minute(60)).map(({ kind, symbol }) => `${symbol.symbol} ${kind}`)).toEqual([
      'BUSDT trading',
      'AUSDT settling',
      'BUSDT settling',
    ]);
    expect(() => market.list({ symbol: 'CUSDT', at: minute(20) })).toThrow(AppError);
    market.delist('BUSDT', minute(40));
    expect(minutesOf(rowsOf(market, 'BUSDT')).at(-1)).toBe(39);
  });

  it('has tick, step and decimals of the recording', async () => {
    const market = await load({
      'AVAXUSDT-1m-2025-06.csv': `${T0},6.5340,6.5430,6.5340,6.5400,33013,${T0 + 59_999},215829.8910,365,30518,199515.0150,0\n`,
    });
    expect(market.find('AVAXUSDT')).toMatchObject({
      tickSize: '0.001',
      stepSize: '1',
      pricePrecision: 4,
      quantityPrecision: 0,
      baseAsset: 'AVAX',
      quoteAsset: 'USDT',
      contractType: 'PERPETUAL',
    });
    expect(rowsOf(market, 'AVAXUSDT')[0]!.open).toBe('6.5340');
  });

  it('takes the later file where files overlap, and sorts', async () => {
    const market = await load({
      'AUSDT_1m_a.csv': csv([5, 3, 4].map((i) => plainRow(i))),
      'AUSDT_1m_b.csv': csv([4, 6].map((i) => plainRow(i, 9))),
    });
    expect(rowsOf(market, 'AUSDT').map((row) => row.volume)).toEqual(['1', '9', '1', '9']);
    expect(minutesOf(rowsOf(market, 'AUSDT'))).toEqual([3, 4, 5, 6]);
  });

  it('is known by its files', async () => {
    const first = await load({ 'AUSDT_1m.csv': csv([plainRow(1)]) });
    const same = await load({});
    const other = await load({ 'AUSDT_1m.csv': csv([plainRow(1, 2)]) });
    expect(same.source).toBe(first.source);
    expect(other.source).not.toBe(first.source);
    expect(first.source).toMatch(/^replay=[0-9a-f]{16}$/);
  });
});

describe('a folder that cannot be replayed', () => {
  it('names every problem with file and line', async () => {
    const broken = load({
      'AUSDT_1m.csv': csv([plainRow(0), 'x,1,1,1,1,1', plainRow(2), `${minute(3)},1,1`]),
      'BUSDT_1m.csv.gz': 'this is no gzip',
      'CUSDT_1m.zip': zipSync({ 'note.txt': strToU8('hello') }),
      'DUSDT_1m.csv': '',
      'EUSDT.csv': csv([plainRow(0)]),
      'FUSDT_1m.csv': csv([plainRow(0)]),
    });
    const error = await broken.then(
      () => undefined,
      (reason: unknown) => reason as AppError,
    );
    expect(error).toMatchObject({ kind: 'invalid', code: 'REPLAY.UNREADABLE' });
    const lines = error!.message.split('\n').slice(1);
    expect(lines).toHaveLength(6);
    expect(lines[0]).toBe('AUSDT_1m.csv: line 2: "x" is no number');
    expect(lines[1]).toBe('AUSDT_1m.csv: line 4: 3 columns, expected 6 or 12');
    expect(lines[2]).toMatch(/^BUSDT_1m.csv.gz: /);
    expect(lines[3]).toBe('CUSDT_1m.zip: no CSV file in the zip');
    expect(lines[4]).toBe('DUSDT_1m.csv: no candle in it');
    expect(lines[5]).toMatch(/^EUSDT.csv: its name/);
  });

  it('is refused when it is missing or empty', async () => {
    await expect(createReplayMarket({ folder: join(folder, 'nowhere') })).rejects.toMatchObject({
      code: 'REPLAY.FOLDER',
    });
    await mkdir(join(folder, 'BUSDT_1m.csv'));
    await expect(load({})).rejects.toMatchObject({ code: 'REPLAY.FOLDER' });
  });
});
