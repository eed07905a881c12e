/**
 * The books of a paper account: what every move writes down. Matching decides, this records: each fill changes
 * position, money, order and ledger together, and every event leaves in the order things happened.
 */
import type { InstrumentFilters, UtcMs } from '@slt/domain';
import type { BrokerEvent, BrokerListener, Fill, OrderState } from '../broker';
import { type Exact, exact, plain, smaller, ZERO } from '../decimal';
import { MarginRules } from './margin';
import { PaperBook } from './paper-book';
import { PaperLedger } from './paper-ledger';
import { isOpen, isTriggerKind, moveOrder, orderKey, type PaperOrder, reportOf } from './paper-order';
import type { PaperSettings } from './paper-settings';
import type { Slice } from './take';

/** Decimal places of what the exchange books. */
const MONEY_PLACES = 8;
export const FEE_ASSET = 'USDT';

export interface FillFacts {
  readonly isMaker: boolean;
  readonly at: UtcMs;
  readonly isLiquidation?: boolean;
}

/** What the wallet is made of: initial balance + realised − fees + funding. */
export interface Totals {
  readonly realized: Exact;
  readonly fees: Exact;
  readonly funding: Exact;
}

/** Since when fundings of a symbol are to be booked. */
export interface FundingRecord {
  /** Settlements up to here, inclusive, are booked or were none of ours. */
  readonly after: UtcMs;
  readonly lastFillAt: UtcMs;
}

export class PaperState {
  readonly rules: MarginRules;
  readonly initialBalance: Exact;
  readonly books = new Map<string, PaperBook>();
  readonly leverages = new Map<string, number>();
  /** When open plain orders of the symbol are cancelled. */
  readonly heartbeats = new Map<string, UtcMs>();
  readonly fundingRecords = new Map<string, FundingRecord>();
  orderSeq = 0;
  tradeSeq = 0;
  private sums: Totals = { realized: ZERO, fees: ZERO, funding: ZERO };
  private balance: Exact;
  private roughBalance: number;
  private readonly open = new Map<string, PaperOrder>();
  private readonly outbox: BrokerEvent[] = [];
  private isDelivering = false;

  constructor(
    readonly settings: PaperSettings,
    readonly ledger: PaperLedger,
    private readonly listener: BrokerListener,
  ) {
    this.rules = new MarginRules(settings.tiers);
    this.initialBalance = exact(settings.initialBalance);
    this.balance = this.initialBalance;
    this.roughBalance = this.balance.toNumber();
  }

  get totals(): Totals {
    return this.sums;
  }

  set totals(totals: Totals) {
    this.sums = totals;
    this.balance = this.initialBalance.plus(totals.realized).minus(totals.fees).plus(totals.funding);
    this.roughBalance = this.balance.toNumber();
  }

  get wallet(): Exact {
    return this.balance;
  }

  /** In float, for what is asked at every tick. */
  get roughWallet(): number {
    return this.roughBalance;
  }

  emit(event: BrokerEvent): void {
    this.outbox.push(event);
  }

  /** Hands out what happened. The listener may place and cancel: what comes of it follows in its turn. */
  deliver(): void {
    if (this.isDelivering) return;
    this.isDelivering = true;
    try {
      for (let event = this.outbox.shift(); event !== undefined; event = this.outbox.shift())
        this.listener(event);
    } finally {
      this.isDelivering = false;
    }
  }

  openOrder(order: Parameters<typeof orderKey>[0]): PaperOrder | undefined {
    return this.open.get(orderKey(order));
  }

  /** Oldest first. */
  openOrders(): PaperOrder[] {
    return [...this.open.values()];
  }

  nextOrderId(): string {
    return String(++this.orderSeq);
  }

  /** The book of the symbol, or an empty one that joins the others when an order does. */
  bookFor(symbol: string, filters: InstrumentFilters): PaperBook {
    const leverage = this.leverages.get(symbol) ?? this.settings.defaultLeverage;
    return this.books.get(symbol) ?? new PaperBook({ symbol, filters, leverage });
  }

  join(book: PaperBook, order: PaperOrder): void {
    this.books.set(book.symbol, book);
    book.orders.push(order);
    this.open.set(orderKey(order.order), order);
  }

  accept(book: PaperBook, order: PaperOrder): void {
    this.join(book, order);
    this.emit({ kind: 'order', report: reportOf(order) });
  }

  move(book: PaperBook, order: PaperOrder, to: OrderState, at: UtcMs, reason?: string): void {
    moveOrder(order, to, at, reason);
    this.tell(book, order);
  }

  fill(book: PaperBook, order: PaperOrder, { quantity, price }: Slice, facts: FillFacts): void {
    const { symbol, side, clientOrderId } = order.order;
    const { at, isMaker } = facts;
    const realized = book.applyFill(side, quantity, price);
    this.totals = { ...this.totals, realized: this.totals.realized.plus(realized) };
    const fee = this.feeOf(quantity.times(price), facts);
    this.totals = { ...this.totals, fees: this.totals.fees.plus(fee) };
    const fill: Fill = {
      symbol,
      tradeId: String(++this.tradeSeq),
      orderId: order.orderId!,
      clientOrderId,
      side,
      quantity: plain(quantity),
      price: plain(price),
      fee: plain(fee),
      feeAsset: FEE_ASSET,
      realizedPnl: plain(realized),
      isMaker,
      at,
    };
    this.noteFill(symbol, at);
    this.ledger.add({ kind: 'fill', fill }, at);
    this.emit({ kind: 'fill', fill });
    order.filled = order.filled.plus(quantity);
    order.cost = order.cost.plus(quantity.times(price));
    order.updatedAt = at;
    if (order.filled.eq(order.quantity)) moveOrder(order, 'filled', at);
    this.tell(book, order);
    this.expireVain(book, at);
  }

  /** Forgets a symbol with neither position nor orders: its prices cost nothing from then on. */
  tidy(book: PaperBook): void {
    if (book.isIdle && book.walkedCandle === undefined) this.books.delete(book.symbol);
  }

  private tell(book: PaperBook, order: PaperOrder): void {
    const report = reportOf(order);
    if (!isOpen(order)) {
      book.remove(order);
      this.open.delete(orderKey(order.order));
      this.ledger.add({ kind: 'order', report }, order.updatedAt);
    }
    this.emit({ kind: 'order', report });
  }

  private feeOf(notional: Exact, { isMaker, isLiquidation = false }: FillFacts): Exact {
    const { makerFeeRate, takerFeeRate, liquidationFeeRate } = this.settings;
    const fee = notional.times(isMaker ? makerFeeRate : takerFeeRate).round(MONEY_PLACES, 1);
    if (!isLiquidation) return fee;
    // The insurance fund takes what is there, never what is not.
    const left = this.wallet.minus(fee);
    const extra = smaller(notional.times(liquidationFeeRate).round(MONEY_PLACES, 1), left);
    return extra.gt(0) ? fee.plus(extra) : fee;
  }

  private noteFill(symbol: string, at: UtcMs): void {
    const after = this.fundingRecords.get(symbol)?.after ?? at;
    this.fundingRecords.set(symbol, { after, lastFillAt: at });
  }

  /** Resting reduce-only limit orders end with the position that they were to reduce; trigger orders stay. */
  private expireVain(book: PaperBook, at: UtcMs): void {
    for (const order of book.orders) {
      const { reduceOnly, kind, side } = order.order;
      if (!reduceOnly || isTriggerKind(kind) || !order.hasArrived || !isOpen(order)) continue;
      if (kind === 'limit' && order.state === 'resting' && book.closable(side, order.quantity).eq(0)) {
        this.move(book, order, 'expired', at, 'ORDER.REDUCE_ONLY');
      }
    }
  }
}
