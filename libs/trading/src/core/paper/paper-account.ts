/**
 * A simulated account on the exchange, in one-way mode with cross margin: the meaning of the Broker port without its
 * waiting. Deterministic: the same calls give the same events, fills and ids. It is driven by quotes (live) or candles
 * (backtest), each with its own event time; symbols without position and order cost one look-up.
 *
 * What it leaves out: queues at a price (a limit order fills wholly when the market comes to it), auto-deleveraging,
 * settlement of delisted contracts, an insurance fund, isolated margin.
 */
import { AppError, type Instrument, type UtcMs } from '@slt/domain';
import type {
  AccountState,
  BrokerListener,
  Fill,
  FundingPayment,
  NewOrder,
  OrderRef,
  OrderReport,
} from '../broker';
import { type Exact, exact, plain, sumOf, ZERO } from '../decimal';
import { CandleWalk, isThrough } from './candle-walk';
import { checkAgainstAccount, checkForm, crosses, rejected } from './check-order';
import { liquidate } from './liquidation';
import { Matching } from './matching';
import type { PaperBook } from './paper-book';
import { PaperLedger } from './paper-ledger';
import { isOpen, isTriggerKind, type PaperOrder, reportOf } from './paper-order';
import { PAPER_DEFAULTS, type PaperSettings } from './paper-settings';
import { type PaperSnapshot, restoreState, snapshotOf } from './paper-snapshot';
import { PaperState } from './paper-state';
import { ofNumber, type PaperCandle, plainQuote, type Quote } from './quote';
import { type AccountMargins, accountMarginsOf, accountStateOf } from './worth';

export interface PaperAccountOptions {
  /** Undefined: not listed. */
  readonly instrument: (symbol: string) => Instrument | undefined;
  /** Called within the call that made it happen; may place and cancel. */
  readonly listener: BrokerListener;
  readonly settings?: Partial<PaperSettings> | undefined;
  /** What `snapshot` gave, with all entries. */
  readonly snapshot?: unknown;
}

/** How a settled funding is booked. */
export interface FundingFacts {
  readonly rate: number;
  readonly markPrice: number;
  readonly at: UtcMs;
}

const MAX_LEVERAGE = 125;

export class PaperAccount {
  private readonly instrument: PaperAccountOptions['instrument'];
  private readonly settings: PaperSettings;
  private readonly state: PaperState;
  private readonly matching: Matching;
  private readonly candles: CandleWalk;

  /** @throws AppError broken-invariant, `PAPER.BAD_SNAPSHOT` */
  constructor({ instrument, listener, settings, snapshot }: PaperAccountOptions) {
    this.instrument = instrument;
    this.settings = { ...PAPER_DEFAULTS, ...settings };
    this.state =
      snapshot === undefined
        ? new PaperState(this.settings, new PaperLedger(), listener)
        : restoreState(snapshot, this.settings, listener);
    this.matching = new Matching(this.state);
    this.candles = new CandleWalk(this.state, this.matching);
  }

  /** Not while a listener runs. @param afterSeq leaves out entries up to this number */
  snapshot(afterSeq = 0): PaperSnapshot {
    return snapshotOf(this.state, afterSeq);
  }

  /** Symbols with a position or open orders: those whose prices matter. */
  symbols(): string[] {
    return [...this.state.books.keys()];
  }

  /** Whether the symbol is among them. */
  concerns(symbol: string): boolean {
    return this.state.books.has(symbol);
  }

  /** @throws AppError rejected */
  prepare(symbol: string, leverage: number): void {
    if (this.instrument(symbol) === undefined) {
      throw rejected('EXCHANGE.INVALID_SYMBOL', `${JSON.stringify(symbol)} is not listed`);
    }
    if (!Number.isInteger(leverage) || leverage < 1 || leverage > MAX_LEVERAGE) {
      throw rejected('ACCOUNT.BAD_LEVERAGE', `a leverage of ${leverage} is not within 1 to ${MAX_LEVERAGE}`);
    }
    this.state.leverages.set(symbol, leverage);
    const book = this.state.books.get(symbol);
    if (book !== undefined) book.leverage = leverage;
  }

  /**
   * @param at when the order reaches the exchange
   * @param quote the market then; needed unless the symbol has position or orders. With candles it serves the checks.
   * @throws AppError rejected, with the code of the rule; transient, `PAPER.NO_PRICE`
   */
  place(order: NewOrder, at: UtcMs, quote?: Quote): OrderReport {
    if (quote !== undefined && this.settings.matching === 'quotes') this.onQuote(order.symbol, quote);
    const instrument = this.instrument(order.symbol);
    checkForm(order, instrument);
    const book = this.state.bookFor(order.symbol, instrument!.filters);
    if (quote !== undefined && !((book.quote?.at ?? -Infinity) >= quote.at)) book.quote = quote;
    if (book.quote === undefined) {
      throw new AppError('transient', 'PAPER.NO_PRICE', `there is no price of ${order.symbol} yet`);
    }
    const level = checkAgainstAccount(order, { state: this.state, book, quote: book.quote });
    const isProtection = book.walkedCandle !== undefined && order.reduceOnly;
    const meetsMarket = isProtection || this.settings.matching === 'quotes';
    const draft = draftOf(order, { level, at, since: isProtection ? book.walkedCandle! : at });
    if (meetsMarket && isUnfillable(draft, book, this.matching)) {
      throw rejected('ORDER.NOT_FILLABLE', `there is less than ${order.quantity} at that price`);
    }
    const id = this.state.nextOrderId();
    const paper = isTriggerKind(order.kind) ? { ...draft, algoId: id } : { ...draft, orderId: id };
    this.state.accept(book, paper);
    if (meetsMarket) this.matching.arrive(book, paper, at);
    this.state.deliver();
    this.state.tidy(book);
    return reportOf(paper);
  }

  /** @returns undefined: unknown */
  cancel(ref: OrderRef, at: UtcMs): OrderReport | undefined {
    const paper = this.openOrder(ref);
    const book = this.state.books.get(ref.symbol);
    if (paper === undefined || book === undefined) return this.ended(ref);
    this.state.move(book, paper, 'cancelled', at);
    this.state.deliver();
    this.state.tidy(book);
    return reportOf(paper);
  }

  find(ref: OrderRef): OrderReport | undefined {
    const paper = this.openOrder(ref);
    return paper === undefined ? this.ended(ref) : reportOf(paper);
  }

  /** Open ones, and those that ended as far back as the ledger remembers. */
  orders(): OrderReport[] {
    return [...this.state.openOrders().map(reportOf), ...this.state.ledger.endedOrders()];
  }

  account(at: UtcMs): AccountState {
    return accountStateOf(this.state, at);
  }

  /** As much of `account` as decisions need, which is quick to reckon. */
  margins(at: UtcMs): AccountMargins {
    return accountMarginsOf(this.state, at);
  }

  fills(symbol: string | undefined, since: UtcMs): Fill[] {
    return this.state.ledger.fills(symbol, since);
  }

  fundings(since: UtcMs): FundingPayment[] {
    return this.state.ledger.fundings(since);
  }

  /** One that is older than what is known is ignored. */
  onQuote(symbol: string, quote: Quote): void {
    const book = this.state.books.get(symbol);
    if (book === undefined || quote.at < (book.quote?.at ?? -Infinity)) return;
    book.quote = quote;
    const eligible = book.orders.filter((paper) => paper.since <= quote.at);
    const triggered = eligible.filter((paper) => this.matching.isTriggered(book, paper));
    // Where both are touched, the stop was first.
    for (const kind of ['stop', 'take-profit'] as const) {
      for (const paper of triggered) {
        if (paper.order.kind === kind && isOpen(paper)) this.matching.fire(book, paper, quote.at);
      }
    }
    liquidate(this.state, this.matching, quote.at);
    for (const paper of eligible) {
      if (isOpen(paper) && isReached(paper, quote)) this.matching.fillResting(book, paper, quote.at);
    }
    this.state.deliver();
    this.state.tidy(book);
  }

  /** A closed candle, ascending by symbol. */
  onCandle(symbol: string, candle: PaperCandle): void {
    const book = this.state.books.get(symbol);
    if (book !== undefined) this.candles.walk(book, candle);
  }

  /** As onCandle, for a listener that needs time to answer: see CandleWalk.pauses. */
  pausesOf(symbol: string, candle: PaperCandle): Iterable<UtcMs> {
    const book = this.state.books.get(symbol);
    return book === undefined ? [] : this.candles.pauses(book, candle);
  }

  /**
   * Books a settlement on the position as it was just before that instant; once, however often it is told.
   * @param at at most as far back as the ledger remembers
   */
  onFunding(symbol: string, { rate, markPrice, at }: FundingFacts): void {
    const record = this.state.fundingRecords.get(symbol);
    if (record === undefined || at <= record.after) return;
    const quantity = this.quantityBefore(symbol, at);
    this.state.fundingRecords.set(symbol, { ...record, after: at });
    const amount = quantity.times(ofNumber(markPrice)).times(ofNumber(rate)).neg().round(8, 1);
    if (quantity.eq(0)) return;
    const { totals } = this.state;
    this.state.totals = { ...totals, funding: totals.funding.plus(amount) };
    const payment: FundingPayment = { symbol, id: `${symbol}:${at}`, amount: plain(amount), at };
    this.state.ledger.add({ kind: 'funding', payment }, at);
    this.state.emit({ kind: 'funding', payment });
    this.state.deliver();
  }

  /** Whose settlements may still have to be booked, and from when on, exclusive. */
  fundingsDue(): { symbol: string; after: UtcMs }[] {
    return [...this.state.fundingRecords].map(([symbol, { after }]) => ({ symbol, after }));
  }

  /** Settlements up to the instant have been told: a symbol that was flat by then is asked for no more. */
  fundingsToldUntil(symbol: string, until: UtcMs): void {
    const record = this.state.fundingRecords.get(symbol);
    if (record === undefined || record.lastFillAt > until) return;
    if (this.quantityBefore(symbol, Infinity).eq(0)) this.state.fundingRecords.delete(symbol);
  }

  /** Heartbeat: open plain orders of the symbols are cancelled unless it comes again within the time; 0 ends it. */
  cancelAllUnlessRepeated(symbols: readonly string[], withinMs: number, at: UtcMs): void {
    for (const symbol of symbols) {
      if (withinMs > 0) this.state.heartbeats.set(symbol, at + withinMs);
      else this.state.heartbeats.delete(symbol);
    }
  }

  /** When `onTime` has something to do; undefined: nothing so far. */
  nextDeadline(): UtcMs | undefined {
    const { heartbeats } = this.state;
    return heartbeats.size === 0 ? undefined : Math.min(...heartbeats.values());
  }

  /**
   * The clock may have been set back: an emulated market that began anew. Orders and prices from ahead of it count as of
   * now, else they would wait until it has caught up. What is booked keeps its time.
   */
  startAt(now: UtcMs): void {
    for (const book of this.state.books.values()) {
      if (book.quote !== undefined && book.quote.at > now)
        book.quote = { ...plainQuote(book.quote), at: now };
      for (const paper of book.orders) paper.since = Math.min(paper.since, now);
    }
  }

  /** Heartbeats that did not come. */
  onTime(at: UtcMs): void {
    for (const [symbol, deadline] of this.state.heartbeats) {
      if (deadline > at) continue;
      this.state.heartbeats.delete(symbol);
      const book = this.state.books.get(symbol);
      if (book === undefined) continue;
      for (const paper of [...book.orders]) {
        if (!isTriggerKind(paper.order.kind))
          this.state.move(book, paper, 'cancelled', at, 'ORDER.HEARTBEAT');
      }
      this.state.tidy(book);
    }
    this.state.deliver();
  }

  private openOrder(ref: OrderRef): PaperOrder | undefined {
    const paper = this.state.openOrder(ref);
    return paper?.order.symbol === ref.symbol ? paper : undefined;
  }

  private ended(ref: OrderRef): OrderReport | undefined {
    const report = this.state.ledger.endedOrder(ref);
    return report?.symbol === ref.symbol ? report : undefined;
  }

  /** Signed; what was traded at the instant itself came after it. */
  private quantityBefore(symbol: string, at: UtcMs): Exact {
    const quantity = this.state.books.get(symbol)?.quantity ?? ZERO;
    if ((this.state.fundingRecords.get(symbol)?.lastFillAt ?? at) < at) return quantity;
    const since = this.state.ledger.fills(symbol, at);
    return quantity.minus(
      sumOf(since.map((fill) => (fill.side === 'buy' ? fill.quantity : `-${fill.quantity}`))),
    );
  }
}

function draftOf(
  order: NewOrder,
  { level, at, since }: { level: number; at: UtcMs; since: UtcMs },
): PaperOrder {
  return {
    order,
    quantity: exact(order.quantity),
    level,
    since,
    state: 'resting',
    filled: ZERO,
    cost: ZERO,
    hasArrived: false,
    updatedAt: at,
  };
}

const isUnfillable = (paper: PaperOrder, book: PaperBook, matching: Matching): boolean =>
  paper.order.kind === 'limit' && paper.order.timeInForce === 'FOK' && !matching.isFillable(book, paper);

/** Whether the market has come to the resting limit order: the other side stands at its price, or trades beyond it. */
const isReached = (paper: PaperOrder, quote: Quote): boolean =>
  paper.order.kind === 'limit' &&
  (crosses(paper.order.side, paper.level, quote) || isThrough(paper, quote.last));
