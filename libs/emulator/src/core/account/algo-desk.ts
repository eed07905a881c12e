/** The algo service: what /algoOrder, /openAlgoOrders, /allAlgoOrders and /algoOpenOrders do (reference A3). */
import { DAY_MS, type UtcMs } from '@slt/domain';
import { invalidData } from '../rest-error';
import type { Account } from './account';
import { moveAlgo } from './algo-life';
import type { AlgoSnapshot } from './algo-order';
import { type AlgoSpec, parseAlgo } from './algo-spec';
import { announceAlgo } from './announce';
import {
  algoSnapshot,
  endsWithPosition,
  isLive,
  isPending,
  isTakeProfit,
  isWaiting,
  type LiveAlgo,
  type Trailing,
} from './live-algo';
import { type Decimal, ZERO } from './money';
import { checkNotional, checkPositionSide, checkStatus, closes } from './order-checks';
import {
  bigIdOf,
  limitOf,
  optional,
  optionalSymbolOf,
  type Params,
  symbolOf,
  timeRangeOf,
  wholeNumberOf,
} from './params';
import {
  closePositionExists,
  duplicateClientId,
  gteNeedsPosition,
  isTriggering,
  noOrderId,
  noSuchOrder,
  tooManyAlgoOrders,
  unknownOrder,
  wouldTrigger,
} from './refusals';
import type { TimeLine } from './time-line';

/** Over all symbols. */
const MOST_OPEN = 200;

/** Each call first brings the account to `now`. All throw RestError. */
export class AlgoDesk {
  constructor(
    private readonly account: Account,
    private readonly time: TimeLine,
  ) {}

  place(params: Params, now: UtcMs): AlgoSnapshot {
    const at = this.time.advance(now);
    const spec = parseAlgo(params, this.account.view.market, at);
    const { symbol } = spec.symbol;
    this.time.touch(symbol, at);
    const price = this.referencePrice(spec, at);
    this.check(spec, price, at);
    const algo = this.make(spec, price, at);
    this.account.algos.add(algo);
    announceAlgo(this.account, algo);
    if (algo.goodTillDate > 0) {
      this.account.agenda.note(algo.goodTillDate, (due) => {
        if (isWaiting(algo)) moveAlgo(this.account, algo, 'EXPIRED', due);
      });
    }
    this.time.watch(symbol, at);
    return algoSnapshot(algo);
  }

  /** By algoId or clientAlgoId. */
  cancel(params: Params, now: UtcMs): AlgoSnapshot {
    const at = this.time.advance(now);
    const algo = this.named(params);
    if (algo === undefined) throw unknownOrder();
    if (algo.status === 'TRIGGERING' && !algo.isStuck) throw isTriggering();
    if (!isPending(algo)) throw unknownOrder();
    moveAlgo(this.account, algo, 'CANCELED', at);
    return algoSnapshot(algo);
  }

  /** All of a symbol whose child is not under way. */
  cancelAll(params: Params, now: UtcMs): void {
    const at = this.time.advance(now);
    const { symbol } = symbolOf(params, this.account.view.market, at);
    for (const algo of this.account.algos.pending(symbol)) moveAlgo(this.account, algo, 'CANCELED', at);
  }

  find(params: Params, now: UtcMs): AlgoSnapshot {
    this.time.advance(now);
    const algo = this.named(params);
    if (algo === undefined) throw noSuchOrder();
    return algoSnapshot(algo);
  }

  /** Not final: also those that are triggering or whose child is in the engine. */
  open(params: Params, now: UtcMs): AlgoSnapshot[] {
    const at = this.time.advance(now);
    const type = optional(params, 'algoType');
    if (type !== undefined && type !== 'CONDITIONAL') throw invalidData('algoType');
    const symbol = optionalSymbolOf(params, this.account.view.market, at);
    const id = bigIdOf(params, 'algoId');
    return this.account.algos
      .live(symbol?.symbol)
      .filter((algo) => id === undefined || algo.algoId === id)
      .map(algoSnapshot);
  }

  /** Of a symbol, in pages. */
  all(params: Params, now: UtcMs): AlgoSnapshot[] {
    const at = this.time.advance(now);
    const { symbol } = symbolOf(params, this.account.view.market, at);
    const limit = limitOf(params, 500, 1000);
    const page = wholeNumberOf(params, 'page') ?? 1;
    const fromId = bigIdOf(params, 'algoId');
    const range = timeRangeOf(params, at, 7 * DAY_MS, 7);
    const found = this.account.algos.all.filter(
      (algo) =>
        algo.symbol === symbol &&
        (fromId === undefined
          ? algo.createTime >= range.from && algo.createTime <= range.to
          : algo.algoId >= fromId),
    );
    const first = Math.max(0, page - 1) * limit;
    return found.slice(first, first + limit).map(algoSnapshot);
  }

  private named(params: Params): LiveAlgo | undefined {
    const id = bigIdOf(params, 'algoId');
    if (id !== undefined) return this.account.algos.find(id);
    const clientId = optional(params, 'clientAlgoId');
    if (clientId === undefined) throw noOrderId('clientAlgoId', 'algoId');
    return this.account.algos.findByClientId(clientId);
  }

  private referencePrice(spec: AlgoSpec, now: UtcMs): Decimal {
    const { symbol } = spec.symbol;
    const { view } = this.account;
    return spec.workingType === 'MARK_PRICE' ? view.mark(symbol, now) : view.last(symbol, now);
  }

  private check(spec: AlgoSpec, price: Decimal, now: UtcMs): void {
    const { account } = this;
    checkStatus(spec.symbol, now);
    // closePosition implies reduce-only, but that was not sent.
    checkPositionSide(account, { ...spec, reduceOnly: spec.reduceOnly && !spec.closePosition });
    this.checkClientId(spec);
    if (account.algos.live().length >= MOST_OPEN) throw tooManyAlgoOrders();
    if (spec.timeInForce === 'GTE_GTC') this.checkPositionExists(spec);
    if (spec.closePosition) this.checkOnlyOne(spec);
    else if (!closes(spec)) checkNotional(spec.symbol, spec.quantity.times(worthOf(spec, price)));
    if (wouldTriggerAt(spec, price)) throw wouldTrigger();
  }

  private checkClientId({ clientAlgoId }: AlgoSpec): void {
    if (clientAlgoId === undefined) return;
    const known = this.account.algos.findByClientId(clientAlgoId);
    if (known !== undefined && isLive(known)) throw duplicateClientId();
  }

  private checkPositionExists({ symbol, positionSide, side }: AlgoSpec): void {
    if (this.account.reducible(symbol, positionSide, side).eq(ZERO)) throw gteNeedsPosition();
  }

  /** One stop and one take-profit a direction. */
  private checkOnlyOne(spec: AlgoSpec): void {
    const second = this.account.algos
      .waiting(spec.symbol.symbol)
      .some(
        (algo) =>
          algo.closePosition &&
          endsWithPosition(algo) &&
          algo.side === spec.side &&
          algo.positionSide === spec.positionSide &&
          isTakeProfit(algo) === isTakeProfit(spec),
      );
    if (second) throw closePositionExists();
  }

  private make(spec: AlgoSpec, price: Decimal, now: UtcMs): LiveAlgo {
    const { symbol, clientAlgoId, callbackRate, activatePrice, ...rest } = spec;
    const trailing: Trailing | undefined = callbackRate && {
      activatePrice: activatePrice ?? price,
      callbackRate,
      isActivated: activatePrice === undefined,
      extreme: Number(price),
    };
    return {
      ...rest,
      facts: symbol,
      triggerAt: Number(spec.triggerPrice),
      symbol: symbol.symbol,
      algoId: this.account.ids.algoId(),
      clientAlgoId: clientAlgoId ?? this.account.ids.clientId(),
      isClosing: closes(spec),
      ...(trailing !== undefined && { trailing }),
      createTime: now,
      status: 'NEW',
      isStuck: false,
      updateTime: now,
      triggerTime: 0,
      actualPrice: ZERO,
      actualQty: ZERO,
    };
  }
}

/** Price for the least notional: where it would trade. */
function worthOf(spec: AlgoSpec, price: Decimal): Decimal {
  if (spec.price.gt(ZERO)) return spec.price;
  return spec.triggerPrice.gt(ZERO) ? spec.triggerPrice : price;
}

/** A trigger at the price counts as crossed; a trailing stop is not to be active already by its own price. */
function wouldTriggerAt(spec: AlgoSpec, price: Decimal): boolean {
  const isBuy = spec.side === 'BUY';
  if (spec.orderType === 'TRAILING_STOP_MARKET') {
    if (spec.activatePrice === undefined) return false;
    return isBuy ? spec.activatePrice.gte(price) : spec.activatePrice.lte(price);
  }
  const isUpward = isBuy !== isTakeProfit(spec);
  return isUpward ? spec.triggerPrice.lte(price) : spec.triggerPrice.gte(price);
}
