import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import pl from 'nodejs-polars';
import { type CandleColumns, columnsOf, ManualClock, MINUTE_MS, toCandles } from '@slt/domain';
import { CandleStore, decodeParquet, formatSideCar, sha256Of } from '@slt/history';
import { CORRUPTIONS, mutate, ROWS } from '../test/corruptions';
import { candles, frameOf, randomOf, START, temporaryFolder, writeParquet } from '../test/series-fixture';
import { hasFinding, type FileReport } from './core/finding';
import { renderReport } from './core/render-report';
import { IntegrityChecker } from './integrity-checker';
import { ParquetSandbox } from './sandbox/parquet-sandbox';

const SOURCE = 'emulator:seed=1';
const NAME = 'BTCUSDT_1m.parquet';
const NOW = START + ROWS * MINUTE_MS;

let folder: string;
let remove: () => void;
const clock = new ManualClock(NOW);
/** One process for all: starting it costs more than the check. */
const sandbox = new ParquetSandbox();

beforeEach(() => {
  ({ folder, remove } = temporaryFolder());
  clock.set(NOW);
});
afterEach(() => remove());
afterAll(() => sandbox.close());

const inFolder = (name: string) => path.join(folder, name);
const checker = (options = {}) => new IntegrityChecker({ folder, clock, sandbox, ...options });
const store = (source = SOURCE) => new CandleStore({ folder, source, keep: 50_000, clock });
const codesOf = (report: FileReport | undefined) => report?.findings.map((finding) => finding.code);

async function only(options = {}): Promise<FileReport> {
  const report = await checker(options).check();
  expect(report.files).toHaveLength(1);
  return report.files[0]!;
}

/** A file as the store would have written it, if it wrote such things. */
function writeVouched(
  columns: CandleColumns,
  change: (frame: Record<string, unknown>) => Record<string, unknown> = (f) => f,
) {
  const file = inFolder(NAME);
  writeParquet(file, change(frameOf(columns)));
  vouchFor(file, columns);
}

function vouchFor(file: string, columns: Pick<CandleColumns, 'length' | 'openTime'>, more: object = {}) {
  const bytes = readFileSync(file);
  writeFileSync(
    `${file}.json`,
    formatSideCar({
      symbol: 'BTCUSDT',
      interval: '1m',
      sha256: sha256Of(bytes),
      bytes: bytes.length,
      rows: columns.length,
      from: columns.openTime[0]!,
      to: columns.openTime[columns.length - 1]!,
      source: SOURCE,
      knownHoles: [],
      writtenAt: NOW,
      ...more,
    }),
  );
}

describe('IntegrityChecker', () => {
  it('finds what the store has written whole', async () => {
    for (const symbol of ['BTCUSDT', 'ETHUSDT', '币安人生USDT']) {
      await store().write(symbol, '1m', candles(ROWS, { seed: symbol.length }));
    }
    const report = await checker({ source: SOURCE, wantedRows: ROWS }).check();
    expect(report).toMatchObject({ summary: '3/3 valid', valid: 3, total: 3, findings: [], checkedAt: NOW });
    expect(report.files.map((file) => [file.symbol, file.rows, file.from, file.to, file.findings])).toEqual(
      ['币安人生USDT', 'BTCUSDT', 'ETHUSDT'].map((symbol) => [symbol, ROWS, START, NOW - MINUTE_MS, []]),
    );
    const table = renderReport(report);
    expect(table.trimEnd().split('\n')).toHaveLength(5); // a head, three series, the summary
    expect(table.trimEnd().split('\n').at(-1)).toBe('3/3 valid');
  });

  it('takes a whole file of a stranger as valid, and says that nobody vouches for it', async () => {
    for (const compression of ['snappy', 'gzip', 'uncompressed', 'lz4'] as const) {
      writeParquet(inFolder(NAME), frameOf(candles(ROWS)), compression);
      const report = await only();
      expect([report.valid, codesOf(report)]).toEqual([true, ['NO_CHECKSUM']]);
    }
  });

  it('reads a long file of many row groups', async () => {
    const columns = candles(280_000, { from: START - 280_000 * MINUTE_MS });
    pl.DataFrame(Object.values(frameOf(columns)) as never).writeParquet(inFolder(NAME), {
      compression: 'zstd',
    });
    expect(await only()).toMatchObject({ valid: true, rows: 280_000 });
  });

  it('says so when there is no such folder', async () => {
    await expect(checker().check({ folder: inFolder('nowhere') })).rejects.toMatchObject({
      code: 'INTEGRITY.NO_FOLDER',
    });
    writeFileSync(inFolder('a-file'), '');
    await expect(checker().check({ folder: inFolder('a-file') })).rejects.toMatchObject({
      code: 'INTEGRITY.NO_FOLDER',
    });
  });

  describe('content that is vouched for, and wrong nevertheless', () => {
    const changed = (row: number, change: object) =>
      columnsOf(toCandles(candles(ROWS)).map((candle, i) => (i === row ? { ...candle, ...change } : candle)));
    const without = (...rows: number[]) =>
      columnsOf(toCandles(candles(ROWS)).filter((_, i) => !rows.includes(i)));

    it.each<[string, () => CandleColumns, string]>([
      ['a hole', () => without(500, 501), 'HOLES'],
      ['NaN', () => changed(3, { close: NaN }), 'NOT_FINITE'],
      ['infinity', () => changed(3, { high: Infinity }), 'NOT_FINITE'],
      ['a negative volume', () => changed(3, { volume: -1 }), 'NEGATIVE'],
      ['a close above the high', () => changed(3, { close: 1e9 }), 'OHLC'],
      ['rows out of order', () => columnsOf(toCandles(candles(ROWS)).reverse()), 'ORDER'],
      ['a row twice', () => changed(3, { openTime: START + 2 * MINUTE_MS }), 'DUPLICATES'],
      ['a time off the grid', () => changed(3, { openTime: START + 3 * MINUTE_MS + 500 }), 'MISALIGNED'],
      [
        'another interval than its name',
        () => candles(ROWS, { interval: '5m', from: START - 5 * ROWS * MINUTE_MS }),
        'NAME',
      ],
      ['a forming candle', () => candles(ROWS + 1), 'FORMING'],
      ['candles of the future', () => candles(ROWS + 5), 'FUTURE'],
      ['no rows', () => candles(0), 'NO_ROWS'],
    ])('%s', async (_, make, code) => {
      writeVouched(make());
      const report = await only();
      expect(codesOf(report)).toContain(code);
      expect(report.valid).toBe(false);
    });

    it('a forming candle is one for ever, also when it is looked at the next day', async () => {
      writeVouched(candles(ROWS + 1));
      clock.advance(24 * 60 * MINUTE_MS);
      expect(codesOf(await only())).toEqual(['FORMING']);
    });

    it.each<[string, (frame: Record<string, unknown>) => Record<string, unknown>, string]>([
      ['a column missing', ({ volume: _, ...rest }) => rest, 'SCHEMA'],
      [
        'a column of another name',
        ({ volume: _, ...rest }) => ({
          ...rest,
          vol: pl.Series(
            'vol',
            Array.from({ length: ROWS }, () => 1.5),
          ),
        }),
        'SCHEMA',
      ],
      [
        'prices as text',
        (frame) => ({
          ...frame,
          close: pl.Series(
            'close',
            Array.from({ length: ROWS }, () => '1.5'),
          ),
        }),
        'SCHEMA',
      ],
      [
        'prices as 32-bit floats',
        (frame) => ({
          ...frame,
          close: pl.Series(
            'close',
            Array.from({ length: ROWS }, () => 1.5),
            pl.Float32,
          ),
        }),
        'SCHEMA',
      ],
      [
        'times as floats',
        (frame) => ({
          ...frame,
          timestamp: pl.Series('timestamp', Float64Array.from(candles(ROWS).openTime), pl.Float64),
        }),
        'SCHEMA',
      ],
      [
        'times as dates',
        (frame) => ({
          ...frame,
          timestamp: pl.Series(
            'timestamp',
            Array.from(candles(ROWS).openTime, (t) => new Date(t)),
          ),
        }),
        'SCHEMA',
      ],
      [
        'nulls',
        (frame) => ({
          ...frame,
          close: pl.Series(
            'close',
            Array.from({ length: ROWS }, (_, i) => (i === 7 ? null : 1.5)),
            pl.Float64,
          ),
        }),
        'NULLS',
      ],
      [
        'lists',
        (frame) => ({
          ...frame,
          close: pl.Series(
            'close',
            Array.from({ length: ROWS }, () => [1, 2]),
          ),
        }),
        'SCHEMA',
      ],
    ])('%s', async (_, change, code) => {
      writeVouched(candles(ROWS), change);
      const report = await only();
      expect(codesOf(report)![0]).toBe(code);
      expect(report.valid).toBe(false);
    });

    it('a column too many is of no harm', async () => {
      writeVouched(candles(ROWS), (frame) => ({
        ...frame,
        note: pl.Series(
          'note',
          Array.from({ length: ROWS }, () => 'x'),
        ),
      }));
      const report = await only();
      expect([report.valid, codesOf(report)]).toEqual([true, ['EXTRA_COLUMNS']]);
    });

    it('more or fewer rows than the side-car says', async () => {
      writeParquet(inFolder(NAME), frameOf(candles(ROWS)));
      vouchFor(inFolder(NAME), { length: ROWS - 1, openTime: candles(ROWS).openTime });
      expect(codesOf(await only())).toEqual(['ROW_COUNT']);
    });
  });

  it('warns of staleness, of a short series, and of holes the exchange has itself', async () => {
    const columns = columnsOf(toCandles(candles(ROWS)).filter((_, i) => i !== 500));
    const at = START + 500 * MINUTE_MS;
    await store().write('BTCUSDT', '1m', columns, { knownHoles: [{ from: at, to: at, count: 1 }] });
    clock.advance(30 * MINUTE_MS);
    const report = await only({ wantedRows: 1500 });
    expect([report.valid, codesOf(report)]).toEqual([true, ['SHORT', 'KNOWN_HOLES', 'STALE']]);
  });

  it("finds another market's candles only where a market is expected", async () => {
    await store('binance').write('BTCUSDT', '1m', candles(ROWS));
    expect(codesOf(await only({ source: SOURCE }))).toEqual(['FOREIGN']);
    expect(codesOf(await only())).toEqual([]);
  });

  it('finds a series under the name of another', async () => {
    await store().write('ETHUSDT', '1m', candles(ROWS));
    renameSync(inFolder('ETHUSDT_1m.parquet'), inFolder(NAME));
    renameSync(inFolder('ETHUSDT_1m.parquet.json'), inFolder(`${NAME}.json`));
    expect(codesOf(await only())).toEqual(['NAME']);
  });

  it('finds names that are no series', async () => {
    for (const name of [
      'candles.parquet',
      'BTCUSDT_7m.parquet',
      '_1m.parquet',
      '\u001b[31mx_1m.parquet',
      'a b_1m.parquet',
    ]) {
      writeParquet(inFolder('tmp.parquet'), frameOf(candles(ROWS)));
      renameSync(inFolder('tmp.parquet'), inFolder(name));
    }
    const report = await checker().check();
    expect(report).toMatchObject({ valid: 0, total: 5 });
    for (const file of report.files) expect(codesOf(file)).toContain('NAME');
    expect(renderReport(report)).not.toContain('\u001b');
  });

  it('finds a series whose side-car alone is left', async () => {
    await store().write('BTCUSDT', '1m', candles(ROWS));
    unlinkSync(inFolder(NAME));
    expect(codesOf(await only())).toEqual(['MISSING']);
  });

  it.each<[string, (file: string) => void]>([
    ['cut', (file) => truncateSync(file, 40)],
    ['empty', (file) => truncateSync(file, 0)],
    [
      'edited',
      (file) => writeFileSync(file, readFileSync(file, 'utf8').replace('"rows":1000', '"rows":1001')),
    ],
    ['not JSON', (file) => writeFileSync(file, 'nonsense')],
    ['a number', (file) => writeFileSync(file, '42')],
    ['null', (file) => writeFileSync(file, 'null')],
    ['deeply nested', (file) => writeFileSync(file, '['.repeat(200_000))],
    ['a folder', (file) => (unlinkSync(file), mkdirSync(file))],
    ['a pipe', (file) => (unlinkSync(file), execFileSync('mkfifo', [file]))],
    ['a link to itself', (file) => (unlinkSync(file), symlinkSync(path.basename(file), file))],
  ])('finds a side-car that is %s', async (_, spoil) => {
    await store().write('BTCUSDT', '1m', candles(ROWS));
    spoil(inFolder(`${NAME}.json`));
    const report = await only();
    expect([report.valid, codesOf(report)]).toEqual([false, ['SIDE_CAR']]);
  });

  it.each<[string, (file: string) => unknown, string]>([
    ['a folder', (file) => mkdirSync(file), 'NOT_A_FILE'],
    ['a pipe', (file) => execFileSync('mkfifo', [file]), 'NOT_A_FILE'],
    ['a link to itself', (file) => symlinkSync(NAME, file), 'NOT_A_FILE'],
    ['a link to nowhere', (file) => symlinkSync('nowhere', file), 'NOT_A_FILE'],
    ['a link to a device', (file) => symlinkSync('/dev/zero', file), 'NOT_A_FILE'],
    ['a huge sparse file', (file) => (writeFileSync(file, 'PAR1'), truncateSync(file, 2 ** 40)), 'TOO_LARGE'],
    [
      'a sparse file of 200 MB',
      (file) => (writeFileSync(file, 'PAR1'), truncateSync(file, 2e8)),
      'UNREADABLE',
    ],
  ])('never hangs on %s', async (_, make, code) => {
    make(inFolder(NAME));
    const report = await only();
    expect(codesOf(report)).toContain(code);
    expect(report.valid).toBe(false);
  });

  it('never hangs on a socket', async () => {
    const server = createServer().listen(inFolder(NAME));
    await new Promise((resolve) => server.once('listening', resolve));
    expect(codesOf(await only())).toContain('NOT_A_FILE');
    server.close();
  });

  it('tells a file it may not read', async () => {
    writeParquet(inFolder(NAME), frameOf(candles(ROWS)));
    chmodSync(inFolder(NAME), 0);
    const codes = codesOf(await only());
    expect(codes).toEqual(process.getuid?.() === 0 ? ['NO_CHECKSUM'] : ['NO_ACCESS']); // root reads everything
  });

  it('names what lies about, and knows its own', async () => {
    await store().write('BTCUSDT', '1m', candles(ROWS));
    for (const name of [
      'notes.txt',
      'README.md',
      'universe.json',
      'emulator.json',
      '.gitignore',
      `${NAME}.lock`,
    ]) {
      writeFileSync(inFolder(name), '');
    }
    mkdirSync(inFolder('postgres'));
    mkdirSync(inFolder('quarantine'));
    writeFileSync(inFolder(`${NAME}.tmp-1-0`), '');
    writeFileSync(inFolder(`${NAME}.tmp-2-0`), ''); // young: somebody may be writing it
    const old = (Date.now() - 3_600_000) / 1000;
    utimesSync(inFolder(`${NAME}.tmp-1-0`), old, old);
    const report = await checker().check();
    expect(report.findings.map((finding) => [finding.code, finding.detail?.['file']])).toEqual([
      ['LEFTOVER', `${NAME}.tmp-1-0`],
      ['UNKNOWN_FILE', 'notes.txt'],
    ]);
    expect(report.summary).toBe('1/1 valid');
  });

  describe('any accident', () => {
    let whole: Buffer;
    beforeAll(() => {
      const scratch = temporaryFolder();
      writeParquet(path.join(scratch.folder, NAME), frameOf(candles(ROWS)));
      whole = readFileSync(path.join(scratch.folder, NAME));
      scratch.remove();
    });

    it.each(CORRUPTIONS)('$name: found, with side-car and without', async ({ name, apply }) => {
      await store().write('BTCUSDT', '1m', candles(ROWS));
      const written = readFileSync(inFolder(NAME));
      writeFileSync(inFolder(NAME), apply(written));
      const vouched = await only();
      expect([name, vouched.valid, codesOf(vouched)]).toEqual([name, false, ['CHECKSUM']]);

      unlinkSync(inFolder(`${NAME}.json`));
      writeFileSync(inFolder(NAME), apply(whole));
      const unvouched = await only();
      // A footer that claims a row less makes a whole file of 999 rows.
      expect([name, unvouched.valid]).toEqual([name, name === 'one row too few claimed']);
    });

    it.each(CORRUPTIONS)('$name: found, although the side-car vouches for it', async ({ name, apply }) => {
      writeFileSync(inFolder(NAME), apply(whole));
      vouchFor(inFolder(NAME), candles(ROWS));
      expect([name, (await only()).valid]).toEqual([name, false]);
    });

    it.each(['pages', 'footer', 'anywhere'] as const)('random mutants of the %s', async (where) => {
      const random = randomOf(20_250_401 + where.length);
      const mutants = Array.from({ length: 80 }, () => mutate(whole, random, where));
      for (const [i, bytes] of mutants.entries()) {
        writeFileSync(inFolder(`V${i}_1m.parquet`), bytes);
        const sideCar = { sha256: sha256Of(whole), bytes: whole.length, symbol: `V${i}` };
        vouchFor(inFolder(`V${i}_1m.parquet`), candles(ROWS), sideCar);
        writeFileSync(inFolder(`U${i}_1m.parquet`), bytes);
      }
      const { files } = await checker().check();
      expect(files).toHaveLength(160);
      for (const file of files) {
        const bytes = mutants[Number(file.file.slice(1).split('_')[0])]!;
        const isSame = bytes.equals(whole);
        if (file.file.startsWith('V')) expect([file.file, file.valid]).toEqual([file.file, isSame]);
        // Nobody can know what an unvouched file once was: either it is broken, or the report says that it is unvouched.
        else expect(!file.valid || hasFinding(file, 'NO_CHECKSUM')).toBe(true);
        if (file.file.startsWith('U') && file.valid)
          expect(typeof decodeParquet(bytes, ROWS)).not.toBe('string');
      }
    });
  });

  it('looks again only at what has changed, unless it is asked to', async () => {
    for (const symbol of ['AUSDT', 'BUSDT']) await store().write(symbol, '1m', candles(ROWS));
    const one = checker();
    await one.check();
    const file = inFolder('AUSDT_1m.parquet');
    const { mtime } = { mtime: new Date(Date.now() - 1000) };
    utimesSync(file, mtime, mtime);
    expect((await one.check()).valid).toBe(2);
    const bytes = readFileSync(file);
    bytes[100]! ^= 1;
    writeFileSync(file, bytes);
    expect((await one.check()).valid).toBe(1);
    rmSync(file);
    rmSync(`${file}.json`);
    expect((await one.check()).summary).toBe('1/1 valid');
    expect((await one.check({ full: true })).summary).toBe('1/1 valid');
  });

  it('stays calm while the store replaces what it reads', async () => {
    const own = store();
    await own.write('BTCUSDT', '1m', candles(900));
    let writing = true;
    const writer = (async () => {
      for (let length = 901; writing; length++)
        await own.write('BTCUSDT', '1m', candles(Math.min(length, ROWS)));
    })();
    for (let i = 0; i < 30; i++)
      expect(codesOf((await checker().check()).files[0])).toEqual(
        expect.not.arrayContaining(['CHECKSUM', 'SIDE_CAR']),
      );
    writing = false;
    await writer;
  });

  it('can be stopped', async () => {
    await store().write('BTCUSDT', '1m', candles(ROWS));
    await expect(checker().check({ signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  });
});
