/**
 * Keeps every position protected: asks core what is to be done after each change of a symbol and when its time has come,
 * and has the desk do it.
 */
import { AppError, type Clock, type DurationMs, type InstrumentFilters, type UtcMs } from '@slt/domain';
import type { OrderReport } from '../core/broker';
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
  /** Undefined: neither listed nor remembered; nothing can be placed for it. */
  filtersOf(symbol: string): InstrumentFilters | undefined;
  /** Undefined: not known. */
  priceOf(symbol: string): number | undefined;
  /** Journal and exchange may tell different stories about it. */
  doubt(reason: string): void;
  /** For people: what is left alone, or cannot be helped. */
  warn(message: string): void;
}

interface Watch {
  unprotectedSince: UtcMs | null;
  recheckAt: UtcMs | null;
  /** Why it is being closed; null: it is held. */
  closing: ExitReason | null;
}

export class Protector {
  private readonly watches = new Map<string, Watch>();
  private readonly warned = new Set<string>();
  private readonly options: ProtectionOptions;

  constructor(private readonly parts: ProtectorParts) {
    this.options = wallOptions(parts.clock);
  }

  /** Something about the symbol is not as it was. @param openOrders what the exchange says is open on it */
  check(symbol: string, openOrders?: readonly OrderReport[]): void {
    const { book, desk, clock } = this.parts;
    const filters = this.parts.filtersOf(symbol);
    if (filters === undefined)
      return this.warn(symbol, `${symbol} is not listed: nothing can be placed for it`);
    const watch = this.watchOf(symbol);
    const price = this.parts.priceOf(symbol);
    const position = book.position(symbol);
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
    if (position === null) watch.closing = null;
    this.perform(symbol, decision.actions);
    if (position !== null && watch.closing !== null) this.goOnClosing(position, watch.closing);
    if (position === null && book.held(symbol) !== null) this.parts.doubt(`${symbol} is held without a plan`);
  }

  /** Closes the symbol's position at market, and goes on until it is flat. Without effect where there is none. */
  close(symbol: string, reason: ExitReason): void {
    const position = this.parts.book.position(symbol);
    if (position === null) return;
    const watch = this.watchOf(symbol);
    watch.closing ??= reason;
    this.goOnClosing(position, watch.closing);
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

  private goOnClosing(position: Position, reason: ExitReason): void {
    const { book, desk, clock } = this.parts;
    const filters = this.parts.filtersOf(position.symbol);
    if (filters === undefined) return;
    const orders = book.orders.ofSymbol(position.symbol);
    const view = { orders, cancelling: desk.cancelling, filters, now: clock.now() };
    const { actions, retryAt } = decideClose(position, view, reason, this.options);
    this.perform(position.symbol, actions);
    const watch = this.watchOf(position.symbol);
    if (retryAt !== null) watch.recheckAt = Math.min(watch.recheckAt ?? retryAt, retryAt);
  }

  private perform(symbol: string, actions: readonly ProtectionAction[]): void {
    const drafts: OrderDraft[] = [];
    for (const action of actions) {
      switch (action.kind) {
        case 'place':
          drafts.push(action.draft);
          break;
        case 'cancel':
          void this.parts.desk.cancel(action.order).then(
            () => this.check(symbol),
            () => undefined,
          );
          break;
        case 'foreign':
          this.warn(
            action.report.clientOrderId,
            `${symbol}: order ${action.report.clientOrderId} is not ours`,
          );
          break;
        case 'reconcile':
          this.parts.doubt(`${symbol}: ${action.reason}`);
          break;
        case 'stuck':
          this.warn(symbol, `${symbol}: ${action.quantity} is too small for any order; close it by hand`);
          break;
      }
    }
    if (drafts.length > 0) void this.place(drafts);
  }

  private async place(drafts: readonly OrderDraft[]): Promise<void> {
    const steps = drafts.some(({ role }) => role === 'exit')
      ? (['before-exit', 'after-exit'] as const)
      : (['before-stop', 'after-stop'] as const);
    this.parts.reach(steps[0]);
    try {
      await this.parts.desk.place(drafts);
      this.parts.reach(steps[1]);
    } catch (error) {
      // The journal takes nothing any more; whoever watches it stops trading.
      if (!(error instanceof AppError)) throw error;
    }
  }

  private watchOf(symbol: string): Watch {
    let watch = this.watches.get(symbol);
    if (watch === undefined) {
      watch = { unprotectedSince: null, recheckAt: null, closing: null };
      this.watches.set(symbol, watch);
    }
    return watch;
  }

  private warn(key: string, message: string): void {
    if (this.warned.has(key)) return;
    this.warned.add(key);
    this.parts.warn(message);
  }
}

/** Its times are of this world, since networks do not run faster when the exchange's time does. */
function wallOptions(clock: Clock): ProtectionOptions {
  const factor = Math.max(1, 1 / clock.toWallMs(1));
  const { workingType, ...times } = DEFAULT_PROTECTION;
  const scaled = Object.fromEntries(Object.entries(times).map(([name, ms]) => [name, ms * factor]));
  return { workingType, ...(scaled as Omit<ProtectionOptions, 'workingType'>) };
}
