/** BinanceBroker under the contract of all brokers, over the wire against the emulator; and what concerns it alone. */
import { Logger } from '@nestjs/common';
import { HOUR_MS, type Instrument, isAppError, MINUTE_MS } from '@slt/domain';
import {
  DEFAULT_API_KEY,
  DEFAULT_API_SECRET,
  Emulator,
  type EmulatorOptions,
  type FaultRule,
} from '@slt/emulator';
import { eventually } from '../../../test/support/eventually';
import { createParts, type Parts, type PartsOptions } from '../../exchange/src/testing/parts';
import { BinanceBroker } from './binance-broker';
import type { BrokerEvent, Fill, NewOrder, OrderReport } from './core/broker';
import { type BrokerHarness, describeBrokerContract } from './testing/broker-contract';

Logger.overrideLogger(false);

const KEYS = { BINANCE_API_KEY: DEFAULT_API_KEY, BINANCE_API_SECRET: DEFAULT_API_SECRET };
/** The contract asks far more often than a trader does. */
const GENEROUS = 1_000_000;
const SYMBOL = 'BTCUSDT';

class Rig {
  private readonly parts: Parts[] = [];

  private constructor(readonly emulator: Emulator) {}

  static async start(options: EmulatorOptions = {}): Promise<Rig> {
    const limits = { weightLimit: GENEROUS, ordersPer10Seconds: 10_000, ordersPerMinute: 50_000 };
    return new Rig(await Emulator.start({ symbols: 40, speed: 60, quiet: true, ...limits, ...options }));
  }

  /** As a process of its own would have it. */
  async broker(options: PartsOptions = {}): Promise<BinanceBroker> {
    const userStream = {
      stream: { pingEveryMs: 200, pongTimeoutMs: 200, backoff: { baseMs: 20, maxMs: 200 } },
      listenKey: { renewEveryMs: 150 },
    };
    const parts = createParts(this.emulator, {
      limit: GENEROUS,
      config: { ...KEYS, RATE_LIMIT_REQUESTS: GENEROUS },
      userStream,
      ...options,
    });
    this.parts.push(parts);
    await parts.clock.sync();
    return new BinanceBroker(parts.account, parts.userStream, parts.time);
  }

  async instruments(): Promise<ReadonlyMap<string, Instrument>> {
    return (await this.parts[0]!.universe.load()).instruments;
  }

  book(symbol: string): { bid: number; ask: number } {
    const { bidPrice, askPrice } = this.emulator.market.book(symbol, this.emulator.now());
    return { bid: Number(bidPrice), ask: Number(askPrice) };
  }

  /** Prices are moved from the next candle on, and the market has a will of its own. */
  async movePrice(symbol: string, to: number): Promise<void> {
    await eventually(async () => {
      const { bid, ask } = this.book(symbol);
      const { from } = this.emulator.shiftPrice({ symbol, factor: (2 * to) / (bid + ask) });
      await eventually(() => this.emulator.now() > from + 100, 30_000, 5);
      const after = this.book(symbol);
      const mark = Number(this.emulator.market.markPrice(symbol, this.emulator.now()).markPrice);
      const isThere = [after.bid, after.ask, mark].every((price) => Math.abs(price / to - 1) < 0.003);
      if (!isThere) throw new Error(`the price of ${symbol} is ${after.bid}, not ${to}`);
    }, 30_000);
  }

  async close(): Promise<void> {
    for (const parts of this.parts) await parts.close();
    await this.emulator.close();
  }
}

async function createHarness(): Promise<BrokerHarness> {
  const rig = await Rig.start();
  const broker = await rig.broker();
  const instruments = await rig.instruments();
  const nonAscii = [...instruments.values()].find(({ symbol }) => !/^[ -~]+$/.test(symbol))!;
  return {
    broker,
    instrument: instruments.get(SYMBOL)!,
    nonAscii,
    initialBalance: '10000',
    // Two seconds of ours at sixty times the speed.
    spanMs: 120_000,
    book: (symbol) => Promise.resolve(rig.book(symbol)),
    movePrice: (symbol, to) => rig.movePrice(symbol, to),
    restart: () => rig.broker(),
    close: () => rig.close(),
  };
}

describeBrokerContract('BinanceBroker', createHarness, eventually);

describe('BinanceBroker against the emulator', () => {
  let rig: Rig;
  let broker: BinanceBroker;
  let events: BrokerEvent[];
  let count = 0;

  async function start(options: EmulatorOptions = {}, parts: PartsOptions = {}): Promise<void> {
    rig = await Rig.start({ symbols: 5, ...options });
    broker = await rig.broker(parts);
    await open();
  }

  async function open(): Promise<void> {
    events = [];
    await broker.open((event) => events.push(event));
  }

  /** As after the process was started again. */
  async function restart(): Promise<void> {
    await broker.close();
    broker = await rig.broker();
    await open();
  }

  const newId = (): string => `b-${Date.now().toString(36)}-${count++}`;
  const base = () => ({ symbol: SYMBOL, clientOrderId: newId(), quantity: '0.01' });
  const buy = (): NewOrder => ({ ...base(), kind: 'market', side: 'buy', reduceOnly: false });
  const rest = (): NewOrder => {
    const price = String(Math.floor(rig.book(SYMBOL).bid * 0.95));
    return { ...base(), kind: 'limit', side: 'buy', price, timeInForce: 'GTC', reduceOnly: false };
  };
  const stop = (): NewOrder => {
    const triggerPrice = String(Math.floor(rig.book(SYMBOL).bid * 0.98));
    const trigger = { kind: 'stop', side: 'sell', reduceOnly: true, workingType: 'contract' } as const;
    return { ...base(), ...trigger, triggerPrice };
  };
  const reportsOf = (clientOrderId: string): OrderReport[] =>
    events.flatMap((event) =>
      event.kind === 'order' && event.report.clientOrderId === clientOrderId ? [event.report] : [],
    );
  const fillsOf = (clientOrderId: string): Fill[] =>
    events.flatMap((event) =>
      event.kind === 'fill' && event.fill.clientOrderId === clientOrderId ? [event.fill] : [],
    );
  const linksOf = (): boolean[] => events.flatMap((event) => (event.kind === 'link' ? [event.isUp] : []));
  const orders = (): readonly { readonly clientOrderId: string }[] =>
    rig.emulator.ledger(DEFAULT_API_KEY).orders;

  async function kindOf(work: Promise<unknown>): Promise<string> {
    return work.then(
      () => 'done',
      (error: unknown) => (isAppError(error) ? error.kind : String(error)),
    );
  }

  afterEach(async () => {
    await broker.close();
    await rig.close();
  });

  it('leaves an unknown outcome to who asks by the id, and sends nothing twice', async () => {
    await start();
    const faults: Partial<FaultRule>[] = [
      { kind: 'server-error', body: 'unknown-503-no-code', executed: true },
      { kind: 'drop-socket', when: 'after' },
      { kind: 'truncated-json' },
    ];
    for (const make of [buy, stop]) {
      for (const fault of faults) {
        const order = make();
        const path = order.kind === 'market' ? '/fapi/v1/order' : '/fapi/v1/algoOrder';
        rig.emulator.faults.add({ path, method: 'POST', times: 1, ...fault } as FaultRule);
        expect(await kindOf(broker.place(order))).toBe('outcome-unknown');
        expect(await broker.find(order)).toMatchObject({
          state: order.kind === 'market' ? 'filled' : 'resting',
        });
      }
    }
    const { orders: plain, algoOrders } = rig.emulator.ledger(DEFAULT_API_KEY);
    expect([plain.length, algoOrders.length]).toEqual([3, 3]);
  });

  it('may be told to cancel again when it is not known whether it has', async () => {
    await start();
    await broker.place(buy());
    for (const order of [rest(), stop()]) {
      await broker.place(order);
      const path = order.kind === 'limit' ? '/fapi/v1/order' : '/fapi/v1/algoOrder';
      const lost = { kind: 'server-error', body: 'unknown-503-no-code', executed: true } as const;
      rig.emulator.faults.add({ ...lost, path, method: 'DELETE', times: 1 });
      expect(await kindOf(broker.cancel(order))).toBe('outcome-unknown');
      expect(await broker.cancel(order)).toMatchObject({ state: 'cancelled' });
    }
    // Cancelled, and the question that follows fails.
    const order = stop();
    await broker.place(order);
    rig.emulator.faults.add({
      kind: 'html',
      status: 502,
      path: '/fapi/v1/algoOrder',
      method: 'GET',
      times: 1,
    });
    expect(await kindOf(broker.cancel(order))).toBe('outcome-unknown');
    expect(await broker.cancel(order)).toMatchObject({ state: 'cancelled' });
    expect((await broker.account()).openOrders).toEqual([]);
  });

  it('brings an account in hedge mode with many assets to one-way mode with one', async () => {
    rig = await Rig.start({ symbols: 5 });
    const parts = createParts(rig.emulator, { config: KEYS });
    await parts.clock.sync();
    await parts.account.setHedgeMode(true);
    await parts.account.setMultiAssetsMode(true);
    broker = await rig.broker();
    await open();
    expect([await parts.account.isHedgeMode(), await parts.account.isMultiAssetsMode()]).toEqual([
      false,
      false,
    ]);
    await parts.close();
  });

  it('sets cross margin, cuts the leverage to what is allowed, and hears of changes by others', async () => {
    await start();
    const parts = createParts(rig.emulator, { config: KEYS });
    await parts.clock.sync();
    await parts.account.setMarginType(SYMBOL, 'isolated');
    const told = await parts.account.leverageBrackets(SYMBOL);
    const [bracket] = told;
    expect(broker.brackets(SYMBOL)).toEqual(
      told.map(({ maxLeverage, notionalCap, maintenanceMarginRate, cumulative }) => ({
        maxLeverage,
        notionalCap: Number(notionalCap),
        maintenanceRate: Number(maintenanceMarginRate),
        maintenanceAmount: Number(cumulative),
      })),
    );
    await broker.prepare(SYMBOL, 1_000);
    expect(await parts.account.symbolSettings(SYMBOL)).toMatchObject({
      marginType: 'crossed',
      leverage: bracket!.maxLeverage,
    });
    await broker.prepare(SYMBOL, 5);
    await parts.account.setLeverage(SYMBOL, 9);
    await eventually(async () => {
      await broker.prepare(SYMBOL, 5);
      expect(await parts.account.symbolSettings(SYMBOL)).toMatchObject({ leverage: 5 });
    });
    expect(await kindOf(broker.prepare('NOSUCHUSDT', 5))).toBe('rejected');
    await parts.close();
  });

  it('names the orders of fills that it has not seen itself', async () => {
    await start();
    const placed: NewOrder[] = [];
    for (let i = 0; i < 7; i++) placed.push(buy());
    placed.push({ ...buy(), symbol: 'ETHUSDT', quantity: '0.1' });
    for (const order of placed) await broker.place(order);
    await restart();
    const fills = await broker.fills(undefined, 0);
    const ids = new Set(fills.map(({ clientOrderId }) => clientOrderId));
    expect(ids).toEqual(new Set(placed.map(({ clientOrderId }) => clientOrderId)));
    const truth = rig.emulator
      .ledger(DEFAULT_API_KEY)
      .trades.map(({ tradeId, orderId }) => `${tradeId} ${orderId}`);
    expect(fills.map(({ tradeId, orderId }) => `${tradeId} ${orderId}`)).toEqual(truth);
  });

  it.each<[string, FaultRule]>([
    ['come twice', { kind: 'duplicate-update', copies: 2 }],
    ['come late', { kind: 'late-update', ms: 10_000, probability: 0.5 }],
    ['come in another order', { kind: 'out-of-order-update', probability: 0.5 }],
    ['are lost in part', { kind: 'lost-update', event: 'ALGO_UPDATE' }],
  ])('makes one story of a stop whose updates %s', async (_, fault) => {
    await start();
    await broker.place(buy());
    rig.emulator.faults.add(fault);
    const order = stop();
    await broker.place(order);
    await rig.movePrice(SYMBOL, rig.book(SYMBOL).bid * 0.97);
    await eventually(async () => (await broker.find(order))?.state === 'filled');
    // What is held back comes after the account's next update.
    rig.emulator.faults.clear();
    await broker.place(buy());
    await eventually(() => reportsOf(order.clientOrderId).at(-1)?.state === 'filled');
    const reports = reportsOf(order.clientOrderId);
    expect(new Set(reports.map(({ kind }) => kind))).toEqual(new Set(['stop']));
    const end = reports.findIndex(({ state }) => state === 'filled');
    expect(reports.slice(end).every(({ state }) => state === 'filled')).toBe(true);
    await eventually(() => fillsOf(order.clientOrderId).length > 0);
  });

  it('tells of a stop that hangs in triggering, and finds its end when it is cancelled', async () => {
    await start();
    await broker.place(buy());
    rig.emulator.faults.add({ kind: 'stuck-algo' });
    const order = stop();
    await broker.place(order);
    await rig.movePrice(SYMBOL, rig.book(SYMBOL).bid * 0.97);
    await eventually(async () => (await broker.find(order))?.state === 'triggered');
    const report = await broker.cancel(order);
    expect(['cancelled', 'triggered']).toContain(report?.state);
  });

  it('says when the stream was away, and goes on', async () => {
    await start();
    rig.emulator.dropConnections();
    await eventually(() => linksOf().join() === 'true,false,true');
    rig.emulator.killListenKeys();
    await eventually(() => linksOf().join() === 'true,false,true,false,true');
    const order = buy();
    await broker.place(order);
    await eventually(() => fillsOf(order.clientOrderId).length > 0);
    expect(orders()).toHaveLength(1);
  });

  it('is not stopped by a listener that fails', async () => {
    rig = await Rig.start({ symbols: 5 });
    broker = await rig.broker();
    const heard: string[] = [];
    await broker.open((event) => {
      heard.push(event.kind);
      throw new Error('the listener is broken');
    });
    await broker.place(buy());
    await eventually(() => heard.includes('fill') && heard.includes('order'));
  });

  it('tells of each funding once, with its id', async () => {
    // Half a minute before the hours at which most contracts settle.
    const startTime = Date.UTC(2026, 8, 14, 16) - MINUTE_MS / 2;
    await start({ startTime });
    await broker.place(buy());
    await broker.place({ ...buy(), symbol: 'ETHUSDT', quantity: '1' });
    await eventually(async () => (await broker.fundings(0)).length >= 2);
    const payments = await broker.fundings(0);
    expect(new Set(payments.map(({ symbol }) => symbol))).toEqual(new Set([SYMBOL, 'ETHUSDT']));
    const told = () => events.flatMap((event) => (event.kind === 'funding' ? [event.payment] : []));
    await eventually(() => told().length >= payments.length);
    expect(told()).toEqual(payments);
    const { income } = rig.emulator.ledger(DEFAULT_API_KEY);
    const booked = income.filter(({ incomeType }) => incomeType === 'FUNDING_FEE');
    expect(payments.map(({ id, amount }) => [id, Number(amount)])).toEqual(
      booked.map(({ tranId, income }) => [String(tranId), Number(income)]),
    );
    expect(payments.every(({ at }) => at - startTime < HOUR_MS)).toBe(true);
  });

  it('opens no second time, and again after it was closed', async () => {
    await start();
    expect(await kindOf(broker.open(() => undefined))).toBe('broken-invariant');
    await broker.close();
    await open();
    const order = buy();
    await broker.place(order);
    await eventually(() => fillsOf(order.clientOrderId).length > 0);
  });
});
