/** `slt smc` in this process: files of candles in, events out, and a sentence about what is wrong. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import { type Candle, columnsOf, ManualClock } from '@slt/domain';
import { CandleStore } from '@slt/history';
import { SmcEngine, type SmcOptions } from '@slt/smc';
import { runCli } from './run-cli';

const MINUTE = 60_000;
const T0 = Date.UTC(2025, 5, 1, 22);
const HEADER = 'timestamp,open,high,low,close,volume\n';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'slt-smc-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Words are separated by spaces; a word that begins with @ is a file in the folder, and is shown so. */
async function slt(
  text: string,
  options: { readonly readsUpTo?: number; readonly signal?: AbortSignal } = {},
): Promise<Ended> {
  const { readsUpTo = Infinity, signal = new AbortController().signal } = options;
  const so = { out: '', err: '' };
  const terminal = {
    isTty: false,
    out: (more: string) => {
      so.out += more;
      return Promise.resolve(so.out.length <= readsUpTo);
    },
    say: (line: string) => void (so.err += `${line.replaceAll(`${folder}/`, '@')}\n`),
  };
  const words = text.split(' ').map((word) => word.replace(/^@/, `${folder}/`));
  const code = await runCli({ words, environment: {}, terminal, signal });
  return { code, ...so };
}

function write(name: string, bytes: Uint8Array | string): string {
  writeFileSync(path.join(folder, name), bytes);
  return name;
}

/** A walk on a grid of cents, so that levels meet; with pivots, breaks and gaps enough. */
function candles(length: number, step = MINUTE): Candle[] {
  let state = 7;
  const random = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  const cents = (price: number): number => Math.round(price * 100) / 100;
  let close = 100;
  return Array.from({ length }, (_, i) => {
    const open = close;
    close = cents(open + (random() - 0.5) * 2 + Math.sin(i / 40) / 4);
    const high = cents(Math.max(open, close) + random() / 2);
    const low = cents(Math.min(open, close) - random() / 2);
    return { openTime: T0 + i * step, open, high, low, close, volume: cents(random() * 100) };
  });
}

const SERIES = candles(3_000);

function csv(series: readonly Candle[]): string {
  return series
    .map(
      ({ openTime, open, high, low, close, volume }) =>
        `${[openTime, open, high, low, close, volume].join()}\n`,
    )
    .join('');
}

/** Binance's twelve columns. */
function archive(series: readonly Candle[], factor = 1): string {
  return series
    .map(({ openTime, open, high, low, close, volume }) => {
      const own = [
        openTime * factor,
        open.toFixed(2),
        high.toFixed(2),
        low.toFixed(2),
        close.toFixed(2),
        volume,
      ];
      return `${[...own, (openTime + MINUTE) * factor - 1, '1.5', 3, '0.5', '0.25', 0].join()}\n`;
    })
    .join('');
}

const ARCHIVE_HEADER =
  'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore\n';

async function parquet(series: readonly Candle[]): Promise<string> {
  const store = new CandleStore({ folder, source: 'test', keep: 10_000, clock: new ManualClock(T0) });
  await store.write('BTCUSDT', '1m', columnsOf(series));
  return path.basename(store.pathOf('BTCUSDT', '1m'));
}

/** What the engine itself says. */
function eventsOf(series: readonly Candle[], options: Partial<SmcOptions> = {}): string {
  const engine = new SmcEngine(options);
  return series
    .flatMap((candle) => engine.step(candle).map((event) => `${JSON.stringify(event)}\n`))
    .join('');
}

const EXPECTED = eventsOf(SERIES);

describe('slt smc', () => {
  it('prints the very events of the engine, whatever kind of file the candles are in', async () => {
    expect(EXPECTED.split('\n').length).toBeGreaterThan(1_000);
    const files = [
      write('plain.csv', HEADER + csv(SERIES)),
      write('bare.csv', csv(SERIES)),
      write('packed.csv.gz', gzipSync(HEADER + csv(SERIES))),
      write('archive.csv', ARCHIVE_HEADER + archive(SERIES)),
      write('archive.csv.gz', gzipSync(archive(SERIES))),
      write('archive.zip', zipSync({ 'BTCUSDT-1m-2025-06.csv': strToU8(archive(SERIES, 1_000)) })), // µs
      await parquet(SERIES),
    ];
    write('alone.parquet', readFileSync(path.join(folder, files.at(-1)!)));
    for (const file of [...files, 'alone.parquet']) {
      const { code, out, err } = await slt(`smc @${file}`);
      expect([file, code, out === EXPECTED]).toEqual([file, 0, true]);
      expect(err).toMatch(
        /^slt: 3000 candles of 1m, 2025-06-01T22:00Z to 2025-06-03T23:59Z, [\d.]+ µs a candle\n/,
      );
      expect(err).toMatch(/\nslt: \d+ events: .*\d+ pivot/);
      expect(err).not.toContain('hole');
    }
  });

  it('finds columns by name, in any order and among others', async () => {
    const rows = SERIES.map(
      ({ openTime, open, high, low, close, volume }) =>
        `x,${volume},${close},${high},"y",${low},${open},${openTime}`,
    );
    write('mixed.csv', ['Symbol,volume,close,high,note,low,open,timestamp', ...rows].join('\r\n'));
    expect((await slt('smc @mixed.csv')).out === EXPECTED).toBe(true);
  });

  it('writes a file, whole or not at all', async () => {
    write('a.csv', csv(SERIES));
    write('events.jsonl', 'of yesterday');
    const { code, out } = await slt('smc @a.csv --out @events.jsonl');
    expect([code, out]).toEqual([0, '']);
    expect(readFileSync(path.join(folder, 'events.jsonl'), 'utf8') === EXPECTED).toBe(true);

    write('broken.csv', `${csv(SERIES)}${T0 + 3_000 * MINUTE},1,2,0.5,x,1\n`);
    const broken = await slt('smc @broken.csv --out @events.jsonl');
    expect([broken.code, broken.out]).toEqual([1, '']);
    expect(broken.err).toBe('slt: @broken.csv: line 3001: "x" is no number (CANDLES.ROW)\n');
    expect(readFileSync(path.join(folder, 'events.jsonl'), 'utf8') === EXPECTED).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['a.csv', 'broken.csv', 'events.jsonl']);
  });

  it('sets every option of the engine', async () => {
    write('a.csv', csv(SERIES));
    const words =
      '--swing 20 --internal 4 --equal 2 --equal-threshold 0.5 --atr 50 --gap-atr 10 --gap-filter 0.2 --volatility 1.5 ' +
      '--mitigation close --block-limit 5 --breaker-limit 4 --gap-limit 6 --pool-limit 7';
    const { out } = await slt(`smc @a.csv ${words}`);
    const expected = eventsOf(SERIES, {
      swingSize: 20,
      internalSize: 4,
      equalSize: 2,
      equalThreshold: 0.5,
      atrLength: 50,
      gapAtrLength: 10,
      gapFilter: 0.2,
      volatilityFactor: 1.5,
      mitigation: 'close',
      blockLimit: 5,
      breakerLimit: 4,
      gapLimit: 6,
      poolLimit: 7,
    });
    expect(out === expected).toBe(true);
    expect(out === EXPECTED).toBe(false);
  });

  it('names every option that will not do, as it was written', async () => {
    write('a.csv', csv(SERIES));
    const words = await slt('smc @a.csv --swing many --internal 1e3');
    expect([words.code, words.out]).toEqual([2, '']);
    for (const text of ['--swing "many"', '--internal "1e3"']) expect(words.err).toContain(text);
    const values = await slt('smc @a.csv --swing 0 --gap-filter -1 --mitigation never --out @b.jsonl');
    expect(values.code).toBe(2);
    for (const text of ['--swing is 0', '--gap-filter is -1', '--mitigation is'])
      expect(values.err).toContain(text);
    expect(existsSync(path.join(folder, 'b.jsonl'))).toBe(false);
  });

  it('learns the interval from the file, and contradicts', async () => {
    const hourly = candles(500, 60 * MINUTE);
    write('hourly.csv', csv(hourly));
    const { out, err } = await slt('smc @hourly.csv');
    expect(err).toContain('500 candles of 1h');
    expect(out === eventsOf(hourly, { intervalMs: 60 * MINUTE })).toBe(true);
    for (const interval of ['1m', '1d']) {
      const wrong = await slt(`smc @hourly.csv --interval ${interval}`);
      expect([wrong.code, wrong.out]).toEqual([2, '']);
      expect(wrong.err).toBe(
        `slt: @hourly.csv: its candles are 1h apart, not ${interval} as --interval says\n`,
      );
    }
    write('one.csv', csv(SERIES.slice(0, 1)));
    expect((await slt('smc @one.csv')).err).toMatch(/^slt: @one\.csv: too few candles .*--interval\n$/);
    expect((await slt('smc @one.csv --interval 1m')).code).toBe(0);
  });

  it('reports holes, and goes on behind them', async () => {
    const holey = SERIES.filter((_, i) => i < 100 || (i > 102 && i !== 2_000));
    write('holey.csv', csv(holey));
    const { code, out, err } = await slt('smc @holey.csv');
    expect([code, out === eventsOf(holey)]).toEqual([0, true]);
    expect(err).toContain(
      'slt: 2 holes, 4 candles missing: 2025-06-01T23:40Z to 2025-06-01T23:42Z (3), 2025-06-03T07:20Z;',
    );
  });

  it.each([
    [
      'a candle that is there twice',
      csv([...SERIES.slice(0, 9), SERIES[8]!]),
      'line 10: the open time 1748815680000',
    ],
    [
      'a candle out of order',
      csv([...SERIES.slice(0, 9), SERIES[3]!]),
      'line 10: the open time 1748815380000',
    ],
    [
      'a time between two candles',
      `${csv(SERIES.slice(0, 9))}${T0 + 9 * MINUTE + 1},1,1,1,1,1`,
      'line 10: the open time',
    ],
    ['a high below its low', `${csv(SERIES.slice(0, 9))}${T0 + 9 * MINUTE},5,4,5,5,1`, 'line 10: .*4'],
    ['a negative volume', `${csv(SERIES.slice(0, 9))}${T0 + 9 * MINUTE},5,5,5,5,-1.5`, 'line 10: .*-1.5'],
    ['a header alone', HEADER, 'no candle in it'],
    ['nothing', '', 'no candle in it'],
    ['another thing', '<html>\n', 'line 1: "<html>" is no number'],
  ])('refuses %s in one line', async (_, text, problem) => {
    write('bad.csv', text);
    const { code, out, err } = await slt('smc @bad.csv --out @x.jsonl');
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(new RegExp(`^slt: @bad\\.csv: ${problem}[^\\n]*\\n$`));
    expect(readdirSync(folder)).toEqual(['bad.csv']);
  });

  it.each([
    'smc',
    'smc @nowhere.csv',
    'smc @a.csv extra',
    'smc @a.csv --interval 7m',
    'smc @a.csv --out @',
    'smc @a.csv --out @a.csv',
    'smc @a.csv --out @nowhere/b.jsonl',
    'smc @a.csv --nonsense',
  ])('answers "%s" with 2', async (words) => {
    write('a.csv', csv(SERIES.slice(0, 10)));
    const { code, out, err } = await slt(words);
    expect([code, out]).toEqual([2, '']);
    expect(err).not.toMatch(/\n\s+at /); // no stack trace
    expect(readFileSync(path.join(folder, 'a.csv'), 'utf8')).toBe(csv(SERIES.slice(0, 10)));
  });

  it('stops quietly when the reader has enough', async () => {
    write('a.csv', csv(candles(20_000)));
    const { code, out, err } = await slt('smc @a.csv', { readsUpTo: 1 });
    expect([code, err]).toEqual([0, '']);
    expect(out.length).toBeLessThan(eventsOf(candles(20_000)).length / 2);
  });

  it('stops when it is told to, and leaves nothing behind', async () => {
    write('a.csv', csv(SERIES));
    const abort = new AbortController();
    abort.abort();
    const { code, err } = await slt('smc @a.csv --out @b.jsonl', { signal: abort.signal });
    expect([code, err]).toEqual([130, '']);
    expect(readdirSync(folder)).toEqual(['a.csv']);
  });
});
