/** What is told of the cache by side-cars alone is what its candles tell, and damage is named as ever. */
import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type CandleColumns, columnsOf, type Hole, ManualClock, MINUTE_MS, toCandles } from '@slt/domain';
import { CandleStore } from './candle-store';
import type { CachedSeries } from './core/coverage';
import { factsOfSeries } from './core/series-facts';
import { takeInventory } from './inventory';
import { SeriesAccess } from './series-access';
import { walk } from './testing/candles';
import { VerifiedEntries } from './verified-entries';
import type { WriteBehind } from './write-behind';

const T0 = 1_700_000_040_000; // a whole minute
const NOW = T0 + 60 * MINUTE_MS;
const at = (i: number): number => T0 + i * MINUTE_MS;
const hole = (i: number): Hole => ({ from: at(i), to: at(i), count: 1 });
const without = (columns: CandleColumns, lacking: readonly number[]): CandleColumns =>
  columnsOf(toCandles(columns).filter(({ openTime }) => !lacking.includes((openTime - T0) / MINUTE_MS)));

let folder: string;
let store: CandleStore;
const clock = new ManualClock(NOW);
const pathOf = (symbol: string): string => join(folder, `${symbol}_1m.parquet`);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slt-inventory-'));
  store = new CandleStore({ folder, source: 'test', keep: 1_000, clock });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function accessWith(pending?: CachedSeries): SeriesAccess {
  const access = new SeriesAccess(store);
  access.attach({ peek: () => pending } as unknown as WriteBehind);
  return access;
}

it('tells of a file what its candles would tell, whatever lacks and whatever is known to lack', async () => {
  const lacking = fc.uniqueArray(fc.integer({ min: 1, max: 28 }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(lacking, lacking, fc.boolean(), async (missing, known, isPending) => {
      const columns = without(walk(T0, 30), missing);
      const knownHoles = [...known].sort((a, b) => a - b).map(hole);
      await store.write('AUSDT', '1m', columns, { knownHoles });
      const newer = { columns: without(walk(at(20), 15), []), knownHoles, writtenAt: NOW };
      const access = accessWith(isPending ? newer : undefined);
      const merged = {
        columns: without(
          walk(T0, 35),
          missing.filter((i) => i < 20),
        ),
        knownHoles,
        writtenAt: NOW,
      };
      const expected = factsOfSeries(isPending ? merged : { columns, knownHoles, writtenAt: NOW }, '1m');
      const behindMs = NOW - at(isPending ? 34 : 29) - MINUTE_MS;
      const row = { symbol: 'AUSDT', interval: '1m', file: pathOf('AUSDT'), ...expected, behindMs };
      expect(await takeInventory(access, clock)).toEqual([row]);
      // Of what lacks, each candle is either known to lack or missing.
      if (!isPending) {
        expect(expected.missing).toBe(missing.filter((i) => !known.includes(i)).length);
        expect(expected.knownHoles).toBe(missing.filter((i) => known.includes(i)).length);
      }
    }),
    { numRuns: 25 },
  );
});

it('names damage, moves nothing, and knows of a mended file at once', async () => {
  for (const symbol of ['AUSDT', 'BUSDT']) await store.write(symbol, '1m', walk(T0, 30));
  const access = accessWith();
  const problems = async () =>
    (await takeInventory(access, clock)).map(({ rows, problem }) => [rows, problem]);
  expect(await problems()).toEqual([
    [30, undefined],
    [30, undefined],
  ]);
  const whole = readFileSync(pathOf('BUSDT'));
  const { atime, mtime } = statSync(pathOf('BUSDT'));
  const damaged = Buffer.from(whole);
  damaged[40]! ^= 1;
  writeFileSync(pathOf('BUSDT'), damaged);
  // As a copy that keeps times, or a disk that lies, would leave it.
  utimesSync(pathOf('BUSDT'), atime, mtime);
  expect(await problems()).toEqual([
    [30, undefined],
    [0, expect.stringContaining('[checksum]')],
  ]);
  writeFileSync(pathOf('BUSDT'), whole);
  expect((await problems())[1]).toEqual([30, undefined]);
  await store.merge('BUSDT', '1m', walk(at(30), 5));
  expect((await problems())[1]).toEqual([35, undefined]);
  rmSync(`${pathOf('BUSDT')}.json`);
  expect((await problems())[1]).toEqual([0, expect.stringContaining('[no-side-car]')]);
});

it('leaves out what is of another market, and leaves it where it is', async () => {
  const other = new CandleStore({ folder, source: 'another', keep: 1_000, clock });
  await other.write('AUSDT', '1m', walk(T0, 30));
  expect(await takeInventory(accessWith(), clock)).toEqual([]);
  expect(await other.peek('AUSDT', '1m')).toBeDefined();
});

it('reads a pair once for as long as neither file changes', async () => {
  await store.write('AUSDT', '1m', walk(T0, 30));
  const entries = new VerifiedEntries();
  const first = await entries.of(pathOf('AUSDT'));
  expect(await entries.of(pathOf('AUSDT'))).toBe(first);
  await store.write('AUSDT', '1m', walk(T0, 30));
  const second = await entries.of(pathOf('AUSDT'));
  expect(second).toMatchObject({ rows: 30, sha256: first!.sha256 });
  expect(second).not.toBe(first);
  rmSync(pathOf('AUSDT'));
  expect(await entries.of(pathOf('AUSDT'))).toBeUndefined();
});
