import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { claimRows, ROWS } from '../../test/corruptions';
import { candles, frameOf, temporaryFolder, writeParquet } from '../../test/series-fixture';
import { ParquetSandbox } from './parquet-sandbox';

describe('ParquetSandbox', () => {
  const { folder, remove } = temporaryFolder();
  const file = path.join(folder, 'BTCUSDT_1m.parquet');
  let whole: Buffer;
  let sandbox: ParquetSandbox;

  beforeAll(() => {
    writeParquet(file, frameOf(candles(ROWS)));
    whole = readFileSync(file);
  });
  afterAll(remove);
  beforeEach(() => {
    sandbox = new ParquetSandbox();
  });
  afterEach(() => sandbox.close());

  it('answers with the columns as they were written', async () => {
    const answer = await sandbox.read(whole);
    expect(answer).toMatchObject({ kind: 'parsed', rows: ROWS, nulls: {} });
    const { openTime, close } = candles(ROWS);
    expect(answer.kind === 'parsed' && answer.columns).toMatchObject({ timestamp: openTime, close });
  });

  it('outlives a file that aborts its parser, and serves the next', async () => {
    const absurd = claimRows(whole, 4_294_967_296n);
    writeFileSync(file, absurd);
    const script = `require('nodejs-polars').readParquet(require('fs').readFileSync(${JSON.stringify(file)}))`;
    const naive = spawnSync(process.execPath, ['-e', `try { ${script} } catch {}`], { cwd: __dirname });
    expect(naive.signal).toBe('SIGABRT'); // or the sandbox would be for nothing

    const answers = await Promise.all(
      [whole, absurd, whole, absurd, whole].map((bytes) => sandbox.read(bytes)),
    );
    expect(answers.map((answer) => answer.kind)).toEqual([
      'parsed',
      'crashed',
      'parsed',
      'crashed',
      'parsed',
    ]);
  });

  it('gives up on a file that takes too long', async () => {
    const script = path.join(folder, 'hang.cjs');
    writeFileSync(script, `process.on('message', () => { for (;;); });`);
    const hanging = new ParquetSandbox({ script, timeoutMs: 300 });
    expect(await hanging.read(whole)).toEqual({ kind: 'timeout', timeoutMs: 300 });
    hanging.close();
  });

  it('stops a file that wants too much memory', async () => {
    const script = path.join(folder, 'greedy.cjs');
    writeFileSync(
      script,
      `process.on('message', () => { const a = []; for (;;) a.push(Buffer.alloc(1e8, 1)); });`,
    );
    const greedy = new ParquetSandbox({ script, memoryMiB: 512 });
    expect(await greedy.read(whole)).toMatchObject({ kind: 'crashed' });
    greedy.close();
  });

  it('survives a child that cannot start', async () => {
    const broken = new ParquetSandbox({ script: path.join(folder, 'nowhere.cjs') });
    expect(await broken.read(whole)).toMatchObject({ kind: 'crashed' });
    expect(await broken.read(whole)).toMatchObject({ kind: 'crashed' });
    broken.close();
  });
});
