import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AppError,
  type CandleColumns,
  DAY_MS,
  findHoles,
  ManualClock,
  rangeOfColumns,
  type UtcMs,
} from '@slt/domain';
import type { ArchiveProgressReport } from './archive-progress';
import { type ArchiveRequest, ArchiveSync, type ArchiveSyncOptions } from './archive-sync';
import { CandleStore } from './candle-store';
import { ArchiveServer } from './testing/archive-server';
import { firstDifference, walk } from './testing/candles';

const MINUTE = 60_000;
const utc = (text: string): UtcMs => Date.parse(`${text}Z`);
const NOW = utc('2025-04-03T10:00:30');
const FROM = utc('2025-02-27T18:00');
const LAST_CLOSED = utc('2025-04-03T09:59');
const LISTED = utc('2025-02-20T07:30');
const SYMBOL = '币安人生USDT';

let folder: string;
let server: ArchiveServer;
let archiveUrl: string;
const series = new Map<string, CandleColumns>(
  [SYMBOL, 'BTCUSDT', 'ETHUSDT'].map((symbol, seed) => [
    symbol,
    walk(LISTED, (LAST_CLOSED - LISTED) / MINUTE + 2, { seed }),
  ]),
);

function store(): CandleStore {
  return new CandleStore({ folder, source: 'test', keep: 1_000, clock: new ManualClock(NOW) });
}

function archive(options: Partial<ArchiveSyncOptions> = {}): ArchiveSync {
  const { fetchPage } = server;
  return new ArchiveSync({
    store: store(),
    archiveUrl,
    fetchPage,
    clock: new ManualClock(NOW),
    retryMs: 1,
    ...options,
  });
}

function sync(request: Partial<ArchiveRequest> = {}, options: Partial<ArchiveSyncOptions> = {}) {
  return archive(options).sync({ symbols: [SYMBOL], interval: '1m', from: FROM, to: NOW, ...request });
}

async function expectWhole(symbol = SYMBOL, from = FROM): Promise<void> {
  const found = await store().read(symbol, '1m');
  expect(
    firstDifference(found!.columns, rangeOfColumns(series.get(symbol)!, from, LAST_CLOSED)),
  ).toBeUndefined();
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slt-archive-'));
  server = new ArchiveServer(series);
  archiveUrl = await server.start();
});

afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('a sync of long history', () => {
  it('takes months and days from the archive and the rest by REST, candle for candle', async () => {
    const { symbols } = await sync();
    expect(symbols).toMatchObject([{ kind: 'synced', symbol: SYMBOL, gaps: [], problems: [], downloads: 4 }]);
    await expectWhole();
    expect(server.periods.sort()).toEqual(['2025-02-28', '2025-03', '2025-04-01', '2025-04-02']);
    // One to see where the candles begin; 360 of February 27 cost 2; 600 of April 3 cost 3 as 499 + 101.
    expect(server.pages.map((page) => page.limit)).toEqual([1, 360, 499, 101]);
    const rows = (LAST_CLOSED - FROM) / MINUTE + 1;
    expect(symbols[0]).toMatchObject({ rows, added: rows, requests: 4 });
  });

  it('asks for nothing that it has', async () => {
    await sync();
    const asked = server.paths.length;
    const { symbols } = await sync();
    expect(server.paths.length).toBe(asked);
    expect(symbols).toMatchObject([{ kind: 'synced', added: 0, downloads: 0, requests: 0 }]);
  });

  it('goes on where it was stopped', async () => {
    const stop = new AbortController();
    const onProgress = ({ bytes }: ArchiveProgressReport): void => {
      if (bytes > 0) stop.abort(new Error('enough'));
    };
    await expect(sync({ onProgress, signal: stop.signal })).rejects.toThrow('enough');
    const stored = (await store().read(SYMBOL, '1m'))!.columns;
    expect(stored.openTime.at(-1)).toBe(LAST_CLOSED);
    const before = server.periods.length;
    await sync();
    await expectWhole();
    const days = new Set(server.periods.slice(before));
    for (const openTime of stored.openTime.filter((time) => time % DAY_MS === 0)) {
      expect(days.has(new Date(openTime).toISOString().slice(0, 10))).toBe(false);
    }
  });

  it('stops at the listing, and does not look for what was before', async () => {
    await sync({ from: utc('2023-01-01T00:00') });
    await expectWhole(SYMBOL, LISTED);
    expect(server.periods.filter((period) => period < '2025-02')).toEqual([]);
  });

  it.each([
    ['without a header', { withHeader: false }],
    ['in microseconds', { inMicroseconds: true }],
    ['unavailable for a moment', { unavailable: { path: /2025-03\.zip$/, times: 2 } }],
    ['cut short on the way', { corrupt: { path: /2025-03\.zip$/, times: 1 } }],
  ])('reads files %s', async (_, faults) => {
    server.faults = faults;
    expect(await sync()).toMatchObject({ symbols: [{ kind: 'synced', gaps: [] }] });
    await expectWhole();
  });

  it('falls back from a month to its days and from a day to REST', async () => {
    server.faults = { absent: /2025-03\.zip|2025-03-15\.zip|2025-04-02\.zip/ };
    const { symbols } = await sync();
    await expectWhole();
    expect(symbols).toMatchObject([{ kind: 'synced', downloads: 1 + 30 + 1 }]);
    expect(server.pages.filter((page) => page.startTime === utc('2025-03-15T00:00'))).not.toHaveLength(0);
  });

  it('falls back from a file that stays corrupt, and says so', async () => {
    server.faults = { corrupt: { path: /2025-03\.zip$/, times: 99 } };
    const { symbols } = await sync();
    await expectWhole();
    expect(symbols).toMatchObject([{ problems: [expect.stringContaining('sha256')] }]);
  });

  it('fills gaps of the files by REST and reports what nobody has, once', async () => {
    const lost = utc('2025-03-10T04:00');
    server.faults = {
      gap: (openTime) => openTime >= lost && openTime < lost + 5 * MINUTE,
      restGap: (openTime) => openTime === lost + 2 * MINUTE,
    };
    const { symbols } = await sync();
    const gap = { from: lost + 2 * MINUTE, to: lost + 2 * MINUTE, count: 1 };
    expect(symbols).toMatchObject([{ gaps: [gap], problems: [expect.stringContaining('lacks 5')] }]);
    const found = await store().read(SYMBOL, '1m');
    expect(found?.knownHoles).toEqual([gap]);
    expect(findHoles(found!.columns, '1m', FROM, LAST_CLOSED)).toEqual([gap]);
    const asked = server.paths.length + server.pages.length;
    await sync();
    expect(server.paths.length + server.pages.length).toBe(asked);
  });

  it('goes on with the others when one fails', async () => {
    server.faults = { unavailable: { path: /\/BTCUSDT\//, times: 1_000 } };
    const { symbols } = await sync({ symbols: [SYMBOL, 'BTCUSDT', 'NOSUCH', 'ETHUSDT'] });
    expect(symbols).toMatchObject([
      { kind: 'synced', symbol: SYMBOL },
      { kind: 'failed', symbol: 'BTCUSDT', reason: { kind: 'transient', code: 'ARCHIVE.UNREACHABLE' } },
      { kind: 'synced', symbol: 'NOSUCH', rows: 0 },
      { kind: 'synced', symbol: 'ETHUSDT' },
    ]);
    await expectWhole('ETHUSDT');
  });

  it('waits as long as the exchange says', async () => {
    let refusals = 7;
    const fetchPage: ArchiveSyncOptions['fetchPage'] = (request) =>
      refusals-- > 0
        ? Promise.reject(new AppError('transient', 'EXCHANGE.RATE_LIMITED', 'later', { retryAfterMs: 5 }))
        : server.fetchPage(request);
    await sync({}, { fetchPage });
    await expectWhole();
  });

  it('counts to the end', async () => {
    const seen: ArchiveProgressReport[] = [];
    await sync({ symbols: ['BTCUSDT', 'ETHUSDT'], onProgress: (progress) => seen.push(progress) });
    const last = seen.at(-1)!;
    expect(last.done).toBe(last.total);
    expect(last.bytes).toBeGreaterThan(0);
    expect(seen.map(({ done }) => done)).toEqual([...seen.map(({ done }) => done)].sort((a, b) => a - b));
  });

  it('keeps more than HISTORY_KEEP, now and later', async () => {
    await sync();
    const merged = await store().merge(SYMBOL, '1m', walk(LAST_CLOSED + MINUTE, 1));
    expect(merged.length).toBe((LAST_CLOSED - FROM) / MINUTE + 1);
  });

  it('moves a damaged file aside and begins anew', async () => {
    writeFileSync(store().pathOf(SYMBOL, '1m'), 'nonsense');
    await sync();
    await expectWhole();
    expect(readdirSync(join(folder, 'quarantine')).length).toBeGreaterThan(0);
  });

  it('refuses a range without closed candles', async () => {
    await expect(sync({ from: NOW + DAY_MS, to: NOW + 2 * DAY_MS })).rejects.toMatchObject({
      code: 'ARCHIVE.RANGE',
    });
    await expect(sync({ from: NaN })).rejects.toMatchObject({ code: 'ARCHIVE.RANGE' });
  });
});
