import { MINUTE_MS } from '@slt/domain';
import { sourceOf, T0, walk } from '../testing/spec-market';
import { SeriesFeed } from './series-feed';

const CANDLES = walk(1, 5_000);
const part = (start: number, end: number) => CANDLES.slice(start, end);

async function read(
  files: Readonly<Record<string, ReturnType<typeof part>>>,
  { from = -Infinity, to = Infinity } = {},
): Promise<readonly number[]> {
  const feed = new SeriesFeed('AUSDT', Object.keys(files), {
    interval: '1m',
    from,
    to,
    read: sourceOf(files),
  });
  const times: number[] = [];
  while (await feed.advance()) times.push(...feed.columns.openTime);
  expect(feed.columns.length).toBe(0);
  return times.map((time) => (time - T0) / MINUTE_MS);
}

const numbers = (start: number, end: number): number[] =>
  Array.from({ length: end - start }, (_, i) => start + i);

describe('a series feed', () => {
  it('tells file after file, what both have once', async () => {
    expect(await read({ a: part(0, 1_500), b: part(1_500, 4_000) })).toEqual(numbers(0, 4_000));
    expect(await read({ a: part(0, 1_500), b: part(1_000, 4_000) })).toEqual(numbers(0, 4_000));
    expect(await read({ a: part(0, 1_500), b: part(500, 600) })).toEqual(numbers(0, 1_500));
  });

  it('tells what lies in the span', async () => {
    const span = { from: T0 + 1_700 * MINUTE_MS, to: T0 + 3_100 * MINUTE_MS };
    expect(await read({ a: part(0, 1_500), b: part(1_500, 5_000) }, span)).toEqual(numbers(1_700, 3_100));
    expect(await read({ a: part(0, 1_500) }, span)).toEqual([]);
  });

  it('refuses files whose names do not sort by time', async () => {
    await expect(read({ a: part(1_500, 2_000), b: part(0, 1_500) })).rejects.toMatchObject({
      code: 'BACKTEST.FILES',
    });
  });

  it('refuses what is no open time, and what goes back', async () => {
    const odd = part(0, 3).map((candle) => ({ ...candle, openTime: candle.openTime + 1 }));
    await expect(read({ a: odd })).rejects.toThrow(/^a: row 1: the open time \d+ is none of 1m/);
    await expect(read({ a: [...part(0, 1_200), ...part(50, 51)] })).rejects.toThrow(
      /^a: row 1201: .* before/,
    );
  });

  it('goes on over a hole between files', async () => {
    const feed = new SeriesFeed('AUSDT', ['a', 'b'], {
      interval: '1m',
      from: -Infinity,
      to: Infinity,
      read: sourceOf({ a: part(0, 10), b: part(12, 20) }),
    });
    while (await feed.advance());
    expect(feed.holes).toMatchObject({ count: 1, missing: 2 });
  });
});
