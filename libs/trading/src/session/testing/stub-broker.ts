/** A broker that answers as a spec has told it, call by call, and remembers what it was asked. */
import { AppError, type ErrorKind } from '@slt/domain';
import type {
  AccountState,
  Broker,
  Fill,
  FundingPayment,
  NewOrder,
  OrderRef,
  OrderReport,
} from '../../core/broker';
import { clock } from './virtual-time';

type Answer<In, Out> = (given: In) => Out | Promise<Out>;

export const NOTHING_HELD: AccountState = {
  at: 0,
  walletBalance: '10000',
  equity: '10000',
  availableBalance: '10000',
  maintenanceMargin: '0',
  positions: [],
  openOrders: [],
};

export class StubBroker implements Broker {
  readonly mode = 'live';
  readonly placed: NewOrder[] = [];
  readonly cancelled: OrderRef[] = [];
  readonly found: OrderRef[] = [];
  readonly leverages: number[] = [];
  readonly beats: { symbols: readonly string[]; withinMs: number }[] = [];
  onPlace: Answer<NewOrder, OrderReport> = (order) => restingReport(order);
  onCancel: Answer<OrderRef, OrderReport | undefined> = () => undefined;
  onFind: Answer<OrderRef, OrderReport | undefined> = () => undefined;
  onAccount: Answer<void, AccountState> = () => ({ ...NOTHING_HELD, at: clock.now() });
  onPrepare: Answer<string, void> = () => undefined;
  accountCalls = 0;

  open(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async prepare(symbol: string, leverage: number): Promise<void> {
    this.leverages.push(leverage);
    await this.onPrepare(symbol);
  }

  async place(order: NewOrder): Promise<OrderReport> {
    this.placed.push(order);
    return this.onPlace(order);
  }

  async cancel(order: OrderRef): Promise<OrderReport | undefined> {
    this.cancelled.push(order);
    return this.onCancel(order);
  }

  async find(order: OrderRef): Promise<OrderReport | undefined> {
    this.found.push(order);
    return this.onFind(order);
  }

  async account(): Promise<AccountState> {
    this.accountCalls++;
    return this.onAccount();
  }

  fills(): Promise<readonly Fill[]> {
    return Promise.resolve([]);
  }

  fundings(): Promise<readonly FundingPayment[]> {
    return Promise.resolve([]);
  }

  cancelAllUnlessRepeated(symbols: readonly string[], withinMs: number): Promise<void> {
    this.beats.push({ symbols, withinMs });
    return Promise.resolve();
  }
}

export const failing = (kind: ErrorKind, code: string, retryAfterMs?: number) => (): never => {
  throw new AppError(kind, code, 'as the spec says', retryAfterMs === undefined ? {} : { retryAfterMs });
};

export function restingReport(order: NewOrder, told: Partial<OrderReport> = {}): OrderReport {
  const { symbol, clientOrderId, kind, side, quantity, reduceOnly } = order;
  const base = {
    symbol,
    clientOrderId,
    kind,
    side,
    quantity,
    reduceOnly,
    filledQuantity: '0',
    averagePrice: '0',
  };
  return { ...base, state: 'resting', updatedAt: clock.now(), ...told };
}

export const filledReport = (order: NewOrder, price = '100'): OrderReport =>
  restingReport(order, { state: 'filled', filledQuantity: order.quantity, averagePrice: price });
