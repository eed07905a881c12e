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
  intervalMs,
  isAppError,
  MINUTE_MS,
  SECOND_MS,
  toAppError,
} from '@slt/domain';
import type { SmcEvent } from '@slt/smc';
import type { BrokerEvent, Fill } from '../core/broker';
import { allowanceOf } from '../core/control';
import { ARRIVAL_LIMIT_MS } from '../core/order-life';
import type { ExitReason, Trade } from '../core/position';
import { type Correction, isClean } from '../core/reconcile';
import { describeCorrection } from './describe-correction';
import type { Decision, Signal } from '../core/signal';
import type { JournalEntry } from '../journal/entries';
import type { AccountBook } from './account-book';
import type { AccountFigures } from './account-figures';
import { MarketMemory } from './market-memory';
import type { Protector } from './protector';
import { Reconciler } from './reconciler';
import { Rest } from './rest';
import { createDesks, type SessionDesks } from './session-desks';
import type { SessionMinutes } from './session-minutes';
import type { SessionListener, SessionParts } from './session-parts';
import { within } from './within';

const TICK_MS: DurationMs = 100;
const SLOW_TICK_MS: DurationMs = SECOND_MS;
/** What ended longer ago is let go, once journal and exchange agreed about it. */
const REMEMBER_MS: DurationMs = 15 * MINUTE_MS;
/** What was executed longer ago than that the exchange tells of when it is asked; wall time. */
const EXECUTED_MS: DurationMs = 5 * SECOND_MS;
/** What is under way is waited for so long when the session is closed, step by step; wall time. */
const CLOSE_LIMIT_MS: DurationMs = 3 * SECOND_MS;

export class TradingSession {
  private readonly memory: MarketMemory;
  private readonly desks: SessionDesks;
  private readonly rest: Rest;
  private readonly changedSymbols = new Set<string>();
  private reconciler: Reconciler | undefined;
  private timers: NodeJS.Timeout[] = [];
  /** What the account holds is known: before that nothing is decided. */
  private isInformed = false;
  private hasLink = true;
  private isClosed = false;

  constructor(
    private readonly parts: SessionParts,
    private readonly listener: SessionListener,
  ) {
    this.memory = new MarketMemory(parts.market, intervalMs(parts.interval));
    this.desks = createDesks(parts, listener, {
      memory: this.memory,
      arrivalSlackMs: arrivalSlackOf(parts.clock),
      isOpen: () => !this.isClosed,
      mayManage: () => this.mayManage,
      mayOpen: () => this.mayOpen,
      journal: (entries) => this.note(entries),
      changed: (symbol) => this.changed(symbol),
      traded: (trade) => this.traded(trade),
      filled: (fill) => this.filled(fill),
      funded: (payment) => this.figures.funded(payment),
      record: (signal, decision) => void this.record(signal, decision),
      isAboutToCheck: () => this.changedSymbols.size > 0,
    });
    this.rest = new Rest({ ...this.desks, mayManage: () => this.mayManage && !this.isBroken });
  }

  get book(): AccountBook {
    return this.desks.book;
  }

  get figures(): AccountFigures {
    return this.desks.figures;
  }

  get protector(): Protector {
    return this.desks.protector;
  }

  /** Of a session that lives by candles; undefined: it lives by quotes, and by the time that passes. */
  get minutes(): SessionMinutes | undefined {
    return this.desks.minutes;
  }

  /**
   * Loads the journal and opens the broker. Nothing is sent before the first reconciliation.
   * @throws AppError of the journal or the exchange
   */
  async open(): Promise<void> {
    const { journal, account, broker, clock } = this.parts;
    const state = await journal.load(account);
    const followUp = this.book.restore(state);
    this.figures.restore(state.recentTrades, Number(state.peakEquity ?? 0), this.book.allHeld());
    if (state.lastBreakerChange !== null) this.parts.breaker.resume(state.lastBreakerChange.to);
    this.desks.writer.note(followUp);
    const startedAt = clock.now();
    await broker.open((event) => this.onBrokerEvent(event));
    const told = await broker.account();
    this.desks.watch.told(told);
    const initial = await journal.setInitialBalance(account, told.walletBalance);
    const isNew = state.initialBalance === null;
    if (isNew) this.listener.warn(`the account begins with ${initial} USDT`);
    const since = state.wholeTo > 0 ? state.wholeTo : startedAt - (isNew ? MINUTE_MS : DAY_MS);
    this.reconciler = new Reconciler(
      {
        book: this.book,
        desk: this.desks.desk,
        broker,
        clock,
        startedAt,
        arrivalSlackMs: arrivalSlackOf(clock),
        filtersOf: (symbol) => this.memory.filtersOf(symbol),
        looked: () => void (this.isInformed = true),
        note: (correction) => this.tell(correction),
        adopt: ({ plan }) => this.desks.writer.note([this.book.plan(plan)]),
        protect: (symbol, openOrders) => this.protector.check(symbol, openOrders),
      },
      Math.max(0, since),
    );
    if (this.minutes !== undefined) return;
    this.timers = [setInterval(() => this.tick(), TICK_MS), setInterval(() => this.slowTick(), SLOW_TICK_MS)];
  }

  /**
   * Makes journal and exchange agree. @returns whether they do, and will as long as the account stream tells what happens
   * @throws AppError what the exchange failed with
   */
  async reconcile(cause: string): Promise<boolean> {
    const { reconciler } = this;
    if (reconciler === undefined) return false;
    const { isClean, upTo, corrections, account } = await reconciler.run();
    if (this.isClosed || account === undefined) return false;
    this.desks.watch.told(account);
    const findings = corrections.map(({ kind, ...rest }) => ({ kind, ...rest }));
    // Of what happened while it was asked only the next one can be sure.
    this.desks.writer.note([{ kind: 'reconciliation', result: { at: upTo, cause, isClean, findings } }]);
    if (isClean) {
      this.book.orders.forgiveMissingFills(upTo - EXECUTED_MS / this.parts.clock.toWallMs(1));
      this.book.prune(upTo - REMEMBER_MS);
    }
    return isClean && this.hasLink;
  }

  /** A call to the exchange has ended. */
  called(isOk: boolean, latencyMs: number): void {
    // How fast our own account answers says nothing of an exchange.
    if (this.minutes === undefined) this.desks.watch.observe({ kind: 'call', isOk, latencyMs });
  }

  resetBreaker(): void {
    if (this.minutes === undefined) this.desks.watch.observe({ kind: 'reset' });
    else this.minutes.resetBreaker();
  }

  /** The candle's place in the synchronous pass. */
  onCandle(symbol: string, interval: Interval, candle: Candle, events: readonly SmcEvent[]): void {
    if (interval !== this.parts.interval) return;
    this.memory.closed(symbol, candle.close, candle.openTime + intervalMs(interval));
    if (this.mayManage) this.desks.exits.onCandle(symbol, candle, events);
  }

  consider(signal: Signal): void {
    this.desks.signals.consider(signal);
  }

  /** Closes all positions at market, and cancels entries that rest. */
  flatten(reason: ExitReason): void {
    for (const symbol of this.book.symbols()) this.protector.close(symbol, reason);
  }

  /** As Rest.isQuiet. */
  isQuiet(isFlat: boolean): boolean {
    return this.rest.isQuiet(isFlat);
  }

  /** The account stream tells what happens. */
  get isLinked(): boolean {
    return this.hasLink;
  }

  /** Nothing is written any more: only a new session can go on. */
  get isBroken(): boolean {
    return this.desks.writer.hasFailed;
  }

  get journalLagMs(): DurationMs {
    return this.desks.writer.lagMs;
  }

  lastPrice(symbol: string): number | undefined {
    return this.memory.priceOf(symbol);
  }

  /** Orders and positions stay where they are, each position with its stop; what happened is written down. */
  async close(): Promise<void> {
    this.reconciler?.stop();
    for (const timer of this.timers) clearInterval(timer);
    await within(this.rest.reached(CLOSE_LIMIT_MS), CLOSE_LIMIT_MS);
    this.desks.desk.close();
    this.isClosed = true;
    await within(this.parts.broker.close(), CLOSE_LIMIT_MS);
    await within(this.desks.writer.settled(), CLOSE_LIMIT_MS);
    this.desks.writer.stop();
  }

  private onBrokerEvent(event: BrokerEvent): void {
    const { reach } = this.parts;
    this.minutes?.changed();
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
          this.hasLink = event.isUp;
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
      this.protector.check(symbol);
    });
  }

  private filled(fill: Fill): void {
    this.figures.filled(fill);
    this.desks.watch.filled();
  }

  private traded(trade: Trade): void {
    this.figures.traded(trade);
    this.listener.traded(trade);
    this.desks.watch.noteBalance();
  }

  private tick(): void {
    if (!this.mayManage) return;
    this.protector.tick();
  }

  private slowTick(): void {
    this.desks.watch.tick();
    if (this.mayManage) this.desks.exits.tick();
  }

  private get mayManage(): boolean {
    return !this.isClosed && this.isInformed && allowanceOf(this.listener.controlState()).manage;
  }

  private get mayOpen(): boolean {
    return !this.isClosed && !this.isBroken && allowanceOf(this.listener.controlState()).open;
  }

  private note(entries: readonly JournalEntry[]): void {
    this.parts.telemetry.noted(entries);
    for (const entry of entries)
      if (entry.kind === 'position-dropped') this.dropped(entry.positionId, entries);
    const written = this.desks.writer.append(entries);
    const hasFill = entries.some(({ kind }) => kind === 'fill');
    written.then(
      () => hasFill && this.parts.reach('after-fill-journal'),
      () => undefined,
    );
  }

  private dropped(positionId: string, entries: readonly JournalEntry[]): void {
    const told = entries.find((entry) => entry.kind === 'decision' && entry.signalId === positionId);
    const reason = told?.kind === 'decision' ? told.decision.reasons[0] : undefined;
    this.listener.retracted(positionId, reason ?? 'ENTRY_NOT_FILLED');
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
}

/** The exchange takes a request for as long as its window lasts on our clocks, however fast its own runs. */
function arrivalSlackOf(clock: Clock): DurationMs {
  return Math.max(0, ARRIVAL_LIMIT_MS / clock.toWallMs(1) - ARRIVAL_LIMIT_MS);
}
