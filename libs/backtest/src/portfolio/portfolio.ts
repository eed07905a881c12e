/**
 * The account that a backtest trades: the rules, books and exits of live trading over a paper account that is driven by
 * candles. A symbol without order or position is never touched.
 */
import {
  type DurationMs,
  HOUR_MS,
  type Interval,
  intervalMs,
  ManualClock,
  MINUTE_MS,
  type UtcMs,
} from '@slt/domain';
import {
  AccountBook,
  AccountFigures,
  AccountWatch,
  type BookListener,
  type BreakerSettings,
  BreakerWatch,
  type BrokerEvent,
  type Decision,
  EntryJudge,
  ExitDesk,
  type ExitOptions,
  GradedCircuitBreaker,
  type OrderDraft,
  type OrderState,
  PaperAccount,
  paperCandleOf,
  type PaperSettings,
  type Refusal,
  type RiskLimits,
  type Signal,
  type Trade,
} from '@slt/trading';
import type { SymbolTrack } from '../market/symbol-track';
import { Protection } from './protection';
import { RecordedMarket } from './recorded-market';
import { SimulatedDesk } from './simulated-desk';

export interface PortfolioOptions {
  readonly interval: Interval;
  readonly limits: RiskLimits;
  readonly breaker: Partial<BreakerSettings>;
  readonly paper: Partial<PaperSettings>;
  readonly exits?: ExitOptions | undefined;
}

export interface PortfolioListener {
  decided(signal: Signal, decision: Decision): void;
  /** Its decision was `traded`, and nothing was filled. */
  retracted(signalId: string, reason: Refusal): void;
  traded(trade: Trade): void;
}

const ENDS: readonly OrderState[] = ['filled', 'cancelled', 'expired', 'rejected'];
/** What live trading says of a signal once the drawdown limit has halted it. */
const HALTED: readonly Refusal[] = ['TRADING_OFF', 'DRAWDOWN_LIMIT'];
const TRADED: Decision = Object.freeze({ decision: 'traded', reasons: [] });
/** What ended longer ago is let go. */
const REMEMBER_MS: DurationMs = 15 * MINUTE_MS;
const PRUNE_EVERY_MS: DurationMs = HOUR_MS;

export class Portfolio {
  private readonly clock = new ManualClock();
  private readonly market: RecordedMarket;
  private readonly account: PaperAccount;
  private readonly book: AccountBook;
  private readonly figures: AccountFigures;
  private readonly watch: AccountWatch;
  private readonly judge: EntryJudge;
  private readonly exits: ExitDesk;
  private readonly desk: SimulatedDesk;
  private readonly protection: Protection;
  /** Symbols with orders or a position. */
  private touched = 0;
  private readonly lengthMs: DurationMs;
  private prunedAt: UtcMs = -Infinity;
  /** The drawdown limit was reached: as in live trading only a person would go on, and there is none. */
  private isHalted = false;

  /** @throws AppError invalid, `BREAKER.SETTINGS` */
  constructor(
    private readonly tracks: ReadonlyMap<string, SymbolTrack>,
    private readonly options: PortfolioOptions,
    private readonly listener: PortfolioListener,
  ) {
    const { limits, interval } = options;
    const { clock } = this;
    const market = new RecordedMarket(tracks, interval);
    const priceOf = (symbol: string): number | undefined => market.price(symbol);
    this.lengthMs = intervalMs(interval);
    this.market = market;
    this.account = new PaperAccount({
      instrument: (symbol) => market.instrument(symbol),
      settings: { ...options.paper, matching: 'candles' },
      listener: (event) => this.onEvent(event),
    });
    this.book = new AccountBook({
      journal: (entries) => this.heard(entries),
      changed: () => undefined,
      traded: (trade) => this.traded(trade),
      filled: (fill) => this.figures.filled(fill),
      funded: (payment) => this.figures.funded(payment),
    });
    const { account, book } = this;
    this.figures = new AccountFigures({ allHeld: () => book.allHeld(), priceOf }, limits);
    const breaker = new GradedCircuitBreaker(options.breaker, { now: 0 });
    this.desk = new SimulatedDesk({ account, book, clock });
    this.protection = new Protection({ book, desk: this.desk, clock, market });
    const { figures } = this;
    this.watch = new AccountWatch({
      clock,
      figures,
      breaker: new BreakerWatch(breaker),
      drawdownLimit: limits.drawdown,
      margins: (at) => account.margins(at),
      isBusy: () => this.isBusy,
      drawn: () => void (this.isHalted = true),
    });
    this.judge = new EntryJudge({
      book,
      clock,
      figures,
      limits,
      breaker,
      market,
      mayOpen: () => true,
      priceOf,
    });
    this.exits = new ExitDesk({
      book,
      clock,
      interval,
      ...(options.exits === undefined ? {} : { options: options.exits }),
      series: (symbol) => tracks.get(symbol)?.series,
      close: (symbol, reason) => this.protection.close(symbol, reason),
    });
  }

  /** Whether any symbol has orders or a position. */
  get isBusy(): boolean {
    return this.touched > 0;
  }

  /** Orders of the symbol meet the candle that its track has loaded; before any symbol's close is acted upon. */
  meet(track: SymbolTrack): void {
    const { symbol, candle, funding, lastClose: markPrice } = track;
    const { openTime } = candle;
    this.moveTo(openTime);
    for (const { at, rate } of funding.upTo(openTime))
      this.account.onFunding(symbol, { rate, markPrice, at });
    this.account.onCandle(symbol, paperCandleOf(candle, this.lengthMs));
    this.release(track);
  }

  /** The candle of a touched symbol is closed: shall its position be left? */
  review({ symbol, candle, events }: SymbolTrack): void {
    this.exits.onCandle(symbol, candle, events);
  }

  /** Before the first decision at that close. */
  beginClose(at: UtcMs): void {
    this.moveTo(at);
  }

  consider(signal: Signal): void {
    this.watch.beforeSignal();
    if (this.isHalted) return this.pass(signal);
    const judgement = this.judge.judge(signal);
    if (judgement.kind === 'refused') {
      this.listener.decided(signal, { decision: 'refused', reasons: judgement.reasons });
      return;
    }
    const { plan, draft } = judgement.entry;
    this.book.plan(plan);
    this.watch.entered();
    this.listener.decided(signal, TRADED);
    this.enter(signal, draft, judgement.leverage);
  }

  /** All closes of a minute are acted upon. */
  endClose(): void {
    const now = this.clock.now();
    this.watch.endClose();
    if (now - this.prunedAt < PRUNE_EVERY_MS) return;
    this.prunedAt = now;
    this.book.prune(now - REMEMBER_MS);
  }

  /** Nothing follows of this symbol: what waits is cancelled, what is held is closed at the last price. */
  finish(track: SymbolTrack): void {
    const { symbol, lastClose: close, lastOpenTime } = track;
    if (!track.isTouched || lastOpenTime === undefined) return;
    const at = lastOpenTime + this.lengthMs;
    this.moveTo(at);
    this.protection.cancelEntries(symbol);
    this.protection.close(symbol, 'flatten');
    this.account.onCandle(symbol, {
      openTime: at,
      open: close,
      high: close,
      low: close,
      close,
      closeTime: at,
    });
    this.release(track);
  }

  private enter({ symbol, entry, at }: Signal, draft: OrderDraft, leverage: number): void {
    const track = this.tracks.get(symbol)!;
    track.funding.skipTo(at);
    this.account.prepare(symbol, leverage);
    if (!track.isTouched) this.touched++;
    track.isTouched = true;
    this.desk.place(draft, { bid: entry, ask: entry, last: entry, mark: entry, at });
    this.release(track);
  }

  private onEvent(event: BrokerEvent): void {
    this.watch.changed();
    switch (event.kind) {
      case 'order':
        this.moveTo(event.report.updatedAt);
        this.book.report(event.report);
        // All fills of an order are told before its end.
        if (ENDS.includes(event.report.state)) this.protection.check(event.report.symbol);
        return;
      case 'fill':
        this.moveTo(event.fill.at);
        this.book.fill(event.fill);
        return;
      case 'funding':
        this.book.funding(event.payment);
        return;
      case 'link':
        return;
    }
  }

  /** What a live session would write down. */
  private heard(entries: Parameters<BookListener['journal']>[0]): void {
    for (const entry of entries) {
      if (entry.kind !== 'position-dropped') continue;
      const isRejected = entries.some((each) => each.kind === 'order' && each.order.status === 'rejected');
      this.judge.forget(entry.positionId);
      this.listener.retracted(entry.positionId, isRejected ? 'ORDER_REJECTED' : 'ENTRY_NOT_FILLED');
    }
  }

  private traded(trade: Trade): void {
    this.figures.traded(trade);
    this.listener.traded(trade);
  }

  /** Nothing is opened any more. */
  private pass(signal: Signal): void {
    const against = signal.assessment?.refusals ?? [];
    this.listener.decided(signal, { decision: 'refused', reasons: [...HALTED, ...against] });
  }

  /** What happens within a candle has its time; the clock never goes back. */
  private moveTo(at: UtcMs): void {
    if (at > this.clock.now()) this.clock.set(at);
  }

  private release(track: SymbolTrack): void {
    if (!track.isTouched || this.account.concerns(track.symbol)) return;
    track.isTouched = false;
    this.touched--;
  }
}
