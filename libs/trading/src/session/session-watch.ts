/**
 * What is looked at as time passes: the breaker's sources, the account's figures, the heartbeat. Several times a second
 * nothing of this is urgent; once a second it is.
 */
import { type Clock, type DurationMs, MINUTE_MS, SECOND_MS, type UtcMs } from '@slt/domain';
import type { BreakerEvent, BreakerTransition, GradedCircuitBreaker } from '../core/breaker';
import type { AccountState, Broker } from '../core/broker';
import type { Order } from '../core/order';
import { isInFlight } from '../core/order-table';
import type { JournalEntry } from '../journal/entries';
import type { AccountBook } from './account-book';
import type { AccountFigures } from './account-figures';
import type { MarketWatch } from './market-watch';

export interface WatchParts {
  readonly book: AccountBook;
  readonly figures: AccountFigures;
  readonly broker: Broker;
  readonly clock: Clock;
  readonly market: MarketWatch;
  readonly breaker: GradedCircuitBreaker;
  /** Share of the highest equity that may be lost. */
  readonly drawdownLimit: number;
  mayManage(): boolean;
  note(entries: readonly JournalEntry[]): void;
  doubt(reason: string): void;
  /** Time to compare journal and exchange in full, though nothing is in doubt. */
  review(): void;
  moved(transition: BreakerTransition): void;
  /** The drawdown has reached its limit; told once until it is below it again. */
  drawn(): void;
  /** A price for what no candle tells one of. */
  price(symbol: string, price: number, at: UtcMs): void;
}

/** How often the account is asked for while nothing is in doubt; wall time. */
const REFRESH_MS: DurationMs = 30 * SECOND_MS;
/** After a fill its margin and money are looked up sooner, and so is what looked doubtful once. */
const SOON_MS: DurationMs = 2 * SECOND_MS;
/** What is reported later than that is not late; wall time. */
const SETTLED_MS: DurationMs = 5 * SECOND_MS;
/** A full comparison also lets go of what is over. */
const REVIEW_MS: DurationMs = 2 * MINUTE_MS;
const BALANCE_EVERY_MS: DurationMs = MINUTE_MS;
const HEARTBEAT_MS: DurationMs = 10 * SECOND_MS;
const HEARTBEAT_LIMIT_MS: DurationMs = 60 * SECOND_MS;

export class SessionWatch {
  private refreshedAt = -Infinity;
  private beatAt = -Infinity;
  private balanceAt = -Infinity;
  private missedAt = -Infinity;
  private reviewedAt = performance.now();
  private isRefreshing = false;
  /** The last look showed something that may have been a matter of moments. */
  private isSuspicious = false;
  private isDrawn = false;

  constructor(private readonly parts: WatchParts) {}

  /** About once a second. */
  tick(): void {
    const { breaker, clock, market, broker, figures } = this.parts;
    for (const transition of breaker.tick(performance.now())) this.moved(transition);
    this.observe({ kind: 'data', ...market.quality() });
    const { dailyLoss, drawdown, losingStreak } = figures.lossFacts(clock.now());
    this.observe({ kind: 'losses', dailyLoss, drawdown, losingStreak });
    this.measureDrawdown(drawdown);
    if (!this.parts.mayManage()) return;
    const now = performance.now();
    if (clock.now() - this.balanceAt >= BALANCE_EVERY_MS) this.noteBalance();
    const { orders } = this.parts.book;
    if (now - this.missedAt >= SETTLED_MS && orders.hasMissingFills(this.settledBy(clock.now()))) {
      this.missedAt = now;
      this.parts.doubt('fills-missing');
    }
    if (broker.mode === 'live' && now - this.beatAt >= HEARTBEAT_MS) void this.beat(now);
    if (now - this.reviewedAt >= REVIEW_MS) {
      this.reviewedAt = now;
      this.parts.review();
    }
    if (now - this.refreshedAt >= REFRESH_MS && !this.isRefreshing) void this.refresh(now);
  }

  /** An entry is on its way. */
  entered(): void {
    this.observe({ kind: 'entry' });
  }

  /** Something was filled: the exchange's word on the account is out of date. */
  filled(): void {
    this.refreshWithin(SOON_MS);
  }

  /** The exchange's word on the account. */
  told(state: AccountState): void {
    this.refreshedAt = performance.now();
    this.parts.figures.told(state);
    for (const { symbol, markPrice } of state.positions) {
      this.parts.price(symbol, Number(markPrice), state.at);
    }
  }

  /** A point of the equity curve. */
  noteBalance(): void {
    const at = this.parts.clock.now();
    this.balanceAt = at;
    const { walletBalance, equity } = this.parts.figures;
    const point = { at, walletBalance: decimalOf(walletBalance), equity: decimalOf(equity) };
    this.parts.note([{ kind: 'balance', point }]);
  }

  observe(event: BreakerEvent): void {
    for (const transition of this.parts.breaker.observe(event, performance.now())) this.moved(transition);
  }

  /** To be written down, and told. */
  moved(transition: BreakerTransition): void {
    // The breaker may count in this machine's time.
    const change = { ...transition, at: this.parts.clock.now() };
    this.parts.note([{ kind: 'breaker', change }]);
    this.parts.moved(change);
  }

  /** Apart from the breaker's level: it may be blocked already, by the day's loss, or switched off. */
  private measureDrawdown(drawdown: number): void {
    const wasDrawn = this.isDrawn;
    this.isDrawn = !(drawdown < this.parts.drawdownLimit);
    if (this.isDrawn && !wasDrawn) this.parts.drawn();
  }

  private async beat(now: number): Promise<void> {
    this.beatAt = now;
    const symbols = this.parts.book.livePlans().map(({ symbol }) => symbol);
    if (symbols.length === 0) return;
    // A heartbeat that fails cancels what would have been cancelled anyway if we were gone.
    const limitMs = HEARTBEAT_LIMIT_MS / this.parts.clock.toWallMs(1);
    await this.parts.broker.cancelAllUnlessRepeated(symbols, limitMs).catch(() => undefined);
  }

  private async refresh(now: number): Promise<void> {
    this.refreshedAt = now;
    this.isRefreshing = true;
    try {
      const state = await this.parts.broker.account();
      this.told(state);
      const isDoubtful = this.differs(state);
      if (isDoubtful && this.isSuspicious) this.parts.doubt('account-differs');
      this.isSuspicious = isDoubtful && !this.isSuspicious;
      if (this.isSuspicious) this.refreshWithin(SOON_MS);
    } catch {
      // The next one tells; the breaker has heard of the failure.
    } finally {
      this.isRefreshing = false;
    }
  }

  private refreshWithin(ms: DurationMs): void {
    this.refreshedAt = Math.min(this.refreshedAt, performance.now() - REFRESH_MS + ms);
  }

  /** Cheap look whether journal and exchange may tell different stories. */
  private differs({ at, positions, openOrders }: AccountState): boolean {
    const { book } = this.parts;
    const held = new Map(book.allHeld().map((each) => [each.symbol, Number(each.signedQuantity)]));
    const isOtherwise =
      positions.length !== held.size ||
      positions.some(({ symbol, quantity }) => held.get(symbol) !== Number(quantity));
    if (isOtherwise) return true;
    const settledBy = this.settledBy(at);
    const open = new Set(openOrders.map(({ clientOrderId }) => clientOrderId));
    const isGone = ({ intent, status, updatedAt }: Order): boolean =>
      !isInFlight(status) && updatedAt < settledBy && !open.has(intent.order.clientOrderId);
    return book.orders.unfinished().some(isGone);
  }

  private settledBy(at: UtcMs): UtcMs {
    return at - SETTLED_MS / this.parts.clock.toWallMs(1);
  }
}

const decimalOf = (value: number): string => value.toFixed(8);
