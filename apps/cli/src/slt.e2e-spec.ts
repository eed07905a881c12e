/** The command line as people and scripts meet it: a process, its words, its exit code, its two streams. */
import { existsSync, readdirSync, readFileSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Emulator } from '@slt/emulator';
import { eventually } from '../../../test/support/eventually';
import { SltUnderTest } from '../../../test/support/slt';

const KLINES = '/fapi/v1/klines';

jest.setTimeout(120_000);

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
  it('tells what there is, with examples', async () => {
    const general = await slt('--help');
    expect([general.code, general.err]).toEqual([0, '']);
    for (const command of ['emulator', 'integrity', 'history']) expect(general.out).toContain(command);
    for (const command of ['emulator', 'integrity', 'history sync']) {
      const { code, out } = await slt(`${command} --help`);
      expect(code).toBe(0);
      expect(out).toContain('Examples:');
      expect(out).toContain(`slt ${command} --`);
    }
  });

  it.each([
    '',
    'history',
    'nonsense',
    '--nonsense',
    'integrity --nonsense',
    'integrity --data',
    'integrity --data nowhere',
    'integrity extra',
    'history sync',
    'history sync --symbols BTCUSDT --interval 7m --limit 5',
    'history sync --symbols NOSUCHUSDT --interval 1m --limit 5',
    'emulator --port http',
    'emulator --replay nowhere',
  ])('answers "%s" with 2, on stderr alone', async (words) => {
    const { code, out, err } = await slt(words);
    expect([code, out]).toEqual([2, '']);
    expect(err).not.toBe('');
    expect(err).not.toMatch(/\n\s+at /); // no stack trace
  });

  it('lists every wrong value at once', async () => {
    const { code, err } = await slt('history sync --symbols , --interval 7m --limit x');
    expect(code).toBe(2);
    for (const flag of ['--symbols', '--interval', '--limit']) expect(err).toContain(flag);
    const settings = await slt(`integrity --data ${program.folder}`, {
      EXCHANGE: 'mtgox',
      HISTORY_LIMIT: 'all',
    });
    expect(settings.code).toBe(2);
    for (const name of ['EXCHANGE', 'HISTORY_LIMIT']) expect(settings.err).toContain(name);
  });

  it('syncs, checks, finds, repairs: all without an exchange of ours', async () => {
    const first = await sync();
    expect([first.code, first.out.trimEnd().split('\n').at(-1)]).toEqual([0, '2/2 whole']);
    const again = await sync();
    expect([again.code, again.out.match(/nothing to fetch|1 fetched/g)?.length]).toEqual([0, 2]);

    const whole = await slt(`integrity --data ${program.folder}`);
    expect([whole.code, whole.out.trimEnd().split('\n').at(-1), whole.err]).toEqual([
      0,
      expect.stringMatching(/^2\/2 valid/),
      '',
    ]);

    flip('BTCUSDT_1m.parquet');
    unlinkSync(file('ETHUSDT_1m.parquet.json'));
    const broken = await slt(`integrity --data ${program.folder}`);
    expect(broken.code).toBe(1);
    expect(broken.out).toMatch(/BTCUSDT_1m\.parquet .*broken\n\s+error CHECKSUM/);
    expect(broken.out).toMatch(/warning NO_CHECKSUM/);
    expect(broken.out.trimEnd().split('\n').at(-1)).toMatch(/^1\/2 valid/);

    const json = await slt(`integrity --data ${program.folder} --json`);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({ valid: 1, total: 2, summary: '1/2 valid' });

    const repaired = await slt(`integrity --data ${program.folder} --repair --json`);
    expect(repaired.code).toBe(0);
    expect(JSON.parse(repaired.out)).toMatchObject({
      summary: '2/2 valid',
      repair: { failed: 0, files: [{ outcome: 'refetched' }, { outcome: 'adopted' }] },
    });
    expect(readdirSync(file('quarantine')).filter((name) => name.endsWith('.reason.json'))).toHaveLength(1);
    expect((await slt(`integrity --data ${program.folder} --repair`)).code).toBe(0);
  });

  it('calls an empty cache whole', async () => {
    expect(await slt(`integrity --data ${program.folder}`)).toEqual({ code: 0, out: '0/0 valid\n', err: '' });
    expect(readdirSync(program.folder)).toEqual([]);
  });

  it("does not repair a real market's candles with an emulator's because nobody named the exchange", async () => {
    await sync(100, { EMULATOR_SEED: '7' });
    flip('BTCUSDT_1m.parquet');
    const before = readdirSync(program.folder);
    const { code, err } = await slt(`integrity --data ${program.folder} --repair`);
    expect(code).toBe(2);
    expect(err).toContain('EXCHANGE');
    expect(readdirSync(program.folder)).toEqual(before);
  });

  it('takes long spans from the archive, and says how far it is', async () => {
    const words = `history sync --symbols BTCUSDT --interval 1h --from 2026-01-01 --to 2026-03-01T00:00Z --data ${program.folder}`;
    const { code, out, err } = await slt(words);
    expect([code, out]).toEqual([0, expect.stringContaining('1416 candles')]); // 59 days
    expect(out).toMatch(/archive file/);
    expect(err).toMatch(/^1416\/1416 candles/m);
    expect((await slt(words)).out).toContain('nothing to fetch');
  });

  describe('with an emulator elsewhere', () => {
    let emulator: Emulator;
    let environment: Record<string, string>;

    beforeEach(async () => {
      emulator = await Emulator.start({ symbols: 5, seed: 9, quiet: true });
      environment = { EXCHANGE: 'emulator', EMULATOR_URL: emulator.url };
    });
    afterEach(() => emulator.close());

    it('fetches only what is broken', async () => {
      expect((await sync(1000, environment)).code).toBe(0);
      emulator.resetStats();
      expect((await slt(`integrity --data ${program.folder} --repair`, environment)).code).toBe(0);
      expect(emulator.stats().requests.byPath[KLINES] ?? 0).toBe(0);
      truncateSync(file('ETHUSDT_1m.parquet'), 500);
      expect((await slt(`integrity --data ${program.folder} --repair`, environment)).code).toBe(0);
      expect(emulator.stats().requests.byPath[KLINES]).toBe(1);
      expect(emulator.stats().weight.byPath[KLINES]).toBe(5);
    });

    it("finds another market's candles", async () => {
      await sync(100);
      const { code, out } = await slt(`integrity --data ${program.folder}`, environment);
      expect(code).toBe(1);
      expect(out).toContain('FOREIGN');
    });

    it('goes on after Ctrl-C where it was', async () => {
      emulator.faults.add({ kind: 'latency', path: KLINES, ms: 400 });
      const words =
        `history sync --symbols BTCUSDT --interval 1m --limit 60000 --data ${program.folder}`.split(' ');
      const { child, ended } = start(words, environment);
      await eventually(() => existsSync(file('BTCUSDT_1m.parquet')), 60_000);
      child.kill('SIGINT');
      expect((await ended).code).toBe(130);
      emulator.faults.clear();
      expect((await slt(`integrity --data ${program.folder}`, environment)).code).toBe(0);
      const rest = await slt(words.join(' '), environment);
      expect(rest.code).toBe(0);
      const [, rows, fetched] = /: (\d+) candles.*, (\d+) fetched/.exec(rest.out)!;
      expect(Number(rows)).toBe(60_000);
      expect(Number(fetched)).toBeLessThan(60_000);
    });

    it('says in one line that an exchange does not answer', async () => {
      await emulator.close();
      const { code, err } = await sync(5, environment);
      expect(code).toBe(1);
      expect(err.trimEnd().split('\n')).toHaveLength(1);
    });
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
