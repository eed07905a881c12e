/** What the commands say and do, in this process; as a process: slt.e2e-spec.ts. */
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Emulator } from '@slt/emulator';
import { sltInProcess } from '../../../test/support/slt-in-process';

const KLINES = '/fapi/v1/klines';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'slt-commands-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const slt = (words: string, environment: Readonly<Record<string, string>> = {}) =>
  sltInProcess(words, { EMULATOR_SYMBOLS: '5', DATA_DIR: folder, ...environment });
const sync = (limit = 300, environment?: Readonly<Record<string, string>>) =>
  slt(`history sync --symbols BTCUSDT,ETHUSDT --interval 1m --limit ${limit}`, environment);
const file = (name: string) => path.join(folder, name);

function flip(name: string): void {
  const bytes = readFileSync(file(name));
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(file(name), bytes);
}

it.each(['emulator', 'integrity', 'history sync'])(
  '%s tells what it takes, with examples',
  async (command) => {
    const { code, out } = await slt(`${command} --help`);
    expect(code).toBe(0);
    expect(out).toContain('Examples:');
    expect(out).toContain(`slt ${command} --`);
  },
);

it.each([
  'history',
  'nonsense',
  '--nonsense',
  'integrity --nonsense',
  'integrity --data',
  'integrity extra',
  'history sync',
  'history sync --symbols BTCUSDT --interval 7m --limit 5',
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
  const settings = await slt('integrity', { EXCHANGE: 'mtgox', HISTORY_LIMIT: 'all' });
  expect(settings.code).toBe(2);
  for (const name of ['EXCHANGE', 'HISTORY_LIMIT']) expect(settings.err).toContain(name);
});

it('syncs, checks, finds, repairs: all without an exchange of ours', async () => {
  const first = await sync();
  expect([first.code, first.out.trimEnd().split('\n').at(-1)]).toEqual([0, '2/2 whole']);
  const again = await sync();
  expect([again.code, again.out.match(/nothing to fetch|1 fetched/g)?.length]).toEqual([0, 2]);

  const whole = await slt('integrity');
  expect([whole.code, whole.out.trimEnd().split('\n').at(-1), whole.err]).toEqual([
    0,
    expect.stringMatching(/^2\/2 valid/),
    '',
  ]);

  flip('BTCUSDT_1m.parquet');
  unlinkSync(file('ETHUSDT_1m.parquet.json'));
  const broken = await slt('integrity');
  expect(broken.code).toBe(1);
  expect(broken.out).toMatch(/BTCUSDT_1m\.parquet .*broken\n\s+error CHECKSUM/);
  expect(broken.out).toMatch(/warning NO_CHECKSUM/);
  expect(broken.out.trimEnd().split('\n').at(-1)).toMatch(/^1\/2 valid/);

  const json = await slt('integrity --json');
  expect(json.code).toBe(1);
  expect(JSON.parse(json.out)).toMatchObject({ valid: 1, total: 2, summary: '1/2 valid' });

  const repaired = await slt('integrity --repair --json');
  expect(repaired.code).toBe(0);
  expect(JSON.parse(repaired.out)).toMatchObject({
    summary: '2/2 valid',
    repair: { failed: 0, files: [{ outcome: 'refetched' }, { outcome: 'adopted' }] },
  });
  expect(readdirSync(file('quarantine')).filter((name) => name.endsWith('.reason.json'))).toHaveLength(1);
  expect((await slt('integrity --repair')).code).toBe(0);
});

it('calls an empty cache whole', async () => {
  expect(await slt('integrity')).toEqual({ code: 0, out: '0/0 valid\n', err: '' });
  expect(readdirSync(folder)).toEqual([]);
});

it("does not repair a real market's candles with an emulator's because nobody named the exchange", async () => {
  await sync(100, { EMULATOR_SEED: '7' });
  flip('BTCUSDT_1m.parquet');
  const before = readdirSync(folder);
  const { code, err } = await slt('integrity --repair');
  expect(code).toBe(2);
  expect(err).toContain('EXCHANGE');
  expect(readdirSync(folder)).toEqual(before);
});

it('takes long spans from the archive, and says how far it is', async () => {
  const words = 'history sync --symbols BTCUSDT --interval 1h --from 2026-01-01 --to 2026-03-01T00:00Z';
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
    expect((await slt('integrity --repair', environment)).code).toBe(0);
    expect(emulator.stats().requests.byPath[KLINES] ?? 0).toBe(0);
    truncateSync(file('ETHUSDT_1m.parquet'), 500);
    expect((await slt('integrity --repair', environment)).code).toBe(0);
    expect(emulator.stats().requests.byPath[KLINES]).toBe(1);
    expect(emulator.stats().weight.byPath[KLINES]).toBe(5);
  });

  it("finds another market's candles", async () => {
    await sync(100);
    const { code, out } = await slt('integrity', environment);
    expect(code).toBe(1);
    expect(out).toContain('FOREIGN');
  });
});
