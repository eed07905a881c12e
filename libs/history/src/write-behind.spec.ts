import { columnsOf, MINUTE_MS } from '@slt/domain';
import { eventually } from '../../../test/support/eventually';
import { type PendingSeries, WriteBehind } from './write-behind';

const series = (symbol: string, ...minutes: number[]): PendingSeries => {
  const columns = columnsOf(
    minutes.map((m) => ({ openTime: m * MINUTE_MS, open: 1, high: 1, low: 1, close: 1, volume: m })),
  );
  return { symbol, interval: '1m', columns, fresh: columns, knownHoles: [] };
};

describe('WriteBehind', () => {
  let written: PendingSeries[];
  let failures: number;
  let busy: boolean;
  let behind: WriteBehind;

  const create = (maxRows = 1_000, maxWaitMs = 60_000): WriteBehind =>
    new WriteBehind({
      write: async (pending) => {
        await Promise.resolve();
        if (failures-- > 0) throw new Error('no space left');
        written.push(pending);
      },
      now: () => 5,
      isBusy: () => busy,
      maxRows,
      maxWaitMs,
    });

  beforeEach(() => {
    written = [];
    failures = 0;
    busy = true;
    behind = create();
  });

  afterEach(async () => {
    await behind.flush();
  });

  it('waits while requests are under way, and serves what waits', async () => {
    behind.add(series('A', 1, 2));
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(written).toEqual([]);
    expect(behind.peek('A', '1m')).toMatchObject({ writtenAt: 5, columns: { length: 2 } });
    busy = false;
    await eventually(() => written.length === 1);
    expect(behind.peek('A', '1m')).toBeUndefined();
  });

  it('writes two additions to one series as one', async () => {
    behind.add(series('A', 1, 2));
    behind.add(series('A', 2, 3));
    await behind.flush();
    expect(written.map(({ fresh }) => [...fresh.openTime].map((t) => t / MINUTE_MS))).toEqual([[1, 2, 3]]);
  });

  it('writes although busy when too many rows wait, or one too long', async () => {
    behind = create(3);
    behind.add(series('A', 1, 2));
    behind.add(series('B', 1, 2));
    await eventually(() => written.length >= 1);
    await behind.flush();
    behind = create(1_000, 20);
    behind.add(series('C', 1));
    await eventually(() => written.some(({ symbol }) => symbol === 'C'));
  });

  it('flushes everything, also what fails at first', async () => {
    failures = 2;
    behind.add(series('A', 1));
    behind.add(series('B', 1));
    await behind.flush();
    expect(written.map(({ symbol }) => symbol).sort()).toEqual(['A', 'B']);
    expect(behind.size).toBe(0);
    expect(behind.problem).toBeUndefined();
  });

  it('gives up on a series that cannot be written, and goes on', async () => {
    failures = 3;
    behind.add(series('A', 1));
    await behind.flush();
    expect(behind.problem?.message).toBe('no space left');
    expect(behind.size).toBe(0);
    behind.add(series('B', 1));
    await behind.flush();
    expect(written.map(({ symbol }) => symbol)).toEqual(['B']);
  });

  it('ends in time, and tells how many it left', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const write = () => held;
    behind = new WriteBehind({ write, now: () => 5, isBusy: () => busy, maxRows: 1_000, maxWaitMs: 60_000 });
    for (const symbol of ['A', 'B', 'C']) behind.add(series(symbol, 1));
    expect(await behind.end(200)).toBe(2);
    release();
    expect(await behind.end(1_000)).toBe(0);
    expect(behind.size).toBe(0);
  });

  it('hands over what waits, once', () => {
    behind.add(series('A', 1));
    expect(behind.take('A', '1m')?.symbol).toBe('A');
    expect(behind.take('A', '1m')).toBeUndefined();
    expect(behind.size).toBe(0);
  });
});
