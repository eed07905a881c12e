import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  CANDLE_FIELDS,
  type CandleColumns,
  columnsOf,
  EMPTY_COLUMNS,
  findHoles,
  INTERVALS,
  intervalMs,
  ManualClock,
  sliceColumns,
  toCandles,
} from '@slt/domain';
import { eventually } from '../../../test/support/eventually';
import { CandleStore, type CandleStoreOptions } from './candle-store';
import { innerHoles } from './core/coverage';
import { formatSideCar, parseSideCar } from './side-car';
import { walk } from './testing/candles';

const RUNNER = join(__dirname, '../../../test/support/run-ts.cjs');
const T0 = 1_700_000_040_000; // a whole minute
const MINUTE = 60_000;

let folder: string;
const children: ChildProcess[] = [];

function open(options: Partial<CandleStoreOptions> = {}): CandleStore {
  return new CandleStore({ folder, source: 'test', keep: 50_000, clock: new ManualClock(T0), ...options });
}

function startWriter(symbol: string, mode: string, range: { first: number; count: number }): ChildProcess {
  const script = join(__dirname, 'testing/write-loop.ts');
  const args = ['--require', RUNNER, script, folder, symbol, mode, String(range.first), String(range.count)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return child;
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.once('close', () => resolve()));
}

/** A small reproducible generator, so that a failing mutant can be found again. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slt-store-'));
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

describe('a stored series', () => {
  it('comes back as it was written', async () => {
    const columns = walk(T0, 1_000);
    const store = open();
    await store.write('BTCUSDT', '1m', columns, {
      knownHoles: [{ from: T0 + MINUTE, to: T0 + MINUTE, count: 1 }],
    });
    expect(await store.read('BTCUSDT', '1m')).toEqual({
      columns,
      writtenAt: T0,
      knownHoles: [{ from: T0 + MINUTE, to: T0 + MINUTE, count: 1 }],
    });
    expect(await store.read('ETHUSDT', '1m')).toBeUndefined();
  });

  it('round-trips any finite values, intervals and lengths', async () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
    const store = open();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...INTERVALS),
        fc.array(fc.record({ open: finite, high: finite, low: finite, close: finite, volume: finite }), {
          maxLength: 40,
        }),
        fc.nat(3),
        async (interval, rows, stride) => {
          const step = intervalMs(interval) * (stride + 1);
          const columns = columnsOf(rows.map((row, i) => ({ ...row, openTime: i * step })));
          await store.write('ANY', interval, columns);
          const found = await store.read('ANY', interval);
          for (const field of ['openTime', ...CANDLE_FIELDS] as const) {
            expect([...found!.columns[field]]).toEqual([...columns[field]]);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is a plain Parquet file with the columns of the design', async () => {
    const { readParquet } = await import('nodejs-polars');
    const store = open();
    await store.write('BTCUSDT', '1m', walk(T0, 3));
    const frame = readParquet(join(folder, 'BTCUSDT_1m.parquet'));
    expect(frame.columns).toEqual(['timestamp', 'open', 'high', 'low', 'close', 'volume']);
    expect(frame.dtypes.map(String)).toEqual([
      'DataType(Int64)',
      ...Array.from({ length: 5 }, () => 'DataType(Float64)'),
    ]);
    expect(frame.getColumn('timestamp').toArray().map(Number)).toEqual([T0, T0 + MINUTE, T0 + 2 * MINUTE]);
  });

  it('keeps any symbol apart from any other and from the folder', async () => {
    const store = open();
    const symbols = ['币安人生USDT', '../evil', 'A_1m', 'con', '1000SATSUSDT', 'a/b'];
    for (const [i, symbol] of symbols.entries())
      await store.write(symbol, '5m', walk(0, i + 1, { interval: '5m' }));
    for (const [i, symbol] of symbols.entries()) {
      expect((await store.read(symbol, '5m'))?.columns.length).toBe(i + 1);
    }
    const listed = await store.list();
    expect(listed.map((entry) => entry.symbol).sort()).toEqual([...symbols].sort());
    expect(readdirSync(folder)).toHaveLength(2 * symbols.length + 1); // and the folder of locks;
  });

  it('keeps the newest candles only, unless more were asked for', async () => {
    const store = open({ keep: 100 });
    await store.write('A', '1m', walk(T0, 250));
    expect((await store.read('A', '1m'))?.columns.openTime[0]).toBe(T0 + 150 * MINUTE);
    const merged = await store.merge('A', '1m', walk(T0 + 250 * MINUTE, 10));
    expect([merged.length, merged.openTime[0]]).toEqual([100, T0 + 160 * MINUTE]);
    await store.merge('B', '1m', walk(T0, 250), { keep: 250 });
    const later = await store.merge('B', '1m', walk(T0 + 250 * MINUTE, 10));
    expect(later.length).toBe(250);
  });

  it('merges: the fresh candle stays, holes and what is known of them too', async () => {
    const store = open();
    await store.write('A', '1m', walk(T0, 5), {
      knownHoles: [{ from: T0 + 5 * MINUTE, to: T0 + 6 * MINUTE, count: 2 }],
    });
    const fresh = walk(T0 + 4 * MINUTE, 5, { seed: 9 });
    const merged = await store.merge('A', '1m', sliceColumns(fresh, 3));
    expect(toCandles(merged).slice(-2)).toEqual(toCandles(fresh).slice(3));
    const found = await store.read('A', '1m');
    expect(found?.knownHoles).toEqual([{ from: T0 + 5 * MINUTE, to: T0 + 6 * MINUTE, count: 2 }]);
    expect(findHoles(found!.columns, '1m', T0, T0 + 8 * MINUTE)).toHaveLength(1);
  });

  it('merges: what the exchange is newly known to lack is added to what was known', async () => {
    const store = open();
    const holeAt = (i: number, count = 1) => ({
      from: T0 + i * MINUTE,
      to: T0 + (i + count - 1) * MINUTE,
      count,
    });
    await store.write('A', '1m', walk(T0, 5), { knownHoles: [holeAt(5, 2)] });
    const live = toCandles(walk(T0 + 7 * MINUTE, 5)).filter((_, i) => i !== 2);
    await store.merge('A', '1m', columnsOf(live), { moreKnownHoles: innerHoles(columnsOf(live), '1m') });
    expect((await store.read('A', '1m'))!.knownHoles).toEqual([holeAt(5, 2), holeAt(9)]);
  });

  it.each([
    ['NaN', { close: NaN }],
    ['infinity', { volume: Infinity }],
    ['an open time between two candles', { openTime: T0 + 1 }],
    ['an open time twice', { openTime: T0 }],
  ])('is refused with %s', async (_, fault) => {
    const candles = toCandles(walk(T0, 3));
    candles[1] = { ...candles[1]!, ...fault };
    await expect(open().write('A', '1m', columnsOf(candles))).rejects.toMatchObject({
      kind: 'invalid',
      code: 'STORE.REFUSED',
    });
    expect(existsSync(join(folder, 'A_1m.parquet'))).toBe(false);
  });

  it('may be empty', async () => {
    const store = open();
    await store.write('A', '1m', EMPTY_COLUMNS);
    expect((await store.read('A', '1m'))?.columns.length).toBe(0);
  });

  it('of another market is moved aside, by reading and by writing, never used nor deleted', async () => {
    await open({ source: 'emulator:1' }).write('A', '1m', walk(T0, 3));
    expect(await open({ source: 'binance' }).peek('A', '1m')).toBeUndefined();
    expect((await open({ source: 'emulator:1' }).peek('A', '1m'))?.columns.length).toBe(3);
    expect(await open({ source: 'binance' }).read('A', '1m')).toBeUndefined();
    await open({ source: 'emulator:1' }).write('A', '1m', walk(T0, 4));
    await open({ source: 'binance' }).merge('A', '1m', walk(T0, 5));
    expect((await open({ source: 'binance' }).read('A', '1m'))?.columns.length).toBe(5);
    const aside = readdirSync(join(folder, 'quarantine'));
    expect(aside.filter((name) => name.endsWith('.reason.json'))).toHaveLength(2);
    expect(aside).toHaveLength(6); // twice a series, its side-car and the reason
  });

  it('says when the disk does not take it', async () => {
    writeFileSync(join(folder, 'file'), '');
    const store = open({ folder: join(folder, 'file') });
    await expect(store.write('A', '1m', walk(T0, 2))).rejects.toMatchObject({ code: 'STORE.UNWRITABLE' });
  });
});

describe('a damaged file', () => {
  const isDamaged = { kind: 'invalid', code: 'STORE.DAMAGED' };

  async function expectDamaged(store: CandleStore): Promise<void> {
    await expect(store.read('A', '1m')).rejects.toMatchObject(isDamaged);
  }

  it('is noticed whatever byte was changed, cut or added', async () => {
    const store = open();
    await store.write('A', '1m', walk(T0, 60));
    const path = store.pathOf('A', '1m');
    const whole = readFileSync(path);
    const random = generator(20_251_122);
    for (let i = 0; i < 300; i++) {
      const mutant = mutate(whole, random);
      writeFileSync(path, mutant);
      await expectDamaged(store);
    }
    writeFileSync(path, whole);
    expect((await store.read('A', '1m'))?.columns).toEqual(walk(T0, 60));
  });

  it('is noticed whatever byte of its side-car was changed', async () => {
    const store = open();
    await store.write('A', '1m', walk(T0, 60));
    await store.write('A', '1m', walk(T0, 61)); // so that there is a previous generation
    const path = `${store.pathOf('A', '1m')}.json`;
    const whole = readFileSync(path);
    const random = generator(7);
    for (let i = 0; i < 300; i++) {
      writeFileSync(path, mutate(whole, random));
      await expectDamaged(store);
    }
  });

  it.each([
    ['empty', (path: string) => writeFileSync(path, '')],
    ['a text', (path: string) => writeFileSync(path, 'timestamp,open\n1,2\n')],
    [
      'twice itself',
      (path: string) => writeFileSync(path, Buffer.concat([readFileSync(path), readFileSync(path)])),
    ],
    ['without side-car', (path: string) => rmSync(`${path}.json`)],
    ['a folder', (path: string) => (rmSync(path), mkdirSync(path))],
    ['a pipe', (path: string) => (rmSync(path), execFileSync('mkfifo', [path]))],
    ['a file of another series', (path: string) => copyPair(path.replace('A_1m', 'B_1m'), path)],
  ])('may be %s', async (_, damage) => {
    const store = open();
    await store.write('A', '1m', walk(T0, 30));
    await store.write('B', '1m', walk(T0, 30));
    damage(store.pathOf('A', '1m'));
    await expectDamaged(store);
    await expect(store.merge('A', '1m', walk(T0, 2))).rejects.toMatchObject(isDamaged);
    await store.write('A', '1m', walk(T0, 31)); // moves it aside
    expect((await store.read('A', '1m'))?.columns.length).toBe(31);
    expect(readdirSync(join(folder, 'quarantine')).some((name) => name.endsWith('.reason.json'))).toBe(true);
  });

  it('well sealed, but with other rows than it says, is noticed after the checksum', async () => {
    const store = open();
    await store.write('A', '1m', walk(T0, 30));
    const path = `${store.pathOf('A', '1m')}.json`;
    const sideCar = parseSideCar(readFileSync(path, 'utf8'))!;
    writeFileSync(path, formatSideCar({ ...sideCar, rows: 31 }));
    await expectDamaged(store);
  });

  function copyPair(from: string, to: string): void {
    for (const suffix of ['', '.json']) copyFileSync(`${from}${suffix}`, `${to}${suffix}`);
  }

  function mutate(whole: Buffer, random: (below: number) => number): Buffer {
    const at = random(whole.length);
    switch (random(4)) {
      case 0:
        return whole.subarray(0, at);
      case 1:
        return Buffer.concat([whole, Buffer.from([random(256)])]);
      default: {
        const mutant = Buffer.from(whole);
        mutant[at] = mutant[at]! ^ (1 + random(255));
        return mutant;
      }
    }
  }
});

describe('a writer that is killed', () => {
  it('leaves a whole series, whenever it dies', async () => {
    await open().write('A', '1m', walk(T0, 200));
    const random = generator(3);
    for (let round = 0; round < 6; round++) {
      const child = startWriter('A', 'write', { first: T0, count: 0 });
      let written = 0;
      child.stdout?.on('data', (chunk: Buffer) => (written += chunk.length));
      await eventually(() => written > 5 + random(60), 30_000, 1);
      child.kill('SIGKILL');
      await ended(child);
      const found = await open().read('A', '1m');
      const { length } = found!.columns;
      const seeds = [0, 1, 2, 3, 4].filter((seed) => equal(found!.columns, walk(T0, length, { seed })));
      expect(seeds.length).toBeGreaterThan(0);
      await open().merge('A', '1m', walk(T0 + 300 * MINUTE, 1)); // the dead writer's lock is no obstacle
    }
  });

  it('leaves nothing behind that is not swept', async () => {
    const dead = ['A_1m.parquet.tmp-999999999-1', 'A_1m.parquet.json.tmp-999999999-1'];
    for (const name of dead) writeFileSync(join(folder, name), 'half');
    writeFileSync(join(folder, `B_1m.parquet.tmp-${process.ppid}-1`), 'alive');
    await eventually(async () => {
      await open().write('A', '1m', walk(T0, 2));
      return dead.every((name) => !existsSync(join(folder, name)));
    });
    expect(readdirSync(folder).sort()).toEqual([
      '.locks',
      'A_1m.parquet',
      'A_1m.parquet.json',
      `B_1m.parquet.tmp-${process.ppid}-1`,
    ]);
  });
});

describe('two writers of one file', () => {
  it('in processes of their own lose nothing of each other', async () => {
    const writers = [0, 1].map((i) => startWriter('A', 'merge', { first: T0 + i * 100 * MINUTE, count: 60 }));
    const store = open();
    let isOver = false;
    const over = Promise.all(writers.map(ended)).then(() => (isOver = true));
    while (!isOver) {
      await store.read('A', '1m'); // never half of anything
      await new Promise((resolve) => setImmediate(resolve));
    }
    await over;
    const found = await store.read('A', '1m');
    expect(found?.columns.length).toBe(120);
    expect(findHoles(found!.columns, '1m', T0, T0 + 159 * MINUTE)).toEqual([
      { from: T0 + 60 * MINUTE, to: T0 + 99 * MINUTE, count: 40 },
    ]);
  });

  it('in one process too', async () => {
    const store = open();
    await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        (i % 2 ? store : open()).merge('A', '1m', walk(T0 + i * MINUTE, 1)),
      ),
    );
    expect((await store.read('A', '1m'))?.columns).toEqual(walk(T0, 40));
  });
});

function equal(a: CandleColumns, b: CandleColumns): boolean {
  return (
    a.length === b.length &&
    (['openTime', ...CANDLE_FIELDS] as const).every((f) => a[f].every((v, i) => v === b[f][i]))
  );
}
