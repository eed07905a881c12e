import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@slt/domain';
import { quarantineFile } from './quarantine';

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
