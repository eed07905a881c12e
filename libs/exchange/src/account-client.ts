/**
 * The account over REST: orders of both services, money, settings, history, listen key. Nothing is built before the
 * first call, so that paper trading needs no keys. Amounts and ids are text, exact as the exchange has them.
 */
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { AppConfig } from '@slt/config';
import { isAppError, type DurationMs } from '@slt/domain';
import * as wire from './core/account-wire';
import { plainParams, type PlainRequest, triggerParams, type TriggerRequest } from './core/order-request';
import type { OrderRule } from './core/order-window';
import {
  type AlgoOrder,
  parseAlgoOrder,
  parsePlacedAlgo,
  parsePlacedOrder,
  parsePlainOrder,
  type Placed,
  type PlainOrder,
} from './core/order-wire';
import { list, object, text } from './core/wire-fields';
import { ExchangeEndpoint } from './endpoint';
import { ExchangeTime } from './exchange-time';
import type { TransportOptions } from './rest-transport';
import { type Params, type SignedCall, SignedCalls } from './signed-calls';
import { WeightBudget } from './weight-budget';

/** By the exchange's id or ours. */
export type OrderKey = { readonly orderId: string } | { readonly clientOrderId: string };
export type AlgoKey = { readonly algoId: string } | { readonly clientOrderId: string };

export interface TradeQuery {
  /** Undefined: of all symbols; then without `fromId`, which counts within a symbol. */
  readonly symbol?: string;
  readonly startTime?: number;
  /** At most 7 days after the start. */
  readonly endTime?: number;
  /** Goes without times. Inclusive. */
  readonly fromId?: string;
}

export interface IncomeQuery {
  /** The exchange's own word; undefined: every kind. */
  readonly type?: string;
  readonly startTime: number;
  readonly endTime: number;
}

/** By when orders were placed, both inclusive; less than 7 days. */
export interface OrderSpan {
  readonly startTime: number;
  readonly endTime: number;
}

/** Rows in an answer of trades, orders and income at most. */
export const PAGE_ROWS = 1000;

const ALL_SYMBOLS_WEIGHT = 40;

@Injectable()
export class AccountClient implements OnApplicationShutdown {
  private calls: SignedCalls | undefined;

  constructor(
    private readonly endpoint: ExchangeEndpoint,
    private readonly budget: WeightBudget,
    private readonly time: ExchangeTime,
    private readonly config: AppConfig,
    private readonly transport: TransportOptions = {},
  ) {}

  /** @throws AppError rejected, transient or outcome-unknown; the last with how long the exchange may still accept it */
  newOrder(order: PlainRequest): Promise<PlainOrder> {
    const params = plainParams(order);
    return this.run({
      ...{ method: 'post', path: 'v1/order', weight: 0, params, parse: parsePlainOrder },
      order: order.reduceOnly ? 'reducing' : 'opening',
    });
  }

  /** @throws AppError not-found, `ORDER.UNKNOWN`, also for one that is final */
  cancelOrder(symbol: string, key: OrderKey): Promise<PlainOrder> {
    const params = { symbol, ...orderKey(key) };
    return this.run({ method: 'delete', path: 'v1/order', weight: 1, params, parse: parsePlainOrder });
  }

  /** @throws AppError not-found, `ORDER.NOT_FOUND` */
  getOrder(symbol: string, key: OrderKey): Promise<PlainOrder> {
    const params = { symbol, ...orderKey(key) };
    return this.run({ method: 'get', path: 'v1/order', weight: 1, params, parse: parsePlainOrder });
  }

  openOrders(symbol?: string): Promise<PlainOrder[]> {
    const parse = (body: unknown): PlainOrder[] => list(body, 'orders').map(parsePlainOrder);
    return this.run({ method: 'get', path: 'v1/openOrders', ...ofSymbol(symbol), parse });
  }

  /** Ascending by id, from the one given on, inclusive; at most PAGE_ROWS. */
  ordersFrom(symbol: string, orderId: string): Promise<PlainOrder[]> {
    const params = { symbol, orderId, limit: PAGE_ROWS };
    const parse = (body: unknown): PlainOrder[] => list(body, 'orders').map(parsePlainOrder);
    return this.run({ method: 'get', path: 'v1/allOrders', weight: 5, params, parse });
  }

  /** Of all symbols, final ones too; one page, ascending: account-history makes a whole of them. */
  allOrders(span: OrderSpan): Promise<Placed<PlainOrder>[]> {
    const params = { ...span, limit: PAGE_ROWS };
    const parse = (body: unknown): Placed<PlainOrder>[] => list(body, 'orders').map(parsePlacedOrder);
    return this.run({ method: 'get', path: 'v1/allOrders', weight: 5, params, parse });
  }

  /** @throws as newOrder */
  newAlgoOrder(order: TriggerRequest): Promise<AlgoOrder> {
    const params = triggerParams(order);
    return this.run({
      ...{ method: 'post', path: 'v1/algoOrder', weight: 0, params, parse: parseAlgoOrder },
      order: order.reduceOnly ? 'reducing' : 'opening',
    });
  }

  /** @throws AppError not-found, also for one that is final; rejected, `ORDER.TRIGGERING` */
  cancelAlgoOrder(key: AlgoKey): Promise<void> {
    const parse = (body: unknown): void => void object(body, 'confirmation');
    return this.run({ method: 'delete', path: 'v1/algoOrder', weight: 1, params: algoKey(key), parse });
  }

  /** @throws AppError not-found */
  getAlgoOrder(key: AlgoKey): Promise<AlgoOrder> {
    const params = algoKey(key);
    return this.run({ method: 'get', path: 'v1/algoOrder', weight: 1, params, parse: parseAlgoOrder });
  }

  openAlgoOrders(symbol?: string): Promise<AlgoOrder[]> {
    const parse = (body: unknown): AlgoOrder[] => list(body, 'algo orders').map(parseAlgoOrder);
    return this.run({ method: 'get', path: 'v1/openAlgoOrders', ...ofSymbol(symbol), parse });
  }

  /** Final ones too. @param page from 1 on, of PAGE_ROWS each; account-history makes a whole of them */
  allAlgoOrders(symbol: string, span: OrderSpan, page: number): Promise<Placed<AlgoOrder>[]> {
    const params = { symbol, ...span, page, limit: PAGE_ROWS };
    const parse = (body: unknown): Placed<AlgoOrder>[] => list(body, 'algo orders').map(parsePlacedAlgo);
    return this.run({ method: 'get', path: 'v1/allAlgoOrders', weight: 5, params, parse });
  }

  /** Cancels the symbol's plain orders when the time is over; 0 takes it back. Exchange time. */
  async countdownCancelAll(symbol: string, countdownTime: DurationMs): Promise<void> {
    const params = { symbol, countdownTime };
    const parse = (body: unknown): void => void text(object(body, 'countdown'), 'symbol');
    await this.run({ method: 'post', path: 'v1/countdownCancelAll', weight: 10, params, parse });
  }

  account(): Promise<wire.AssetAccount[]> {
    return this.run({ method: 'get', path: 'v3/account', weight: 5, parse: wire.parseAccount });
  }

  balances(): Promise<wire.AssetBalance[]> {
    return this.run({ method: 'get', path: 'v3/balance', weight: 5, parse: wire.parseBalances });
  }

  /** Of symbols with a position or open orders. */
  positionRisk(symbol?: string): Promise<wire.PositionRisk[]> {
    const params = symbol === undefined ? {} : { symbol };
    const parse = wire.parsePositions;
    return this.run({ method: 'get', path: 'v3/positionRisk', weight: 5, params, parse });
  }

  /** Undefined: the exchange does not know the symbol. */
  async symbolSettings(symbol: string): Promise<wire.SymbolSettings | undefined> {
    const parse = wire.parseSymbolSettings;
    const call = { method: 'get', path: 'v1/symbolConfig', weight: 5, params: { symbol }, parse } as const;
    return (await this.run(call)).find((settings) => settings.symbol === symbol);
  }

  /** Ascending by notional. */
  async leverageBrackets(symbol: string): Promise<wire.LeverageBracket[]> {
    const parse = wire.parseBrackets;
    const call = { method: 'get', path: 'v1/leverageBracket', weight: 1, params: { symbol }, parse } as const;
    return (await this.run(call)).get(symbol) ?? [];
  }

  /** Of every symbol, each ascending by notional. */
  allLeverageBrackets(): Promise<ReadonlyMap<string, readonly wire.LeverageBracket[]>> {
    const parse = wire.parseBrackets;
    return this.run({ method: 'get', path: 'v1/leverageBracket', weight: 1, params: {}, parse });
  }

  async setLeverage(symbol: string, leverage: number): Promise<void> {
    const params = { symbol, leverage };
    const parse = (body: unknown): void => void text(object(body, 'leverage'), 'symbol');
    await this.run({ method: 'post', path: 'v1/leverage', weight: 1, params, parse });
  }

  /** Also succeeds when it stands so already. */
  setMarginType(symbol: string, marginType: wire.MarginType): Promise<void> {
    return this.change('v1/marginType', { symbol, marginType: marginType.toUpperCase() });
  }

  isHedgeMode(): Promise<boolean> {
    return this.ask('v1/positionSide/dual', 'dualSidePosition');
  }

  /** Also succeeds when it stands so already. */
  setHedgeMode(dualSidePosition: boolean): Promise<void> {
    return this.change('v1/positionSide/dual', { dualSidePosition });
  }

  isMultiAssetsMode(): Promise<boolean> {
    return this.ask('v1/multiAssetsMargin', 'multiAssetsMargin');
  }

  /** Also succeeds when it stands so already. */
  setMultiAssetsMode(multiAssetsMargin: boolean): Promise<void> {
    return this.change('v1/multiAssetsMargin', { multiAssetsMargin });
  }

  commissionRate(symbol: string): Promise<wire.CommissionRate> {
    const parse = wire.parseCommissionRate;
    return this.run({ method: 'get', path: 'v1/commissionRate', weight: 20, params: { symbol }, parse });
  }

  /** One page, ascending; account-history makes a whole of them. */
  userTrades(query: TradeQuery): Promise<wire.AccountTrade[]> {
    const params = { ...query, limit: PAGE_ROWS };
    return this.run({ method: 'get', path: 'v1/userTrades', weight: 5, params, parse: wire.parseTrades });
  }

  /** One page, ascending; account-history makes a whole of them. */
  income({ type, startTime, endTime }: IncomeQuery): Promise<wire.IncomeRow[]> {
    const params = {
      ...(type === undefined ? {} : { incomeType: type }),
      startTime,
      endTime,
      limit: PAGE_ROWS,
    };
    return this.run({ method: 'get', path: 'v1/income', weight: 30, params, parse: wire.parseIncome });
  }

  /** Asks for the account's own limits of new orders, and keeps within them from now on. */
  async orderRateLimits(): Promise<OrderRule[]> {
    const parse = wire.parseOrderRules;
    const rules = await this.run({ method: 'get', path: 'v1/rateLimit/order', weight: 1, parse });
    this.signed().limitOrdersTo(rules);
    return rules;
  }

  /** A new one, or the account's living one with its hour begun anew. */
  openListenKey(): Promise<string> {
    const parse = (body: unknown): string => text(object(body, 'listen key'), 'listenKey');
    return this.run({ method: 'post', path: 'v1/listenKey', weight: 1, isUnsigned: true, parse });
  }

  /** Begins the living key's hour anew. @throws AppError not-found, `EXCHANGE.LISTEN_KEY_GONE` */
  renewListenKey(): Promise<void> {
    const parse = (body: unknown): void => void object(body, 'listen key');
    return this.run({ method: 'put', path: 'v1/listenKey', weight: 1, isUnsigned: true, parse });
  }

  closeListenKey(): Promise<void> {
    const parse = (body: unknown): void => void object(body, 'listen key');
    return this.run({ method: 'delete', path: 'v1/listenKey', weight: 1, isUnsigned: true, parse });
  }

  onApplicationShutdown(): void {
    this.close();
  }

  close(): void {
    this.calls?.close();
  }

  private ask(path: string, key: string): Promise<boolean> {
    return this.run({ method: 'get', path, weight: 30, parse: (body) => wire.parseFlag(body, key) });
  }

  private async change(path: string, params: Params): Promise<void> {
    try {
      await this.run({ method: 'post', path, weight: 1, params, parse: wire.parseDone });
    } catch (error) {
      if (!isAppError(error, 'ACCOUNT.UNCHANGED')) throw error;
    }
  }

  private async run<T>(call: SignedCall<T>): Promise<T> {
    return this.signed().run(call);
  }

  /** @throws AppError invalid, `EXCHANGE.NO_KEYS` */
  private signed(): SignedCalls {
    const { endpoint, budget, time, config, transport } = this;
    this.calls ??= new SignedCalls({ endpoint, budget, time, config, transport });
    return this.calls;
  }
}

function orderKey(key: OrderKey): Params {
  return 'orderId' in key ? { orderId: key.orderId } : { origClientOrderId: key.clientOrderId };
}

function algoKey(key: AlgoKey): Params {
  return 'algoId' in key ? { algoId: key.algoId } : { clientAlgoId: key.clientOrderId };
}

function ofSymbol(symbol: string | undefined): { weight: number; params: Params } {
  return symbol === undefined
    ? { weight: ALL_SYMBOLS_WEIGHT, params: {} }
    : { weight: 1, params: { symbol } };
}
