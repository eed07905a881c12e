/**
 * One stretch of trading one account, from taking it over to letting it go: what the journal remembers is loaded and
 * reconciled, then events of the account, of the market and of time move it on.
 */
import {
  type Candle,
  type Clock,
  DAY_MS,
  type DurationMs,
  type Interval,
  isAppError,
  MINUTE_MS,
  SECOND_MS,
  toAppError,
} from '@slt/domain';
import type { SmcEvent } from '@slt/smc';
import type { BrokerEvent } from '../core/broker';
import { allowanceOf } from '../core/control';
import { ARRIVAL_LIMIT_MS } from '../core/order-life';
import type { ExitReason, Trade } from '../core/position';
import { type Correction, isClean } from '../core/reconcile';
import { describeCorrection } from './describe-correction';
import type { Decision, Signal } from '../core/signal';
import type { JournalEntry } from '../journal/entries';
import { AccountBook } from './account-book';
import { AccountFigures } from './account-figures';
import { ExitDesk } from './exit-desk';
import type { MarketWatch } from './market-watch';
import { OrderDesk } from './order-desk';
import { OrderedJournal } from './ordered-journal';
import { Protector } from './protector';
import { Reconciler } from './reconciler';
import type { SessionListener, SessionParts } from './session-parts';
import { SessionWatch } from './session-watch';
import { SignalDesk } from './signal-desk';

const TICK_MS: DurationMs = 100;
const SLOW_TICK_MS: DurationMs = SECOND_MS;
/** What ended longer ago is let go, once journal and exchange agreed about it. */
const REMEMBER_MS: DurationMs = 15 * MINUTE_MS;
/** Trading goes on without its journal for so long before nothing new is opened; wall time. */
const CLOSE_LIMIT_MS: DurationMs = 3 * SECOND_MS;

export class TradingSession {
  readonly book: AccountBook;
  readonly figures: AccountFigures;
  readonly protector: Protector;
  private readonly writer: OrderedJournal;
  private readonly desk: OrderDesk;
  private readonly signals: SignalDesk;
  private readonly exits: ExitDesk;
  private readonly watch: SessionWatch;
  private readonly prices = new Map<string, number>();
  private readonly changedSymbols = new Set<string>();
  private readonly filters = new Map<string, NonNullable<ReturnType<MarketWatch['instrument']>>['filters']>();
  private reconciler: Reconciler | undefined;
  private timers: NodeJS.Timeout[] = [];
  private isClosed = false;

  constructor(
    private readonly parts: SessionParts,
    private readonly listener: SessionListener,
  ) {
    const { clock, reach, broker, digest, lease, journal, limits, breaker, market } = parts;
    const priceOf = (symbol: string): number | undefined => this.prices.get(symbol);
    const filtersOf = (symbol: string) => this.filtersOf(symbol);
    this.writer = new OrderedJournal({ append: (entries) => journal.append(lease, entries) }, (error) =>
      listener.broke(error),
    );
    this.book = new AccountBook(
      {
        journal: (entries) => this.note(entries),
        changed: (symbol) => this.changed(symbol),
        traded: (trade) => this.traded(trade),
        filled: (fill) => this.figures.filled(fill),
        funded: (payment) => this.figures.funded(payment),
      },
      arrivalSlackOf(clock),
    );
    this.figures = new AccountFigures({ allHeld: () => this.book.allHeld(), priceOf }, limits);
    this.desk = new OrderDesk({
      book: this.book,
      writer: this.writer,
      broker,
      clock,
      digest,
      reach,
      fencingToken: lease.token,
      maySend: () => !this.isClosed && lease.remainingMs() > 0 && allowanceOf(listener.controlState()).cancel,
      broke: (error) => listener.broke(error),
    });
    this.protector = new Protector({
      book: this.book,
      desk: this.desk,
      clock,
      reach,
      filtersOf,
      priceOf,
      doubt: (reason) => listener.doubt(reason),
      warn: (message) => listener.warn(message),
    });
    this.exits = new ExitDesk({
      book: this.book,
      clock,
      interval: parts.interval,
      series: (symbol) => market.series(symbol, parts.interval),
      close: (symbol, reason) => this.protector.close(symbol, reason),
    });
    this.signals = new SignalDesk({
      book: this.book,
      desk: this.desk,
      broker,
      clock,
      figures: this.figures,
      limits,
      breaker,
      market,
      controlState: () => listener.controlState(),
      priceOf,
      record: (signal, decision) => void this.record(signal, decision),
      retract: (id, decision) => this.writer.note([{ kind: 'decision', signalId: id, decision }]),
      decided: (signal, decision) => listener.decided(signal, decision),
      entered: () => this.watch.observe({ kind: 'entry' }),
    });
    this.watch = new SessionWatch({
      book: this.book,
      figures: this.figures,
      broker,
      clock,
      market,
      breaker,
      mayManage: () => this.mayManage,
      note: (entries) => this.writer.note(entries),
      doubt: (reason) => listener.doubt(reason),
      moved: (transition) => listener.breakerMoved(transition),
      price: (symbol, price) => void (this.prices.has(symbol) || this.prices.set(symbol, price)),
    });
  }

  /**
   * Loads the journal and opens the broker. Nothing is sent before the first reconciliation.
   * @throws AppError of the journal or the exchange
   */
  async open(): Promise<void> {
    const { journal, account, broker, clock } = this.parts;
    const state = await journal.load(account);
    this.book.restore(state);
    this.figures.restore(state.recentTrades, Number(state.peakEquity ?? 0));
    if (state.lastBreakerChange !== null) this.parts.breaker.resume(state.lastBreakerChange.to);
    const startedAt = clock.now();
    await broker.open((event) => this.onBrokerEvent(event));
    const told = await broker.account();
    this.watch.told(told);
    const initial = await journal.setInitialBalance(account, told.walletBalance);
    const isNew = state.initialBalance === null;
    if (isNew) this.listener.warn(`the account begins with ${initial} USDT`);
    const since = state.wholeTo > 0 ? state.wholeTo : startedAt - (isNew ? MINUTE_MS : DAY_MS);
    this.reconciler = new Reconciler(
      {
        book: this.book,
        desk: this.desk,
        broker,
        clock,
        startedAt,
        arrivalSlackMs: arrivalSlackOf(clock),
        filtersOf: (symbol) => this.filtersOf(symbol),
        note: (correction) => this.tell(correction),
        adopt: ({ plan }) => this.writer.note([this.book.plan(plan)]),
        protect: (symbol, openOrders) => this.protector.check(symbol, openOrders),
      },
      Math.max(0, since),
    );
    this.timers = [setInterval(() => this.tick(), TICK_MS), setInterval(() => this.slowTick(), SLOW_TICK_MS)];
  }

  /**
   * Makes journal and exchange agree. @returns whether they do
   * @throws AppError what the exchange failed with
   */
  async reconcile(cause: string): Promise<boolean> {
    const { reconciler } = this;
    if (reconciler === undefined) return false;
    const { clock, broker } = this.parts;
    const result = await reconciler.run();
    this.watch.told(await broker.account());
    const findings = result.corrections.map(({ kind, ...rest }) => ({ kind, ...rest }));
    this.writer.note([
      { kind: 'reconciliation', result: { at: clock.now(), cause, isClean: result.isClean, findings } },
    ]);
    if (result.isClean) this.book.prune(result.upTo - REMEMBER_MS);
    return result.isClean;
  }

  /** The candle's place in the synchronous pass. */
  onCandle(symbol: string, interval: Interval, candle: Candle, events: readonly SmcEvent[]): void {
    if (interval !== this.parts.interval) return;
    this.prices.set(symbol, candle.close);
    if (allowanceOf(this.listener.controlState()).manage) this.exits.onCandle(symbol, candle, events);
  }

  consider(signal: Signal): void {
    this.signals.consider(signal);
  }

  /** Closes all positions at market, and cancels entries that rest. */
  flatten(reason: ExitReason): void {
    for (const symbol of this.book.symbols()) this.protector.close(symbol, reason);
  }

  /** Nothing is under way: no order without an answer, and, where it was asked for, no position. */
  isQuiet(isFlat: boolean): boolean {
    const isUnderWay = this.book.orders
      .unfinished()
      .some(
        ({ intent, status }) => intent.role === 'entry' || ['intended', 'sent', 'unknown'].includes(status),
      );
    return !isUnderWay && (!isFlat || (this.book.allHeld().length === 0 && this.desk.cancelling.size === 0));
  }

  get journalLagMs(): DurationMs {
    return this.writer.lagMs;
  }

  lastPrice(symbol: string): number | undefined {
    return this.prices.get(symbol);
  }

  /** Orders and positions stay where they are; what happened is written down. */
  async close(): Promise<void> {
    this.reconciler?.stop();
    for (const timer of this.timers) clearInterval(timer);
    await within(this.desk.close(), CLOSE_LIMIT_MS);
    this.isClosed = true;
    await within(this.parts.broker.close(), CLOSE_LIMIT_MS);
    await within(this.writer.settled(), CLOSE_LIMIT_MS);
    this.writer.stop();
  }

  private onBrokerEvent(event: BrokerEvent): void {
    const { reach } = this.parts;
    try {
      switch (event.kind) {
        case 'order':
          this.book.report(event.report);
          return;
        case 'fill':
          reach('before-fill-journal');
          this.book.fill(event.fill);
          return;
        case 'funding':
          this.book.funding(event.payment);
          return;
        case 'link':
          if (this.reconciler !== undefined) this.listener.doubt(event.isUp ? 'link-up' : 'link-down');
          return;
      }
    } catch (error) {
      if (isAppError(error) && error.kind !== 'broken-invariant') this.listener.warn(error.message);
      else this.listener.broke(toAppError(error, 'TRADING.BROKEN'));
    }
  }

  /** Once for all that happens in one turn of the event loop. */
  private changed(symbol: string): void {
    this.listener.changed(symbol);
    if (this.changedSymbols.has(symbol)) return;
    this.changedSymbols.add(symbol);
    queueMicrotask(() => {
      this.changedSymbols.delete(symbol);
      if (this.reconciler !== undefined && this.mayManage) this.protector.check(symbol);
    });
  }

  private traded(trade: Trade): void {
    this.figures.traded(trade);
    this.listener.traded(trade);
    this.watch.noteBalance();
  }

  private tick(): void {
    if (!this.mayManage) return;
    this.protector.tick();
  }

  private slowTick(): void {
    this.watch.tick();
    if (this.mayManage) this.exits.tick();
  }

  private get mayManage(): boolean {
    return !this.isClosed && allowanceOf(this.listener.controlState()).manage;
  }

  private note(entries: readonly JournalEntry[]): void {
    this.parts.telemetry.noted(entries);
    const written = this.writer.append(entries);
    const hasFill = entries.some(({ kind }) => kind === 'fill');
    written.then(
      () => hasFill && this.parts.reach('after-fill-journal'),
      () => undefined,
    );
  }

  private async record(signal: Signal, decision: Decision): Promise<void> {
    try {
      await this.parts.journal.recordSignal(this.parts.account, signal, decision);
    } catch (error) {
      this.listener.warn(
        `a refused signal was not recorded: ${toAppError(error, 'TRADING.JOURNAL').message}`,
      );
    }
  }

  private tell(correction: Correction): void {
    if (!isClean([correction])) this.listener.warn(`reconciling: ${describeCorrection(correction)}`);
  }

  /** Kept, so that a position can still be closed when its symbol leaves the list. */
  private filtersOf(symbol: string) {
    const filters = this.parts.market.instrument(symbol)?.filters ?? this.filters.get(symbol);
    if (filters !== undefined) this.filters.set(symbol, filters);
    return filters;
  }
}

/** The exchange takes a request for as long as its window lasts on our clocks, however fast its own runs. */
function arrivalSlackOf(clock: Clock): DurationMs {
  return Math.max(0, ARRIVAL_LIMIT_MS / clock.toWallMs(1) - ARRIVAL_LIMIT_MS);
}

async function within(work: Promise<unknown>, limitMs: DurationMs): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, limitMs)));
  await Promise.race([work.catch(() => undefined), late]);
  clearTimeout(timer);
}
