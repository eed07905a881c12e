/** A trader for the contract's cases: places orders, remembers the events, and waits until things have come about. */
import Big from 'big.js';
import { type AppError, type Instrument, isAppError, type UtcMs } from '@slt/domain';
import type {
  Broker,
  BrokerEvent,
  Decimal,
  Fill,
  FundingPayment,
  LimitOrder,
  NewOrder,
  OrderRef,
  OrderReport,
  OrderSide,
  TriggerOrder,
} from '../../core/broker';
import type { BrokerHarness } from '../broker-contract';

export type Eventually = <T>(check: () => T | Promise<T>, timeoutMs?: number) => Promise<T>;

/** Of every case; high enough that margin refuses nothing by accident. */
const LEVERAGE = 20;
/** Money is compared to this: exchanges round each booking to 8 decimals. */
const CENT_FRACTION = '0.000001';

export const FINAL_STATES: readonly string[] = ['filled', 'cancelled', 'expired', 'rejected'];

let idCount = 0;

/** Fresh for every order of every run. */
export function newClientId(): string {
  return `c-${Date.now().toString(36)}-${(idCount++).toString(36)}`;
}

export const opposite = (side: OrderSide): OrderSide => (side === 'buy' ? 'sell' : 'buy');

export function sum(values: readonly (Decimal | Big)[]): Big {
  return values.reduce<Big>((total, value) => total.plus(value), new Big(0));
}

export function expectSameMoney(actual: Decimal | Big, expected: Decimal | Big): void {
  const difference = new Big(actual).minus(expected).abs();
  if (difference.gt(CENT_FRACTION)) {
    throw new Error(`${new Big(actual).toFixed()} is not ${new Big(expected).toFixed()}`);
  }
}

/** Down to a multiple of the step. */
export function floorTo(value: number | Big, step: string): Decimal {
  return new Big(value).div(step).round(0, Big.roundDown).times(step).toFixed();
}

export class ContractTrader {
  readonly events: BrokerEvent[] = [];

  constructor(
    readonly harness: BrokerHarness,
    readonly eventually: Eventually,
    public broker: Broker,
  ) {}

  get instrument(): Instrument {
    return this.harness.instrument;
  }

  get symbol(): string {
    return this.instrument.symbol;
  }

  /** Opens the broker and prepares the symbols. */
  async open(): Promise<void> {
    await this.broker.open((event) => this.events.push(event));
    await this.broker.prepare(this.symbol, LEVERAGE);
    await this.broker.prepare(this.harness.nonAscii.symbol, LEVERAGE);
  }

  async restart(): Promise<void> {
    await this.broker.close();
    this.broker = await this.harness.restart();
    this.events.length = 0;
    await this.broker.open((event) => this.events.push(event));
  }

  /** The middle of the book. */
  async price(symbol = this.symbol): Promise<number> {
    const { bid, ask } = await this.harness.book(symbol);
    return (bid + ask) / 2;
  }

  /** That much money's worth at the price of now, on the step. */
  async quantity(notional: number, instrument = this.instrument): Promise<Decimal> {
    const { stepSize, marketStepSize } = instrument.filters;
    const step = new Big(stepSize).gt(marketStepSize) ? stepSize : marketStepSize;
    return floorTo(notional / (await this.price(instrument.symbol)), step);
  }

  /** The price of now times the factor, on the tick. */
  async priceTimes(factor: number, instrument = this.instrument): Promise<Decimal> {
    return floorTo((await this.price(instrument.symbol)) * factor, instrument.filters.tickSize);
  }

  async market(side: OrderSide, quantity: Decimal, more: Partial<NewOrder> = {}): Promise<OrderReport> {
    const order: NewOrder = {
      kind: 'market',
      symbol: this.symbol,
      clientOrderId: newClientId(),
      side,
      quantity,
      reduceOnly: false,
      ...(more as object),
    };
    const placed = await this.broker.place(order);
    return this.untilFinal(placed);
  }

  limit(
    side: OrderSide,
    quantity: Decimal,
    price: Decimal,
    more: Partial<LimitOrder> = {},
  ): Promise<OrderReport> {
    return this.broker.place({
      kind: 'limit',
      symbol: this.symbol,
      clientOrderId: newClientId(),
      side,
      quantity,
      price,
      timeInForce: 'GTC',
      reduceOnly: false,
      ...more,
    });
  }

  trigger(order: Pick<TriggerOrder, 'kind' | 'side' | 'quantity' | 'triggerPrice'> & Partial<TriggerOrder>) {
    const base = { symbol: this.symbol, clientOrderId: newClientId(), reduceOnly: true };
    return this.broker.place({ ...base, workingType: 'contract', ...order });
  }

  /** @returns what the broker threw. @throws Error when it did not */
  async refusalOf(work: () => Promise<unknown>): Promise<AppError> {
    try {
      await work();
    } catch (error) {
      if (isAppError(error)) return error;
      throw error;
    }
    throw new Error('the broker did not refuse');
  }

  untilState(order: OrderRef, ...states: readonly string[]): Promise<OrderReport> {
    return this.eventually(async () => {
      const report = await this.broker.find(order);
      if (report !== undefined && states.includes(report.state)) return report;
      throw new Error(`${order.clientOrderId} is ${report?.state ?? 'unknown'}, not ${states.join(' or ')}`);
    });
  }

  untilFinal(order: OrderRef): Promise<OrderReport> {
    return this.untilState(order, ...FINAL_STATES);
  }

  /** Reports of the order as they came, oldest first. */
  reportsOf({ clientOrderId }: { clientOrderId: string }): OrderReport[] {
    return this.events.flatMap((event) =>
      event.kind === 'order' && event.report.clientOrderId === clientOrderId ? [event.report] : [],
    );
  }

  /** Fills as they came, each once. */
  fills(clientOrderId?: string): Fill[] {
    const byTrade = new Map<string, Fill>();
    for (const event of this.events) {
      if (event.kind !== 'fill') continue;
      if (clientOrderId !== undefined && event.fill.clientOrderId !== clientOrderId) continue;
      byTrade.set(`${event.fill.symbol} ${event.fill.tradeId}`, event.fill);
    }
    return [...byTrade.values()];
  }

  fundings(): FundingPayment[] {
    return this.events.flatMap((event) => (event.kind === 'funding' ? [event.payment] : []));
  }

  /** Waits for the events of so much. */
  untilFilled(clientOrderId: string, quantity: Decimal): Promise<Fill[]> {
    return this.eventually(() => {
      const fills = this.fills(clientOrderId);
      const filled = sum(fills.map((fill) => fill.quantity));
      if (filled.eq(quantity)) return fills;
      throw new Error(`events told of ${filled.toFixed()} filled, not of ${quantity}`);
    });
  }

  /** Signed; '0' where there is none. */
  async position(symbol = this.symbol): Promise<Decimal> {
    const { positions } = await this.broker.account();
    return positions.find((position) => position.symbol === symbol)?.quantity ?? '0';
  }

  /** Waits, for an account may lag behind its fills. */
  async untilPosition(expected: Decimal | Big, symbol = this.symbol): Promise<void> {
    await this.eventually(async () => {
      const quantity = await this.position(symbol);
      if (!new Big(quantity).eq(expected))
        throw new Error(`the position is ${quantity}, not ${expected.toString()}`);
    });
  }

  async openIds(): Promise<string[]> {
    const { openOrders } = await this.broker.account();
    return openOrders.map((order) => order.clientOrderId);
  }

  async now(): Promise<UtcMs> {
    return (await this.broker.account()).at;
  }
}

/** Makes a trader for each case and takes it away after it. */
export function useTrader(
  create: () => Promise<BrokerHarness>,
  eventually: Eventually,
): () => ContractTrader {
  let trader: ContractTrader | undefined;
  beforeEach(async () => {
    const harness = await create();
    trader = new ContractTrader(harness, eventually, harness.broker);
    await trader.open();
  });
  afterEach(async () => {
    await trader?.broker.close();
    await trader?.harness.close();
    trader = undefined;
  });
  return () => trader!;
}
