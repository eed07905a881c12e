/** Plain orders: what /order, /batchOrders, /openOrder(s), /allOrders and /countdownCancelAll do. */
import { DAY_MS, type UtcMs } from '@slt/domain';
import { invalidData, mandatoryParameter, RestError } from '../rest-error';
import type { Account } from './account';
import { amendOrder } from './amendment';
import { isOpen, type LiveOrder, orderSnapshot } from './live-order';
import type { OrderSnapshot } from './order';
import { admit, enterOrder } from './order-entry';
import { cancelAllOf, cancelOrder } from './order-life';
import { parseOrder } from './order-spec';
import {
  bigIdOf,
  limitOf,
  mandatory,
  optional,
  optionalSymbolOf,
  type Params,
  symbolOf,
  timeRangeOf,
  wholeNumberOf,
  wordOf,
} from './params';
import {
  invalidSide,
  noOrderId,
  noSuchOrder,
  tooManyToCancel,
  unknownOrder,
  wrongBatchSize,
} from './refusals';
import { matchIncoming } from './taking';
import type { TimeLine } from './time-line';
import { ZERO } from './money';

export interface PlacedOrder {
  /** As acknowledged: NEW, nothing filled (newOrderRespType ACK, the default). */
  readonly ack: OrderSnapshot;
  /** After matching at the same instant (newOrderRespType RESULT). */
  readonly result: OrderSnapshot;
}

const MOST_IN_BATCH = 5;
const MOST_TO_CANCEL = 10;
/** Orders that ended without a fill are forgotten after 3 days, all others after 90. */
const UNFILLED_KEPT_MS = 3 * DAY_MS;
const KEPT_MS = 90 * DAY_MS;

/** Each call first brings the account to `now`; parameters have the exchange's names. All throw RestError. */
export class OrderDesk {
  private readonly countdowns = new Map<string, number>();

  constructor(
    private readonly account: Account,
    private readonly time: TimeLine,
  ) {}

  /** newClientOrderId missing: one is made. */
  place(params: Params, now: UtcMs): PlacedOrder {
    const at = this.time.advance(now);
    const spec = parseOrder(params, this.account.view.market, at);
    this.time.touch(spec.symbol.symbol, at);
    const order = enterOrder(this.account, spec, at);
    const ack = orderSnapshot(order);
    matchIncoming(this.account, order, at);
    this.time.watch(order.symbol, at);
    return { ack, result: orderSnapshot(order) };
  }

  /** All checks of place(), without effect. */
  test(params: Params, now: UtcMs): void {
    const at = this.time.advance(now);
    admit(this.account, parseOrder(params, this.account.view.market, at), at);
  }

  /** Up to 5; each order's answer or refusal in its place. */
  placeBatch(orders: readonly Params[], now: UtcMs): (PlacedOrder | RestError)[] {
    requireBatch(orders);
    return orders.map((params) => orRefusal(() => this.place(params, now)));
  }

  amend(params: Params, now: UtcMs): OrderSnapshot {
    const at = this.time.advance(now);
    const order = this.named(params, at);
    const side = wordOf(params, 'side', ['BUY', 'SELL'] as const, invalidSide);
    if (side === undefined) throw mandatoryParameter('side');
    if (order === undefined || !isOpen(order) || order.side !== side) throw noSuchOrder();
    this.time.touch(order.symbol, at);
    amendOrder(this.account, order, params, at);
    return orderSnapshot(order);
  }

  amendBatch(orders: readonly Params[], now: UtcMs): (OrderSnapshot | RestError)[] {
    requireBatch(orders);
    return orders.map((params) => orRefusal(() => this.amend(params, now)));
  }

  cancel(params: Params, now: UtcMs): OrderSnapshot {
    const at = this.time.advance(now);
    const order = this.named(params, at);
    if (order === undefined || !isOpen(order)) throw unknownOrder();
    cancelOrder(this.account, order, at);
    return orderSnapshot(order);
  }

  /** symbol with orderIdList or origClientOrderIdList: JSON lists of up to 10. */
  cancelBatch(params: Params, now: UtcMs): (OrderSnapshot | RestError)[] {
    const ids = idList(params, 'orderIdList');
    const clientIds = idList(params, 'origClientOrderIdList');
    if (ids === undefined && clientIds === undefined) {
      throw noOrderId('origClientOrderIdList', 'orderIdList');
    }
    const wanted = ids ?? clientIds!;
    if (wanted.length === 0) throw invalidData(ids === undefined ? 'origClientOrderIdList' : 'orderIdList');
    if (wanted.length > MOST_TO_CANCEL) throw tooManyToCancel();
    const symbol = mandatory(params, 'symbol');
    const idName = ids === undefined ? 'origClientOrderId' : 'orderId';
    return wanted.map((id) => orRefusal(() => this.cancel((name) => ({ symbol, [idName]: id })[name], now)));
  }

  /** All open plain orders of a symbol. */
  cancelAll(params: Params, now: UtcMs): void {
    const at = this.time.advance(now);
    cancelAllOf(this.account, symbolOf(params, this.account.view.market, at).symbol, at);
  }

  /** A heartbeat: unless it comes again in time, all open plain orders of the symbol are cancelled. Algo orders stay. */
  countdownCancelAll(params: Params, now: UtcMs): { symbol: string; countdownTime: string } {
    const at = this.time.advance(now);
    const { symbol } = symbolOf(params, this.account.view.market, at);
    const ms = wholeNumberOf(params, 'countdownTime');
    if (ms === undefined) throw mandatoryParameter('countdownTime');
    const turn = (this.countdowns.get(symbol) ?? 0) + 1;
    this.countdowns.set(symbol, turn);
    if (ms > 0) {
      this.account.agenda.note(at + ms, (due) => {
        if (this.countdowns.get(symbol) === turn) cancelAllOf(this.account, symbol, due);
      });
    }
    return { symbol, countdownTime: String(ms) };
  }

  /** GET /order. */
  find(params: Params, now: UtcMs): OrderSnapshot {
    const at = this.time.advance(now);
    const order = this.named(params, at);
    if (order === undefined || isForgotten(order, at)) throw noSuchOrder();
    return orderSnapshot(order);
  }

  /** GET /openOrder. */
  findOpen(params: Params, now: UtcMs): OrderSnapshot {
    const at = this.time.advance(now);
    const order = this.named(params, at);
    if (order === undefined || !isOpen(order)) throw noSuchOrder();
    return orderSnapshot(order);
  }

  /** GET /openOrders; without symbol, all. */
  open(params: Params, now: UtcMs): OrderSnapshot[] {
    const at = this.time.advance(now);
    const symbol = optionalSymbolOf(params, this.account.view.market, at);
    const symbols = symbol === undefined ? this.account.orders.openSymbols() : [symbol.symbol];
    return symbols
      .flatMap((name) => [...this.account.orders.openOf(name)])
      .sort((a, b) => a.time - b.time)
      .map(orderSnapshot);
  }

  /** GET /allOrders: from an id on, or in a range of at most 7 days, or the latest. */
  all(params: Params, now: UtcMs): OrderSnapshot[] {
    const at = this.time.advance(now);
    const symbol = optionalSymbolOf(params, this.account.view.market, at);
    const limit = limitOf(params, 500, 1000);
    const fromId = bigIdOf(params, 'orderId');
    const found = this.account.orders.all.filter(
      (order) => (symbol === undefined || order.symbol === symbol.symbol) && !isForgotten(order, at),
    );
    const range = timeRangeOf(params, at, 7 * DAY_MS, 7);
    const wanted =
      fromId !== undefined
        ? found.filter((order) => order.orderId >= fromId)
        : found.filter((order) => order.time >= range.from && order.time <= range.to);
    const isForward = fromId !== undefined || optional(params, 'startTime') !== undefined;
    return (isForward ? wanted.slice(0, limit) : wanted.slice(-limit)).map(orderSnapshot);
  }

  /** By orderId, or by origClientOrderId. @throws RestError -1102 with neither */
  private named(params: Params, now: UtcMs): LiveOrder | undefined {
    const { symbol } = symbolOf(params, this.account.view.market, now);
    const id = bigIdOf(params, 'orderId');
    if (id !== undefined) return this.account.orders.find(symbol, id);
    const clientId = optional(params, 'origClientOrderId');
    if (clientId === undefined) throw noOrderId();
    return this.account.orders.findByClientId(symbol, clientId);
  }
}

function isForgotten(order: LiveOrder, now: UtcMs): boolean {
  if (isOpen(order)) return false;
  if (now - order.time > KEPT_MS) return true;
  return order.executed.eq(ZERO) && now - order.updateTime > UNFILLED_KEPT_MS;
}

function requireBatch(orders: readonly Params[]): void {
  if (orders.length === 0) throw mandatoryParameter('batchOrders');
  if (orders.length > MOST_IN_BATCH) throw wrongBatchSize();
}

function orRefusal<T>(act: () => T): T | RestError {
  try {
    return act();
  } catch (error) {
    if (error instanceof RestError) return error;
    throw error;
  }
}

/** A JSON list as text elements; big ids keep their digits. @throws RestError -1130 */
function idList(params: Params, name: string): string[] | undefined {
  const text = optional(params, name)?.trim();
  if (text === undefined) return undefined;
  const inside = /^\[(.*)\]$/s.exec(text)?.[1];
  if (inside === undefined) throw invalidData(name);
  if (inside.trim() === '') return [];
  const elements = inside.split(',').map((element) => element.trim().replace(/^"(.*)"$/, '$1'));
  if (elements.some((element) => !/^[.A-Z:/a-z0-9_-]+$/.test(element))) throw invalidData(name);
  return elements;
}
