/**
 * A broker that trades with no one: orders meet the live market's prices in an account of our own (core/paper). What
 * happens is saved before anyone hears of it, so a crash neither loses nor doubles an order. Where candles drive the
 * account, whoever tells them does so by its `line`.
 *
 * After a restart the account is as it was saved, and fundings of the time between are booked from history. Prices of
 * that time are not: what would have triggered or filled then meets the first quote after.
 */
import { Logger } from '@nestjs/common';
import {
  AppError,
  type Clock,
  type DurationMs,
  type Instrument,
  isAppError,
  toAppError,
  type UtcMs,
} from '@slt/domain';
import type {
  AccountState,
  Broker,
  BrokerListener,
  Fill,
  FundingPayment,
  NewOrder,
  OrderRef,
  OrderReport,
} from './core/broker';
import { PaperAccount } from './core/paper/paper-account';
import type { PaperSettings } from './core/paper/paper-settings';
import type { Quote } from './core/paper/quote';
import { CandleLine } from './paper/candle-line';
import { DurableEvents } from './paper/durable-events';
import { FundingWatch } from './paper/funding-watch';
import type { PaperStore } from './paper/paper-store';
import type { PriceFeed } from './paper/price-feed';

export interface PaperBrokerParts {
  readonly feed: PriceFeed;
  readonly store: PaperStore;
  readonly clock: Clock;
  /** Undefined: not listed. */
  readonly instrument: (symbol: string) => Instrument | undefined;
  readonly settings?: Partial<PaperSettings>;
  /** Left out: quotes. */
  readonly matching?: PaperSettings['matching'];
  /** How long an order or a cancel travels; exchange time. Default 0: as long as the quote takes. */
  readonly latencyMs?: DurationMs;
}

/** What lives from open to close. */
interface Session {
  readonly account: PaperAccount;
  readonly events: DurableEvents;
  readonly fundings: FundingWatch;
  readonly listener: BrokerListener;
  deadline?: NodeJS.Timeout;
  broken?: AppError;
}

export class PaperBroker implements Broker {
  readonly mode = 'paper';
  private readonly logger = new Logger(PaperBroker.name);
  /** Undefined: quotes drive the account. */
  readonly line: CandleLine | undefined;
  private session: Session | undefined;

  constructor(private readonly parts: PaperBrokerParts) {
    if (parts.matching !== 'candles') return;
    this.line = new CandleLine(() => this.current(), parts.feed);
  }

  /** @throws AppError broken-invariant, `PAPER.BAD_SNAPSHOT`; what the store fails with */
  async open(listener: BrokerListener): Promise<void> {
    if (this.session !== undefined) throw new AppError('invalid', 'PAPER.OPEN', 'the paper broker is open');
    const { feed, store, clock } = this.parts;
    const session = this.createSession(await store.load(), listener);
    this.session = session;
    session.account.startAt(clock.now());
    try {
      await feed.open((symbol, quote) => this.onQuote(session, symbol, quote));
      feed.follow(session.account.symbols());
      this.work(session, () => session.account.onTime(clock.now()));
      if (this.line === undefined) await session.fundings.start();
      await session.events.settled();
    } catch (error) {
      await this.close();
      throw error;
    }
    listener({ kind: 'link', isUp: true });
  }

  /** What happened before is saved, as far as the store lets it. */
  async close(): Promise<void> {
    const { session } = this;
    if (session === undefined) return;
    this.session = undefined;
    clearTimeout(session.deadline);
    session.fundings.close();
    await this.parts.feed.close();
    try {
      await session.events.settled();
    } catch (error) {
      this.logger.warn(`closed with something unsaved: ${String(error)}`);
    }
    session.events.close();
  }

  async prepare(symbol: string, leverage: number): Promise<void> {
    const session = await this.travelled();
    this.change(session, () => session.account.prepare(symbol, leverage));
    session.events.touch();
    await this.saved(session);
  }

  async place(order: NewOrder): Promise<OrderReport> {
    await this.travelled();
    const quote = await this.quoteFor(order.symbol);
    const session = this.current();
    const report = this.change(session, () => session.account.place(order, this.parts.clock.now(), quote));
    await this.saved(session);
    return report;
  }

  async cancel(order: OrderRef): Promise<OrderReport | undefined> {
    const session = await this.travelled();
    const report = this.change(session, () => session.account.cancel(order, this.parts.clock.now()));
    await this.saved(session);
    return report;
  }

  async find(order: OrderRef): Promise<OrderReport | undefined> {
    return (await this.settledAccount()).find(order);
  }

  async account(): Promise<AccountState> {
    return (await this.settledAccount()).account(this.parts.clock.now());
  }

  async fills(symbol: string | undefined, since: UtcMs): Promise<readonly Fill[]> {
    return (await this.settledAccount()).fills(symbol, since);
  }

  async fundings(since: UtcMs): Promise<readonly FundingPayment[]> {
    return (await this.settledAccount()).fundings(since);
  }

  async cancelAllUnlessRepeated(symbols: readonly string[], withinMs: DurationMs): Promise<void> {
    const session = await this.travelled();
    const now = this.parts.clock.now();
    this.change(session, () => session.account.cancelAllUnlessRepeated(symbols, withinMs, now));
    session.events.touch();
    await this.saved(session);
  }

  private createSession(snapshot: unknown, listener: BrokerListener): Session {
    const { feed, store, clock, instrument, settings } = this.parts;
    const account = new PaperAccount({
      instrument,
      settings: { ...settings, matching: this.parts.matching ?? 'quotes' },
      ...(snapshot === undefined ? {} : { snapshot }),
      listener: (event) => session.events.push(event),
    });
    const savedSeq = snapshot === undefined ? 0 : account.snapshot().account.entrySeq;
    const session: Session = {
      account,
      events: new DurableEvents(
        {
          store,
          snapshot: (afterSeq) => account.snapshot(afterSeq),
          tell: listener,
          onBroken: (error) => this.fail(session, error),
        },
        savedSeq,
      ),
      fundings: new FundingWatch(account, feed, clock, () =>
        this.work(session, () => session.events.touch()),
      ),
      listener,
    };
    return session;
  }

  /** @throws AppError transient, `PAPER.CLOSED`; what broke the account */
  private current(): Session {
    const { session } = this;
    if (session === undefined)
      throw new AppError('transient', 'PAPER.CLOSED', 'the paper broker is not open');
    if (session.broken !== undefined) throw session.broken;
    return session;
  }

  private async travelled(): Promise<Session> {
    this.current();
    const { clock, latencyMs = 0 } = this.parts;
    if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, clock.toWallMs(latencyMs)));
    return this.current();
  }

  /** Undefined: not listed, which the account refuses in its own words. */
  private async quoteFor(symbol: string): Promise<Quote | undefined> {
    if (this.parts.instrument(symbol) === undefined) return undefined;
    // A candle has told the account more than it is told here.
    if (this.line?.concerns(symbol) === true) return undefined;
    try {
      return await this.parts.feed.quote(symbol);
    } catch (error) {
      if (!isAppError(error)) throw error;
      const kind = error.kind === 'transient' ? 'transient' : 'rejected';
      throw new AppError(kind, error.code, `there is no price of ${symbol}: ${error.message}`, {
        cause: error,
      });
    }
  }

  private async settledAccount(): Promise<PaperAccount> {
    const session = this.current();
    await session.events.settled();
    return session.account;
  }

  private onQuote(session: Session, symbol: string, quote: Quote): void {
    if (session !== this.session || session.broken !== undefined) return;
    this.work(session, () => session.account.onQuote(symbol, quote));
  }

  /** For what nobody waits for: prices, time. */
  private work(session: Session, change: () => void): void {
    try {
      change();
    } catch (error) {
      return this.fail(session, toAppError(error, 'PAPER.BROKEN'));
    }
    if (session.events.hasNews) this.follow(session);
  }

  private change<T>(session: Session, change: () => T): T {
    try {
      return change();
    } catch (error) {
      const known = toAppError(error, 'PAPER.BROKEN');
      if (known.kind === 'broken-invariant') this.fail(session, known);
      throw known;
    } finally {
      this.follow(session);
    }
  }

  /** What any change brings with it: symbols to follow, a deadline to keep, events to save. */
  private follow(session: Session): void {
    this.parts.feed.follow(session.account.symbols());
    this.keepDeadline(session);
    session.events.settle();
  }

  private keepDeadline(session: Session): void {
    clearTimeout(session.deadline);
    const { clock } = this.parts;
    const at = session.account.nextDeadline();
    if (at === undefined || session !== this.session) return;
    const wait = Math.max(1, clock.toWallMs(at - clock.now()));
    session.deadline = setTimeout(() => {
      this.work(session, () => session.account.onTime(clock.now()));
      // A timer may ring a moment before its time: then nothing was due yet.
      this.keepDeadline(session);
    }, wait);
  }

  /** @throws AppError outcome-unknown, `PAPER.NOT_SAVED`: done here, and lost if the process ends before a save */
  private async saved(session: Session): Promise<void> {
    try {
      await session.events.settled();
    } catch (error) {
      const message = `it may be forgotten: ${error instanceof Error ? error.message : String(error)}`;
      throw new AppError('outcome-unknown', 'PAPER.NOT_SAVED', message, { cause: error });
    }
  }

  private fail(session: Session, error: AppError): void {
    if (session.broken !== undefined) return;
    session.broken = error;
    this.logger.error(`the paper account stands still: ${error.message}`);
    session.listener({ kind: 'link', isUp: false });
  }
}
