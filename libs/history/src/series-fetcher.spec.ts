import { AppError, ManualClock, MINUTE_MS, toCandles } from '@slt/domain';
import { candleOf, FakeExchange } from '../../../test/support/history/fake-exchange';
import { MemoryStore } from '../../../test/support/history/memory-store';
import { SeriesAccess } from './series-access';
import { SeriesFetcher, type SeriesUpdate, type WantedSeries } from './series-fetcher';

const NOW = 29_000_000 * MINUTE_MS;
const want = (limit: number, onboardMinutesAgo?: number): WantedSeries => ({
  symbol: 'BTCUSDT',
  interval: '1m',
  limit,
  ...(onboardMinutesAgo === undefined ? {} : { onboardTime: NOW - onboardMinutesAgo * MINUTE_MS }),
});

describe('SeriesFetcher', () => {
  let clock: ManualClock;
  let exchange: FakeExchange;
  let store: MemoryStore;
  let series: SeriesAccess;
  let fetcher: SeriesFetcher;

  beforeEach(() => {
    clock = new ManualClock(NOW);
    exchange = new FakeExchange();
    store = new MemoryStore(clock);
    series = new SeriesAccess(store);
    fetcher = new SeriesFetcher(exchange, clock, series, ['1m'], { reasks: 2, reaskDelayMs: 1 });
  });

  const save = async (update: SeriesUpdate): Promise<void> => {
    const { columns, fresh, knownHoles } = update;
    await series.write({ symbol: 'BTCUSDT', interval: '1m', columns, fresh, knownHoles });
  };

  it('asks for closed candles only, and for nothing twice', async () => {
    const first = await fetcher.update(want(1000), null);
    expect(exchange.calls).toMatchObject([
      { startTime: NOW - 1000 * MINUTE_MS, endTime: NOW - MINUTE_MS, limit: 1000 },
    ]);
    expect(first).toMatchObject({ origin: 'fetched', requests: 1, weight: 5 });
    await save(first);
    expect(await fetcher.update(want(1000), null)).toMatchObject({ origin: 'cache', requests: 0 });
    clock.advance(2 * MINUTE_MS);
    expect(await fetcher.update(want(1000), null)).toMatchObject({ origin: 'topped-up', weight: 1 });
  });

  it('fills a hole in the middle of the cache', async () => {
    const lacking = NOW - 50 * MINUTE_MS;
    exchange.lacks = (_, openTime) => openTime === lacking;
    const { columns } = await fetcher.update(want(100), null);
    exchange.lacks = () => false;
    const healed = await fetcher.update(want(100), { columns, writtenAt: NOW, knownHoles: [] });
    expect(exchange.calls.at(-1)).toMatchObject({ startTime: lacking, endTime: lacking, limit: 1 });
    expect(toCandles(healed.fresh)).toEqual([candleOf('BTCUSDT', lacking)]);
    expect(healed.columns.length).toBe(100);
  });

  it('asks twice more for a row that should be there, then remembers its absence', async () => {
    exchange.lacks = (_, openTime) => openTime === NOW - 50 * MINUTE_MS;
    const update = await fetcher.update(want(100), null);
    expect(exchange.calls).toHaveLength(3);
    expect(update).toMatchObject({
      missingInside: 1,
      knownHoles: [{ from: NOW - 50 * MINUTE_MS, count: 1 }],
    });
    await save(update);
    expect(await fetcher.update(want(100), null)).toMatchObject({ requests: 0, missingInside: 1 });
  });

  it('takes a young listing as whole at what exists', async () => {
    exchange.lacks = (_, openTime) => openTime < NOW - 30 * MINUTE_MS;
    const update = await fetcher.update(want(1000, 40), null);
    expect(exchange.calls).toMatchObject([{ startTime: NOW - 40 * MINUTE_MS, limit: 40 }]);
    expect(update).toMatchObject({ requests: 1, missingInside: 0 });
    expect(update.columns.length).toBe(30);
    await save(update);
    expect(await fetcher.update(want(1000, 40), null)).toMatchObject({ requests: 0 });
  });

  it('has nothing to ask for a listing without a closed candle', async () => {
    expect(await fetcher.update(want(1000, 0), null)).toMatchObject({
      requests: 0,
      columns: { length: 0 },
    });
  });

  it('does not take a candle that is late for one that will never come', async () => {
    exchange.disturb = (_, count) => {
      exchange.lacks = (__, openTime) => count < 3 && openTime === NOW - MINUTE_MS;
    };
    const update = await fetcher.update(want(10), null);
    expect(update.columns.length).toBe(10);
    expect(update.knownHoles).toEqual([]);
  });

  it('drops rows that cannot be, and asks for them again', async () => {
    const sound = exchange.klines.bind(exchange);
    let answers = 0;
    exchange.klines = async (call) => {
      const columns = await sound(call);
      if (answers++ === 0) columns.close[3] = NaN;
      return columns;
    };
    const update = await fetcher.update(want(10), null);
    expect(update.requests).toBe(2);
    expect(toCandles(update.columns)).toEqual(
      Array.from({ length: 10 }, (_, i) => candleOf('BTCUSDT', NOW - (10 - i) * MINUTE_MS)),
    );
  });

  it('keeps what it has when a later page fails, so that the next attempt asks for the rest', async () => {
    exchange.disturb = (_, count) => {
      if (count === 3) throw new AppError('transient', 'EXCHANGE.RATE_LIMITED', 'banned');
    };
    await expect(fetcher.update(want(5000), null)).rejects.toMatchObject({ code: 'EXCHANGE.RATE_LIMITED' });
    const before = exchange.calls.length;
    const update = await fetcher.update(want(5000), null);
    const asked = new Set(exchange.calls.map(({ startTime }) => startTime));
    expect(asked.size).toBe(exchange.calls.length - 1); // only the failed page was asked for again
    expect(exchange.calls.length).toBeGreaterThan(before);
    expect(update.columns.length).toBe(5000);
  });

  it('moves a damaged file aside and fetches anew', async () => {
    store.damaged.add('BTCUSDT_1m');
    expect(await fetcher.update(want(10), null)).toMatchObject({ origin: 'fetched', requests: 1 });
  });
});
