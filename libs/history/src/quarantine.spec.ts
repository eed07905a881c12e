import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@slt/domain';
import { listQuarantine, quarantineFile } from './quarantine';

describe('quarantineFile', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slt-quarantine-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('moves the file and its side-car, and says why', async () => {
    const path = join(folder, 'BTCUSDT_1m.parquet');
    await writeFile(path, 'not parquet');
    await writeFile(`${path}.json`, '{}');
    const moved = await quarantineFile(path, new AppError('invalid', 'STORE.DAMAGED', 'wrong checksum'));
    expect(await readdir(folder)).toEqual(['quarantine']);
    expect(await readFile(moved!.path, 'utf8')).toBe('not parquet');
    expect(moved!.companions).toHaveLength(1);
    expect(JSON.parse(await readFile(moved!.reasonPath, 'utf8'))).toMatchObject({
      file: 'BTCUSDT_1m.parquet',
      code: 'STORE.DAMAGED',
      message: 'wrong checksum',
    });
  });

  it('keeps both of two files of one name, and takes a folder as well', async () => {
    const path = join(folder, 'A_1m.parquet');
    await writeFile(path, 'first');
    const first = await quarantineFile(path, { code: 'X', message: 'one' });
    await mkdir(path);
    const second = await quarantineFile(path, 'two');
    expect(second!.path).not.toBe(first!.path);
    expect(await readdir(join(folder, 'quarantine'))).toHaveLength(4);
  });

  it('leaves the neighbours alone: other series, locks, half-written files', async () => {
    for (const name of ['A_1m.parquet', 'A_1m.parquet.lock', 'A_1m.parquet.tmp-1', 'AA_1m.parquet'])
      await writeFile(join(folder, name), 'x');
    await quarantineFile(join(folder, 'A_1m.parquet'), 'broken');
    expect((await readdir(folder)).sort()).toEqual([
      'AA_1m.parquet',
      'A_1m.parquet.lock',
      'A_1m.parquet.tmp-1',
      'quarantine',
    ]);
  });

  it('answers undefined when the file is gone', async () => {
    expect(await quarantineFile(join(folder, 'gone.parquet'), 'x')).toBeUndefined();
  });
});

describe('listQuarantine', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slt-quarantine-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('tells what lies there, newest first, and why', async () => {
    const path = join(folder, 'BTCUSDT_1m.parquet');
    await writeFile(path, 'first');
    const first = await quarantineFile(path, new AppError('invalid', 'STORE.DAMAGED', 'wrong checksum'));
    await writeFile(
      first!.reasonPath,
      JSON.stringify({ ...REASON, quarantinedAt: '2026-11-23T07:00:00.000Z' }),
    );
    await writeFile(path, 'second!');
    await quarantineFile(path, { code: 'HOLES', message: 'three are missing' });
    const [newest, oldest, ...more] = await listQuarantine(folder);
    expect(newest).toMatchObject({
      original: 'BTCUSDT_1m.parquet',
      code: 'HOLES',
      message: 'three are missing',
      bytes: 7,
    });
    expect(oldest).toMatchObject({
      code: 'STORE.DAMAGED',
      quarantinedAt: Date.UTC(2026, 10, 23, 7),
      bytes: 5,
    });
    expect(more).toEqual([]);
  });

  it('is empty where nothing was ever moved aside', async () => {
    expect(await listQuarantine(folder)).toEqual([]);
  });

  it.each(['', '{', 'null', '[]', '{"file":7,"quarantinedAt":"soon"}'])(
    'tells of a file whose reason is %j',
    async (text) => {
      await mkdir(join(folder, 'quarantine'));
      await writeFile(join(folder, 'quarantine', 'X.reason.json'), text);
      expect(await listQuarantine(folder)).toEqual([
        {
          file: 'X',
          original: 'X',
          code: 'UNKNOWN',
          message: 'the reason cannot be read',
          quarantinedAt: 0,
          bytes: 0,
        },
      ]);
    },
  );
});

const REASON = { file: 'BTCUSDT_1m.parquet', code: 'STORE.DAMAGED', message: 'wrong checksum' };
