/** When a position is left that neither stop nor target has closed; also by a process that did not see it opened. */
import { type Candle, CandleSeries, HOUR_MS, MINUTE_MS } from '@slt/domain';
import type { SmcEvent } from '@slt/smc';
import type { Order } from '../core/order';
import { ExitDesk } from './exit-desk';
import { DeskBench, SYMBOL } from './testing/desk-bench';
import { clock, jumps, T0, useVirtualTime } from './testing/virtual-time';

const NO_EVENTS: readonly SmcEvent[] = [];

describe('ExitDesk', () => {
  let bench: DeskBench;
  let desk: ExitDesk;
  let series: CandleSeries;
  let closed: string[];
  let entry: Order;

  useVirtualTime();
  beforeEach(async () => {
    bench = new DeskBench();
    series = new CandleSeries(SYMBOL, '1m', 500);
    closed = [];
    desk = newDesk();
    [entry] = (await bench.place('entry')) as [Order];
    bench.fill(entry, '10', { at: T0 + 20_000 });
  });

  const newDesk = (): ExitDesk =>
    new ExitDesk({
      book: bench.book,
      clock,
      interval: '1m',
      series: () => series,
      close: (symbol, reason) => closed.push(`${symbol} ${reason}`),
    });
  const candleAt = (openTime: number, high = 100, low = 100): Candle => ({
    openTime,
    open: 100,
    high,
    low,
    close: 100,
    volume: 1,
  });
  /** The i-th minute after T0, seen by both the series and the desk, unless it is given to the series alone. */
  const minute = (i: number, high = 100, low = 100, events = NO_EVENTS): void => {
    const candle = candleAt(T0 + i * MINUTE_MS, high, low);
    series.append(candle);
    desk.onCandle(SYMBOL, candle, events);
  };
  const breakOf = (direction: 'bullish' | 'bearish', scale: 'swing' | 'internal'): SmcEvent => ({
    kind: 'choch',
    scale,
    direction,
    level: 99,
    at: 1,
    atTime: T0,
    knownAt: 2,
    knownAtTime: T0 + MINUTE_MS,
  });

  it('leaves after two hours, to the millisecond, and says so until it is flat', () => {
    for (let i = 0; i < 119; i++) minute(i, 100 + (i % 2));
    jumps(2 * HOUR_MS + 20_000 - 1);
    desk.tick();
    expect(closed).toEqual([]);
    jumps(1);
    desk.tick();
    desk.tick();
    expect(closed).toEqual(['BTCUSDT max-hold', 'BTCUSDT max-hold']);
  });

  it('leaves what went nowhere for half an hour', () => {
    for (let i = 0; i < 30; i++) minute(i, 100.1, 99.9);
    // The last one closes 30 minutes after T0, and it was opened 20 s after that.
    expect(closed).toEqual([]);
    minute(30, 100.1, 99.9);
    expect(closed).toEqual(['BTCUSDT stagnation']);
  });

  it('stays with what moves, however little beyond a thousandth', () => {
    minute(0);
    for (let i = 1; i <= 100; i++) minute(i, 100, i % 25 === 0 ? 99.89 : 100);
    expect(closed).toEqual([]);
  });

  it('leaves when the swing structure turns against it', () => {
    minute(0, 101, 99, [breakOf('bullish', 'swing')]);
    minute(1, 101, 99, [breakOf('bearish', 'internal')]);
    expect(closed).toEqual([]);
    minute(2, 101, 99, [breakOf('bearish', 'swing')]);
    expect(closed).toEqual(['BTCUSDT opposite-structure']);
  });

  it('knows after a restart what it would have known', () => {
    // Moved in the very minute it was opened in, and never again.
    minute(0, 101, 100);
    for (let i = 1; i < 25; i++) minute(i);
    const [before, after] = [desk, newDesk()];
    for (const each of [before, after]) {
      closed = [];
      desk = each;
      jumps(T0 + 31 * MINUTE_MS - 1 - clock.now());
      desk.tick();
      expect(closed).toEqual([]);
      jumps(1);
      desk.tick();
      expect(closed).toEqual(['BTCUSDT stagnation']);
    }
  });

  it('measures from the average price once it has grown', () => {
    minute(0, 100, 100);
    bench.fill(entry, '0', { at: T0 + 30_000 });
    for (let i = 1; i < 29; i++) minute(i, 100.05);
    expect(closed).toEqual([]);
    minute(29, 100.05);
    minute(30, 100.05);
    expect(closed).toEqual(['BTCUSDT stagnation']);
  });

  it('has nothing to say about what is not held, and forgets what was', async () => {
    minute(0);
    const [exit] = (await bench.place('exit')) as [Order];
    bench.fill(exit, '10', { at: T0 + 60_000 });
    jumps(3 * HOUR_MS);
    desk.tick();
    for (let i = 1; i < 5; i++) minute(i, 100, 100, [breakOf('bearish', 'swing')]);
    expect(closed).toEqual([]);
  });
});
