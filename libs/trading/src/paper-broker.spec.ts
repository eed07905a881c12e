/** PaperBroker under the contract of all brokers, and what concerns it alone: saving, crashes, fundings missed. */
import { Logger } from '@nestjs/common';
import { AppError, HOUR_MS, type Instrument, MINUTE_MS, SystemClock } from '@slt/domain';
import { eventually } from '../../../test/support/eventually';
import type { BrokerEvent, LimitOrder, MarketOrder } from './core/broker';
import { PaperBroker, type PaperBrokerParts } from './paper-broker';
import { type BrokerHarness, describeBrokerContract } from './testing/broker-contract';
import { BTC, LIFE } from './testing/instruments';
import { ManualPriceFeed } from './testing/manual-price-feed';
import { MemoryPaperStore } from './testing/memory-paper-store';

const INSTRUMENTS = new Map<string, Instrument>([BTC, LIFE].map((each) => [each.symbol, each]));
const tickOf = (symbol: string): number => Number(INSTRUMENTS.get(symbol)!.filters.tickSize);

Logger.overrideLogger(false);

/** Runs with the wall, and may be set ahead. */
class SteppedClock extends SystemClock {
  private ahead = 0;

  override now(): number {
    return super.now() + this.ahead;
  }

  step(by: number): void {
    this.ahead += by;
  }
}

function createHarness(): Promise<BrokerHarness> {
  const clock = new SteppedClock();
  const feed = new ManualPriceFeed(clock);
  const store = new MemoryPaperStore();
  feed.move(BTC.symbol, 50_000, tickOf(BTC.symbol));
  feed.move(LIFE.symbol, 0.14, tickOf(LIFE.symbol));
  const create = (): PaperBroker =>
    new PaperBroker({ feed, store, clock, instrument: (symbol) => INSTRUMENTS.get(symbol) });
  return Promise.resolve({
    broker: create(),
    instrument: BTC,
    nonAscii: LIFE,
    initialBalance: '10000',
    spanMs: 1_500,
    book: (symbol) => Promise.resolve(feed.book(symbol)),
    movePrice: (symbol, to) => Promise.resolve(feed.move(symbol, to, tickOf(symbol))),
    payFunding: (symbol, rate) => {
      // Contracts settle on whole hours.
      const at = Math.ceil((clock.now() + 1) / HOUR_MS) * HOUR_MS;
      feed.settle(symbol, { rate, markPrice: feed.book(symbol).mark, at });
      clock.step(at - clock.now() + MINUTE_MS);
      return Promise.resolve();
    },
    restart: () => Promise.resolve(create()),
    close: () => Promise.resolve(),
  });
}

describeBrokerContract('PaperBroker', createHarness, eventually);

describe('PaperBroker', () => {
  let clock: SteppedClock;
  let feed: ManualPriceFeed;
  let store: MemoryPaperStore;
  let events: BrokerEvent[];
  let opened: PaperBroker[];
  let ids = 0;

  beforeEach(() => {
    clock = new SteppedClock();
    feed = new ManualPriceFeed(clock);
    store = new MemoryPaperStore();
    events = [];
    opened = [];
    feed.move(BTC.symbol, 50_000, 0.1);
  });

  afterEach(async () => {
    for (const broker of opened) await broker.close();
  });

  async function open(more: Partial<PaperBrokerParts> = {}): Promise<PaperBroker> {
    const broker = new PaperBroker({
      feed,
      store,
      clock,
      instrument: (symbol) => INSTRUMENTS.get(symbol),
      ...more,
    });
    opened.push(broker);
    await broker.open((event) => events.push(event));
    return broker;
  }

  const buy = (more: Partial<MarketOrder> = {}): MarketOrder => ({
    kind: 'market',
    symbol: BTC.symbol,
    clientOrderId: `b${ids++}`,
    side: 'buy',
    quantity: '0.01',
    reduceOnly: false,
    ...more,
  });
  const bid = (price: string): LimitOrder => ({ ...buy(), kind: 'limit', price, timeInForce: 'GTC' });
  const told = (): string[] => events.flatMap((event) => (event.kind === 'fill' ? [event.fill.tradeId] : []));

  it('tells of a fill before the order is acknowledged, and of nothing that is not saved', async () => {
    const broker = await open();
    await broker.place(buy());
    expect(told()).toEqual(['1']);
    store.isDown = true;
    const order = buy();
    await expect(broker.place(order)).rejects.toMatchObject({
      kind: 'outcome-unknown',
      code: 'PAPER.NOT_SAVED',
    });
    await expect(broker.find(order)).rejects.toMatchObject({ kind: 'transient' });
    expect(told()).toEqual(['1']);
    store.isDown = false;
    await eventually(() => told().length === 2);
    expect(await broker.find(order)).toMatchObject({ state: 'filled' });
  });

  it('forgets after a crash what it has told nobody, and nothing else', async () => {
    const broker = await open();
    const [kept, lost] = [buy(), buy()];
    await broker.place(kept);
    store.isDown = true;
    await expect(broker.place(lost)).rejects.toMatchObject({ kind: 'outcome-unknown' });
    const image = store.copy();
    image.isDown = false;
    const after = await open({ store: image, feed: new ManualPriceFeed(clock) });
    expect(await after.find(lost)).toBeUndefined();
    expect(await after.find(kept)).toMatchObject({ state: 'filled' });
    expect((await after.account()).positions).toMatchObject([{ quantity: '0.01' }]);
  });

  it('has all that it told, wherever it was killed', async () => {
    const images: { image: MemoryPaperStore; told: string[] }[] = [];
    const broker = await open({ store: store.watched((image) => images.push({ image, told: told() })) });
    await broker.place(bid('49900.0'));
    await broker.place(buy());
    feed.move(BTC.symbol, 49_800, 0.1);
    await broker.place(buy({ side: 'sell', quantity: '0.02', reduceOnly: true }));
    expect(images.length).toBeGreaterThanOrEqual(4);
    for (const { image, told } of images) {
      const after = await open({ store: image, feed: new ManualPriceFeed(clock) });
      const fills = await after.fills(undefined, 0);
      expect(fills.map(({ tradeId }) => tradeId)).toEqual(expect.arrayContaining(told));
      const held = fills.reduce(
        (sum, { side, quantity }) => sum + (side === 'buy' ? 1 : -1) * Number(quantity),
        0,
      );
      expect(Number((await after.account()).positions[0]?.quantity ?? 0)).toBeCloseTo(held, 9);
      await after.close();
    }
  });

  it('books the fundings of the time when it was down, once', async () => {
    const broker = await open();
    await broker.place(buy());
    await broker.close();
    const hours = [1, 2, 3].map((count) => Math.ceil(clock.now() / HOUR_MS) * HOUR_MS + count * HOUR_MS);
    for (const at of hours) feed.settle(BTC.symbol, { rate: 0.0001, markPrice: 50_000, at });
    clock.step(5 * HOUR_MS);
    // − 0.01 × 50000 × 0.0001
    const expected = hours.map((at) => ({
      symbol: BTC.symbol,
      id: `${BTC.symbol}:${at}`,
      amount: '-0.05',
      at,
    }));
    for (const _ of [1, 2]) {
      const again = await open();
      expect(await again.fundings(0)).toEqual(expected);
      await again.close();
    }
    expect(events.filter(({ kind }) => kind === 'funding')).toHaveLength(3);
  });

  it('cancels at its start what a heartbeat was to keep', async () => {
    const broker = await open();
    const order = bid('49000.0');
    await broker.place(order);
    await broker.cancelAllUnlessRepeated([BTC.symbol], 30_000);
    await broker.close();
    clock.step(31_000);
    expect(await (await open()).find(order)).toMatchObject({ state: 'cancelled' });
  });

  it('cancels what a heartbeat was to keep though its timer rings too early', async () => {
    const broker = await open();
    const order = bid('49000.0');
    await broker.place(order);
    await broker.cancelAllUnlessRepeated([BTC.symbol], 200);
    clock.step(-300);
    await eventually(async () => (await broker.find(order))?.state === 'cancelled');
  });

  it('lets a stop that was passed while it was down meet the first price after', async () => {
    const broker = await open();
    await broker.place(buy());
    const stop = { ...buy(), kind: 'stop', side: 'sell', reduceOnly: true } as const;
    await broker.place({ ...stop, triggerPrice: '49500.0', workingType: 'contract' });
    await broker.close();
    feed.move(BTC.symbol, 48_000, 0.1);
    const after = await open();
    const report = await eventually(async () => {
      const found = await after.find(stop);
      if (found?.state !== 'filled') throw new Error(`the stop is ${found?.state}`);
      return found;
    });
    expect(Number(report.averagePrice)).toBeLessThan(48_000);
  });

  it('takes its time: an order meets the price when it arrives', async () => {
    const broker = await open({ latencyMs: 50 });
    const placed = broker.place(buy());
    feed.move(BTC.symbol, 51_000, 0.1);
    expect(Number((await placed).averagePrice)).toBeGreaterThanOrEqual(51_000);
  });

  it('does nothing without a price, and says that it may be tried again', async () => {
    const broker = await open();
    const order = buy();
    feed.failure = new AppError('transient', 'EXCHANGE.TIMEOUT', 'no answer');
    await expect(broker.place(order)).rejects.toMatchObject({ kind: 'transient', code: 'EXCHANGE.TIMEOUT' });
    expect(await broker.find(order)).toBeUndefined();
    feed.failure = undefined;
    expect(await broker.place(order)).toMatchObject({ state: 'filled' });
  });

  it('stands still when another process has taken the account', async () => {
    const broker = await open();
    store.failure = new AppError('broken-invariant', 'PAPER.FENCED', 'taken');
    await expect(broker.place(buy())).rejects.toMatchObject({ kind: 'outcome-unknown' });
    await expect(broker.account()).rejects.toMatchObject({ code: 'PAPER.FENCED' });
    await expect(broker.place(buy())).rejects.toMatchObject({ code: 'PAPER.FENCED' });
    expect(events.at(-1)).toEqual({ kind: 'link', isUp: false });
  });

  it('refuses to begin with an account that is not whole, and to work while closed', async () => {
    const broker = await open();
    await broker.place(buy());
    await broker.close();
    await expect(broker.account()).rejects.toMatchObject({ kind: 'transient', code: 'PAPER.CLOSED' });
    const image = store.copy();
    image.dropLastEntry();
    await expect(open({ store: image })).rejects.toMatchObject({ code: 'PAPER.BAD_SNAPSHOT' });
  });

  it('follows what it holds, and nothing when it holds nothing', async () => {
    const broker = await open();
    const order = bid('49000.0');
    await broker.place(order);
    expect(feed.followed).toEqual([BTC.symbol]);
    await broker.cancel(order);
    expect(feed.followed).toEqual([]);
  });

  it('saves when something happens, not at every price', async () => {
    const broker = await open();
    await broker.place(buy());
    const { saves } = store;
    for (let i = 0; i < 100; i++) feed.move(BTC.symbol, 50_000 + i, 0.1);
    await broker.account();
    expect(store.saves).toBe(saves);
  });
});
