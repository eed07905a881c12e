/** The live feed against the emulator: prices of what is followed, quotes of anything, fundings of the past. */
import { Logger } from '@nestjs/common';
import { Emulator } from '@slt/emulator';
import { HOUR_MS } from '@slt/domain';
import { createParts, type Parts } from '../../../exchange/src/testing/parts';
import { eventually } from '../../../../test/support/eventually';
import type { BrokerEvent } from '../core/broker';
import type { Quote } from '../core/paper/quote';
import { PaperBroker } from '../paper-broker';
import { MemoryPaperStore } from '../testing/memory-paper-store';
import { LivePriceFeed } from './live-price-feed';

Logger.overrideLogger(false);

const SYMBOL = 'BTCUSDT';

describe('LivePriceFeed', () => {
  let emulator: Emulator;
  let parts: Parts;
  let feed: LivePriceFeed;
  let heard: { symbol: string; quote: Quote }[];
  let broker: PaperBroker | undefined;

  beforeEach(async () => {
    emulator = await Emulator.start({ symbols: 12, quiet: true, speed: 60 });
    parts = createParts(emulator);
    await parts.clock.sync();
    feed = new LivePriceFeed(parts.priceStreams, parts.prices, parts.clock);
    heard = [];
    await feed.open((symbol, quote) => heard.push({ symbol, quote }));
  });

  afterEach(async () => {
    await broker?.close();
    broker = undefined;
    await feed.close();
    await parts.close();
    await emulator.close();
  });

  it('quotes any symbol, also one that is not ASCII', async () => {
    for (const symbol of [SYMBOL, '币安人生USDT']) {
      const { bid, ask, last, mark, minuteVolume } = await feed.quote(symbol);
      expect(ask).toBeGreaterThan(bid);
      expect(last).toBeGreaterThanOrEqual(bid);
      expect(last).toBeLessThanOrEqual(ask);
      expect(Math.abs(mark / last - 1)).toBeLessThan(0.05);
      expect(minuteVolume).toBeGreaterThan(0);
    }
    await expect(feed.quote('NOSUCHUSDT')).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('streams what is followed, in the order of time, and nothing else', async () => {
    feed.follow([SYMBOL]);
    await eventually(() => heard.length >= 5);
    expect(new Set(heard.map(({ symbol }) => symbol))).toEqual(new Set([SYMBOL]));
    feed.follow(['币安人生USDT']);
    await eventually(() => heard.some(({ symbol }) => symbol === '币安人生USDT'));
    const before = heard.filter(({ symbol }) => symbol === SYMBOL).length;
    await eventually(() => heard.filter(({ symbol }) => symbol !== SYMBOL).length >= 5);
    expect(heard.filter(({ symbol }) => symbol === SYMBOL)).toHaveLength(before);
    for (const { quote } of heard) expect(quote.ask).toBeGreaterThan(quote.bid);
  });

  it('speaks again after its connections were cut', async () => {
    feed.follow([SYMBOL]);
    await eventually(() => parts.priceStreams.isLive && heard.length >= 3);
    emulator.faults.add({ kind: 'drop-socket', target: 'stream', id: 'cut' });
    await eventually(() => !parts.priceStreams.isLive);
    emulator.faults.remove('cut');
    await eventually(() => parts.priceStreams.isLive);
    const count = heard.length;
    await eventually(() => heard.length > count + 3);
  });

  it('finds the fundings of a span', async () => {
    const now = parts.clock.now();
    const settled = await feed.fundings(SYMBOL, now - 48 * HOUR_MS, now);
    expect(settled.length).toBeGreaterThanOrEqual(5);
    const times = settled.map(({ at }) => at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(await feed.fundings(SYMBOL, times[0]!, times[1]!)).toEqual([settled[1]]);
  });

  it('carries a paper broker: orders fill at the market, stops trigger when it moves', async () => {
    await parts.universe.load();
    const instruments = parts.universe.current()!.instruments;
    await feed.close();
    const events: BrokerEvent[] = [];
    broker = new PaperBroker({
      feed,
      store: new MemoryPaperStore(),
      clock: parts.clock,
      instrument: (symbol) => instruments.get(symbol),
    });
    await broker.open((event) => events.push(event));
    const { bid, ask } = await parts.prices.bookTop(SYMBOL);
    const base = { symbol: SYMBOL, quantity: '0.01', reduceOnly: false };
    const entry = { ...base, clientOrderId: 'e1', kind: 'market', side: 'buy' } as const;
    const filled = await broker.place(entry);
    expect(Number(filled.averagePrice) / ask).toBeCloseTo(1, 1);
    // Both sides of the market, a tenth of a per mille away: one of them is met soon.
    const tick = Number(instruments.get(SYMBOL)!.filters.tickSize);
    const level = (factor: number): string => (Math.round((bid * factor) / tick) * tick).toFixed(1);
    const exit = { ...base, side: 'sell', reduceOnly: true, workingType: 'contract' } as const;
    const ids = ['s1', 't1'];
    await broker.place({ ...exit, kind: 'stop', clientOrderId: 's1', triggerPrice: level(0.999) });
    await broker.place({ ...exit, kind: 'take-profit', clientOrderId: 't1', triggerPrice: level(1.001) });
    const met = await eventually(() => {
      const reports = events.flatMap((event) => (event.kind === 'order' ? [event.report] : []));
      const filled = reports.find(
        ({ state, clientOrderId }) => state === 'filled' && ids.includes(clientOrderId),
      );
      if (filled === undefined) throw new Error('neither stop nor target was met');
      return filled;
    }, 60_000);
    expect(met).toMatchObject({ side: 'sell', filledQuantity: '0.01' });
    expect((await broker.account()).positions).toEqual([]);
  });
});
