/** Files as people have them: the same candles from each kind, and a sentence about each that is no such file. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import { type Candle, type CandleColumns, ManualClock, toCandles } from '@slt/domain';
import { CandleStore } from '@slt/history';
import { candles as generated, START } from '../../test/series-fixture';
import { readCandleFile } from './read-candle-file';

const ROWS = 5_000;

let folder: string;
let columns: CandleColumns;
let parquet: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'slt-candles-'));
  columns = generated(ROWS);
  const store = new CandleStore({ folder, source: 'test', keep: ROWS, clock: new ManualClock(START) });
  await store.write('BTCUSDT', '1m', columns);
  parquet = store.pathOf('BTCUSDT', '1m');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const csv = (): string =>
  toCandles(columns)
    .map(({ openTime, open, high, low, close, volume }) =>
      [openTime, open, high, low, close, volume].join(','),
    )
    .join('\n');

function write(name: string, bytes: Uint8Array | string): string {
  const file = path.join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

async function read(file: string, signal?: AbortSignal): Promise<{ candles: Candle[]; last: string }> {
  const candles: Candle[] = [];
  let last = '';
  for await (const batch of readCandleFile(file, signal === undefined ? {} : { signal })) {
    candles.push(...toCandles(batch.columns));
    last = batch.placeOf(batch.columns.length - 1);
  }
  return { candles, last };
}

const damaged = (file: string): Buffer => {
  const bytes = readFileSync(file);
  bytes[bytes.length >> 1]! ^= 1;
  return bytes;
};

describe('candles of a file', () => {
  it.each([
    ['plain CSV', () => write('a.csv', csv()), `line ${ROWS}`],
    ['gzip, whatever its name', () => write('b.csv', gzipSync(csv())), `line ${ROWS}`],
    ['a zip', () => write('c.zip', zipSync({ 'c.csv': strToU8(csv()) })), `line ${ROWS}`],
    ['Parquet with its side-car', () => parquet, `row ${ROWS}`],
    ['Parquet without one', () => write('d.parquet', readFileSync(parquet)), `row ${ROWS}`],
  ])('are the same from %s', async (_, make, last) => {
    const found = await read(make());
    expect(found.last).toBe(last);
    expect(found.candles).toEqual(toCandles(columns));
  });

  it.each([
    ['nothing', () => write('e.csv', ''), 'CANDLES.EMPTY', /no candle in it/],
    [
      'a header alone',
      () => write('f.csv', 'timestamp,open,high,low,close,volume\n'),
      'CANDLES.EMPTY',
      /no candle/,
    ],
    ['no file', () => path.join(folder, 'nowhere.csv'), 'CANDLES.NO_FILE', /does not exist/],
    ['a folder', () => folder, 'CANDLES.UNREADABLE', /directory/],
    [
      'a cut gzip',
      () => write('g.gz', gzipSync(csv()).subarray(0, 2_000)),
      'CANDLES.UNREADABLE',
      /unexpected end/,
    ],
    [
      'two files in a zip',
      () => write('h.zip', zipSync({ a: strToU8('1'), b: strToU8('2') })),
      'CANDLES.UNREADABLE',
      /2 files/,
    ],
    [
      'a zip cut short',
      () => write('i.zip', zipSync({ a: strToU8(csv()) }).subarray(0, 900)),
      'CANDLES.UNREADABLE',
      /no readable zip/,
    ],
    [
      'Parquet cut short',
      () => write('j.parquet', readFileSync(parquet).subarray(0, 900)),
      'CANDLES.UNREADABLE',
      /no readable Parquet/,
    ],
    [
      'a picture',
      () => write('k.png', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')),
      'CANDLES.ROW',
      /line 1/,
    ],
  ])('are refused in a sentence: %s', async (_, make, code, message) => {
    const file = make();
    await expect(read(file)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
    await expect(read(file)).rejects.toThrow(file);
  });

  it('are refused where the side-car knows other bytes', async () => {
    const copy = write('ETHUSDT_1m.parquet', damaged(parquet));
    writeFileSync(`${copy}.json`, readFileSync(`${parquet}.json`));
    await expect(read(copy)).rejects.toThrow(/not those that its side-car vouches for/);
    unlinkSync(`${copy}.json`);
  });

  (process.platform === 'win32' ? it.skip : it)('are not waited for at a named pipe', async () => {
    // Anyone may put one there, beside the devices.
    const shared = existsSync('/dev/shm') ? mkdtempSync('/dev/shm/slt-candle-file-') : folder;
    try {
      for (const pipe of [path.join(folder, 'pipe'), path.join(shared, 'other-pipe')]) {
        execFileSync('mkfifo', [pipe]);
        await expect(read(pipe)).rejects.toThrow(/named pipe/);
      }
    } finally {
      if (shared !== folder) rmSync(shared, { recursive: true });
    }
  });

  it('come no more once nobody wants them', async () => {
    const abort = new AbortController();
    abort.abort();
    await expect(read(write('l.csv', csv()), abort.signal)).rejects.toThrow(/abort/);
    for await (const batch of readCandleFile(write('m.csv.gz', gzipSync(csv())))) {
      expect(batch.columns.length).toBeGreaterThan(0);
      break;
    }
  });
});
