/**
 * Keeps every position protected: asks core what is to be done after each change of a symbol and when its time has come,
 * and has the desk do it.
 */
import {
  type AppError,
  type Clock,
  type DurationMs,
  type InstrumentFilters,
  isAppError,
  SECOND_MS,
  toAppError,
  type UtcMs,
} from '@slt/domain';
import type { OrderRef, OrderReport } from '../core/broker';
import { decideClose } from '../core/closing';
import type { OrderDraft } from '../core/order-intent';
import type { ExitReason, Position } from '../core/position';
import { decideProtection, isProtected } from '../core/protection';
import {
  DEFAULT_PROTECTION,
  type ProtectionAction,
  type ProtectionOptions,
  type ProtectionView,
} from '../core/protection-view';
import type { AccountBook } from './account-book';
import type { Checkpoint } from './checkpoint';
import type { OrderDesk } from './order-desk';

export interface ProtectorParts {
  readonly book: AccountBook;
  readonly desk: OrderDesk;
  readonly clock: Clock;
  readonly reach: Checkpoint;
  /** False: the account is not ours, or not known yet; nothing is decided. */
  mayManage(): boolean;
  /** Undefined: neither listed nor remembered; nothing can be placed for it. */
  filtersOf(symbol: string): InstrumentFilters | undefined;
  /** Undefined: not known. */
  priceOf(symbol: string): number | undefined;
  /** Journal and exchange may tell different stories about it. */
  doubt(reason: string): void;
  /** For people: what is left alone, or cannot be helped. */
  warn(message: string): void;
  /** A broken invariant: trading stops. */
  broke(error: AppError): void;
}

interface Watch {
  /** Whose times these are; null: flat. */
  positionId: string | null;
  unprotectedSince: UtcMs | null;
  recheckAt: UtcMs | null;
  /** Why it is being closed; null: it is held. */
  closing: ExitReason | null;
  doubtedAt: UtcMs;
  /** Too small for any order. */
  isStuck: boolean;
}

/** A cancellation that failed is decided anew after it; wall time. */
const CANCEL_RETRY_MS: DurationMs = SECOND_MS;
/** One doubt about a symbol is enough for so long: what caused it may need more than one look. Wall time. */
const DOUBT_PAUSE_MS: DurationMs = 5 * SECOND_MS;

/** Of a symbol, remembered so as not to be told again. */
const MOST_WARNINGS = 1_000;

export class Protector {
  private readonly watches = new Map<string, Watch>();
  private readonly warned = new Map<string, Set<string>>();
  private readonly options: ProtectionOptions;
  /** Exchange time that passes in a wall millisecond. */
  private readonly speed: number;

  constructor(private readonly parts: ProtectorParts) {
    this.speed = Math.max(1, 1 / parts.clock.toWallMs(1));
    this.options = wallOptions(this.speed);
  }

  /** Something about the symbol is not as it was. @param openOrders what the exchange says is open on it */
  check(symbol: string, openOrders?: readonly OrderReport[]): void {
    if (!this.parts.mayManage()) return;
    try {
      this.decide(symbol, openOrders);
    } catch (error) {
      this.parts.broke(toAppError(error, 'TRADING.PROTECTION'));
    }
  }

  /** Closes the symbol's position at market, and goes on until it is flat. Without effect where there is none. */
  close(symbol: string, reason: ExitReason): void {
    const position = this.parts.book.position(symbol);
    if (position === null || !this.parts.mayManage()) return;
    const watch = this.watchOf(symbol, position.id);
    watch.closing ??= reason;
    this.goOnClosing(position, watch);
  }

  /** A stop of its whole size rests, or is being executed. */
  isProtected(position: Position): boolean {
    const { book, desk, clock } = this.parts;
    const filters = this.parts.filtersOf(position.symbol);
    if (filters === undefined) return false;
    const orders = book.orders.ofSymbol(position.symbol);
    return isProtected(
      position,
      { orders, cancelling: desk.cancelling, filters, now: clock.now() },
      this.options,
    );
  }

  /** Nothing that we could send would close or protect it. */
  isHelpless(symbol: string): boolean {
    return this.watches.get(symbol)?.isStuck === true || this.parts.filtersOf(symbol) === undefined;
  }

  /** Looks at what is due. */
  tick(): void {
    const now = this.parts.clock.now();
    for (const [symbol, watch] of this.watches) {
      if (watch.recheckAt !== null && watch.recheckAt <= now) this.check(symbol);
    }
  }

  /** How long a position has been without its stop, the longest of all; 0: none is. */
  unprotectedMs(): DurationMs {
    const now = this.parts.clock.now();
    const since = [...this.watches.values()].map((watch) => watch.unprotectedSince ?? now);
    return Math.max(0, now - Math.min(now, ...since));
  }

  private decide(symbol: string, openOrders: readonly OrderReport[] | undefined): void {
    const { book, desk, clock } = this.parts;
    const filters = this.parts.filtersOf(symbol);
    if (filters === undefined)
      return this.warn(symbol, symbol, 'it is not listed: nothing can be placed for it');
    const position = book.position(symbol);
    const watch = this.watchOf(symbol, position?.id ?? null);
    const price = this.parts.priceOf(symbol);
    const view: ProtectionView = {
      position,
      orders: book.orders.ofSymbol(symbol),
      ...(openOrders === undefined ? {} : { openOrders }),
      cancelling: desk.cancelling,
      filters,
      ...(price === undefined ? {} : { price }),
      unprotectedSince: watch.unprotectedSince,
      now: clock.now(),
    };
    const decision = decideProtection(view, this.options);
    watch.unprotectedSince = decision.unprotectedSince;
    watch.recheckAt = decision.recheckAt;
    watch.isStuck = false;
    this.perform(symbol, watch, decision.actions);
    if (position !== null && watch.closing !== null) this.goOnClosing(position, watch);
    if (position !== null) return;
    if (book.held(symbol) !== null) this.doubt(symbol, watch, 'it is held without a plan');
    else if (watch.recheckAt === null) this.forget(symbol);
  }

  private goOnClosing(position: Position, watch: Watch): void {
    const { book, desk, clock } = this.parts;
    const filters = this.parts.filtersOf(position.symbol);
    if (filters === undefined || watch.closing === null) return;
    const orders = book.orders.ofSymbol(position.symbol);
    const view = { orders, cancelling: desk.cancelling, filters, now: clock.now() };
    const { actions, retryAt } = decideClose(position, view, watch.closing, this.options);
    this.perform(position.symbol, watch, actions);
    if (retryAt !== null) lookAgain(watch, retryAt);
  }

  private perform(symbol: string, watch: Watch, actions: readonly ProtectionAction[]): void {
    const drafts: OrderDraft[] = [];
    for (const action of actions) {
      switch (action.kind) {
        case 'place':
          drafts.push(action.draft);
          break;
        case 'cancel':
          void this.cancel(action.order);
          break;
        case 'foreign': {
          const { clientOrderId } = action.report;
          this.warn(symbol, clientOrderId, `order ${clientOrderId} is not ours`);
          break;
        }
        case 'reconcile':
          this.doubt(symbol, watch, action.reason);
          break;
        case 'stuck':
          watch.isStuck = true;
          this.warn(symbol, 'stuck', `${action.quantity} is too small for any order; close it by hand`);
          break;
      }
    }
    if (drafts.length > 0) void this.place(drafts);
  }

  private async place(drafts: readonly OrderDraft[]): Promise<void> {
    const { reach, desk, broke } = this.parts;
    const [before, after] = drafts.some(({ role }) => role === 'exit')
      ? (['before-exit', 'after-exit'] as const)
      : (['before-stop', 'after-stop'] as const);
    reach(before);
    try {
      await desk.place(drafts);
      reach(after);
    } catch (error) {
      // The journal takes nothing any more; whoever watches it stops trading.
      if (!isAppError(error)) broke(toAppError(error, 'TRADING.PROTECTION'));
    }
  }

  private async cancel(order: OrderRef): Promise<void> {
    const { desk, clock } = this.parts;
    if (await desk.cancel(order)) return this.check(order.symbol);
    const { symbol } = order;
    const watch = this.watches.get(symbol) ?? this.watchOf(symbol, null);
    lookAgain(watch, clock.now() + CANCEL_RETRY_MS * this.speed);
  }

  private doubt(symbol: string, watch: Watch, reason: string): void {
    const now = this.parts.clock.now();
    const nextAt = watch.doubtedAt + DOUBT_PAUSE_MS * this.speed;
    if (now < nextAt) return lookAgain(watch, nextAt);
    watch.doubtedAt = now;
    this.parts.doubt(`${symbol}: ${reason}`);
  }

  /** Another position than before begins with a clean sheet. */
  private watchOf(symbol: string, positionId: string | null): Watch {
    const known = this.watches.get(symbol);
    if (known?.positionId === positionId) return known;
    const watch: Watch = {
      positionId,
      unprotectedSince: null,
      recheckAt: null,
      closing: null,
      doubtedAt: known?.doubtedAt ?? -Infinity,
      isStuck: false,
    };
    this.watches.set(symbol, watch);
    return watch;
  }

  private forget(symbol: string): void {
    this.watches.delete(symbol);
    this.warned.get(symbol)?.delete('stuck');
  }

  private warn(symbol: string, key: string, message: string): void {
    const warned = this.warned.get(symbol) ?? new Set();
    if (warned.has(key)) return;
    if (warned.size >= MOST_WARNINGS) warned.clear();
    this.warned.set(symbol, warned.add(key));
    this.parts.warn(`${symbol}: ${message}`);
  }
}

function lookAgain(watch: Watch, at: UtcMs): void {
  watch.recheckAt = Math.min(watch.recheckAt ?? at, at);
}

/** Its times are of this world, since networks do not run faster when the exchange's time does. */
function wallOptions(speed: number): ProtectionOptions {
  const { workingType, ...times } = DEFAULT_PROTECTION;
  const scaled = Object.fromEntries(Object.entries(times).map(([name, ms]) => [name, ms * speed]));
  return { workingType, ...(scaled as Omit<ProtectionOptions, 'workingType'>) };
}
