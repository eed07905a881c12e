/**
 * Walks an account through time. What is due at known instants stands in the agenda; prices are looked at each whole second
 * of exchange time while something rests or is held. A whole minute whose candle can do nothing to the account is passed in
 * one step, which comes to the same. So the outcome depends on the calls alone, not on how often time was advanced.
 */
import { MINUTE_MS, SECOND_MS, type UtcMs } from '@slt/domain';
import type { Account } from './account';
import { MARK_STRAY, MarginWatch } from './liquidation';
import { PricePath } from './price-path';
import { isReached, matchResting } from './resting';
import { settle } from './settlement';
import { evaluateTriggers, isOutOfReach } from './triggers';

export class TimeLine {
  private readonly paths = new Map<string, PricePath>();
  private readonly marginWatch: MarginWatch;
  /** Up to it each second is walked: the minute was looked at and is not quiet. */
  private walkUntil = 0;
  private lookedAt: UtcMs | undefined;

  constructor(private readonly account: Account) {
    this.marginWatch = new MarginWatch(account);
  }

  /** @returns the account's time: `now`, or later where it was there already */
  advance(now: UtcMs): UtcMs {
    const { account } = this;
    while (account.clock < now) {
      const next = Math.min(this.nextLook(now), account.agenda.nextAt ?? Infinity, now);
      account.clock = next;
      account.agenda.runDue(next);
      if (next % SECOND_MS === 0 && next !== this.lookedAt) this.look(next);
    }
    return account.clock;
  }

  nextDueAt(): UtcMs | undefined {
    const next = Math.min(this.account.agenda.nextAt ?? Infinity, this.nextSecond());
    return next === Infinity ? undefined : next;
  }

  /** Looks at a symbol between seconds, so that what comes now meets no price from before. */
  touch(symbol: string, now: UtcMs): void {
    const path = this.paths.get(symbol);
    if (path !== undefined) this.evaluate(path, now);
  }

  /** To be called when something may have begun to rest or to be held. */
  watch(symbol: string, now: UtcMs): void {
    if (this.paths.has(symbol) || !this.account.isWatched(symbol)) return;
    this.paths.set(symbol, new PricePath(this.account.view.market, symbol, now));
    // The minute in progress may have been found quiet without this symbol; it is passed only whole.
    this.walkUntil = 0;
  }

  private nextSecond(): UtcMs {
    if (this.paths.size === 0) return Infinity;
    return (Math.floor(this.account.clock / SECOND_MS) + 1) * SECOND_MS;
  }

  /** The next second, or the end of a quiet minute that lies whole before `now`. */
  private nextLook(now: UtcMs): UtcMs {
    const next = this.nextSecond();
    const { clock } = this.account;
    const end = clock + MINUTE_MS;
    if (next === Infinity || clock % MINUTE_MS !== 0 || end > now || clock < this.walkUntil) return next;
    if (this.isQuiet(clock, end)) return end;
    this.walkUntil = end;
    return next;
  }

  private look(now: UtcMs): void {
    this.lookedAt = now;
    for (const path of [...this.paths.values()]) this.evaluate(path, now);
    if (this.paths.size > 0) this.marginWatch.check(now, (symbol) => this.paths.get(symbol)?.last ?? NaN);
    for (const symbol of [...this.paths.keys()]) {
      if (!this.account.isWatched(symbol)) this.paths.delete(symbol);
    }
  }

  private evaluate(path: PricePath, now: UtcMs): void {
    const { symbol } = path;
    const step = path.step(now);
    if (this.account.view.status(symbol, now) !== 'TRADING') return settle(this.account, symbol, now);
    if (step === undefined) return;
    matchResting(this.account, symbol, step);
    evaluateTriggers(this.account, symbol, step);
  }

  /** Whether nothing happens from one whole minute to the next, the end included. */
  private isQuiet(start: UtcMs, end: UtcMs): boolean {
    const { account } = this;
    const due = account.agenda.nextAt;
    if (due !== undefined && due < end) return false;
    const ranges = new Map<string, { low: number; high: number }>();
    for (const [symbol, path] of this.paths) {
      const range = path.rangeOfMinute(start, end);
      if (range === undefined || account.view.status(symbol, end) !== 'TRADING') return false;
      if (account.orders.openOf(symbol).some((order) => isReached(order, range))) return false;
      if (account.algos.waiting(symbol).some((algo) => !isOutOfReach(algo, range, MARK_STRAY))) return false;
      ranges.set(symbol, range);
    }
    return this.marginWatch.isSafe((symbol) => ranges.get(symbol));
  }
}
