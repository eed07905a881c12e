/** The command line as people and scripts meet it: a process, its exit code, its two streams. What it says: commands.spec.ts. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Emulator } from '@slt/emulator';
import { eventually } from '../../../test/support/eventually';
import { SltUnderTest } from '../../../test/support/slt';

const KLINES = '/fapi/v1/klines';
/** Half as much again as is written at once. */
const WANTED = 30_000;

const program = new SltUnderTest({ EMULATOR_SYMBOLS: '5' }).install();
const slt: SltUnderTest['run'] = (...asked) => program.run(...asked);
const start: SltUnderTest['start'] = (...asked) => program.start(...asked);

const sync = (limit = 300, environment?: Record<string, string>) =>
  slt(
    `history sync --symbols BTCUSDT,ETHUSDT --interval 1m --limit ${limit} --data ${program.folder}`,
    environment,
  );

const file = (name: string) => path.join(program.folder, name);

function flip(name: string): void {
  const bytes = readFileSync(file(name));
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(file(name), bytes);
}

describe('slt', () => {
  it('tells what there is', async () => {
    const { code, out, err } = await slt('--help');
    expect([code, err]).toEqual([0, '']);
    for (const command of ['emulator', 'integrity', 'history']) expect(out).toContain(command);
  });

  it.each([
    '',
    'integrity --data nowhere',
    'history sync --symbols NOSUCHUSDT --interval 1m --limit 5 --data .',
  ])('answers "%s" with 2, on stderr alone', async (words) => {
    const { code, out, err } = await slt(words);
    expect([code, out]).toEqual([2, '']);
    expect(err).not.toBe('');
    expect(err).not.toMatch(/\n\s+at /); // no stack trace
  });

  it('syncs, finds, repairs: all without an exchange of ours', async () => {
    const first = await sync();
    expect([first.code, first.out.trimEnd().split('\n').at(-1)]).toEqual([0, '2/2 whole']);
    flip('BTCUSDT_1m.parquet');
    const broken = await slt(`integrity --data ${program.folder}`);
    expect([broken.code, broken.out.trimEnd().split('\n').at(-1), broken.err]).toEqual([
      1,
      expect.stringMatching(/^1\/2 valid/),
      '',
    ]);
    const repaired = await slt(`integrity --data ${program.folder} --repair --json`);
    expect(repaired.code).toBe(0);
    expect(JSON.parse(repaired.out)).toMatchObject({ summary: '2/2 valid', repair: { failed: 0 } });
  });

  describe('with an emulator elsewhere', () => {
    let emulator: Emulator;
    let environment: Record<string, string>;

    beforeEach(async () => {
      emulator = await Emulator.start({ symbols: 5, seed: 9, quiet: true });
      environment = { EXCHANGE: 'emulator', EMULATOR_URL: emulator.url };
    });
    afterEach(() => emulator.close());

    it('goes on after Ctrl-C where it was', async () => {
      emulator.faults.add({ kind: 'latency', path: KLINES, ms: 400 });
      const words =
        `history sync --symbols BTCUSDT --interval 1m --limit ${WANTED} --data ${program.folder}`.split(' ');
      const { child, ended } = start(words, environment);
      await eventually(() => existsSync(file('BTCUSDT_1m.parquet')), 60_000);
      child.kill('SIGINT');
      expect((await ended).code).toBe(130);
      emulator.faults.clear();
      expect((await slt(`integrity --data ${program.folder}`, environment)).code).toBe(0);
      const rest = await slt(words.join(' '), environment);
      expect(rest.code).toBe(0);
      const [, rows, fetched] = /: (\d+) candles.*, (\d+) fetched/.exec(rest.out)!;
      expect(Number(rows)).toBe(WANTED);
      expect(Number(fetched)).toBeLessThan(WANTED);
    });

    it('says in one line that an exchange does not answer', async () => {
      await emulator.close();
      const { code, err } = await sync(5, environment);
      expect(code).toBe(1);
      expect(err.trimEnd().split('\n')).toHaveLength(1);
    });
  });

  it('reads the files of many symbols side by side, and says nothing of it', async () => {
    const rows = Array.from({ length: 50 }, (_, i) => `${(i + 1) * 60_000},1,1,1,1,1\n`).join('');
    const folder = file('recordings');
    mkdirSync(folder);
    for (let i = 0; i < 12; i++) writeFileSync(path.join(folder, `S${i}USDT_1m_made.csv`), rows);
    const { code, out, err } = await slt(`backtest --data ${folder}`);
    expect([code, out.split('\n')[0]]).toEqual([0, expect.stringContaining('600 candles of 1m, 12 symbols')]);
    expect(err).not.toContain('Warning');
  });

  it('does not mind a reader that goes away', async () => {
    await sync(50);
    const { child, ended } = start(['integrity', '--data', program.folder, '--json']);
    child.stdout.destroy();
    const { code, err } = await ended;
    expect([code, err]).toEqual([0, '']);
  });

  it('runs the emulator until it is told to stop', async () => {
    const { child, so, ended } = start(['emulator', '--symbols', '3', '--seed', '5', '--speed', '60']);
    const url = await eventually(() => /http:\/\/[\d.:]+/.exec(so.out)?.[0] ?? false, 30_000);
    const status = (await (await fetch(`${url}/emulator/status`)).json()) as { speed: number };
    expect(status.speed).toBe(60);
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
  });
});
