/**
 * The weight that this machine's IP may still spend, shared by all its processes. Each call reserves before it is
 * sent. Concurrent reservations travel to the store together; the arithmetic, and why it never exceeds, stand in
 * core/weight-window. While the store is away this process keeps within BLIND_SHARE of every cap.
 */
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { AppError, type Clock, DAY_MS, type DurationMs, type UtcMs } from '@slt/domain';
import { banFilePath, readBan, writeBan } from './ban-file';
import type { BudgetStore } from './budget-store';
import { batchSize, boundaryWait, capOf, settle, type WeightPurpose } from './core/weight-window';
import { type CounterOptions, WeightCounter } from './weight-counter';

export type Reservation =
  | { readonly granted: true }
  | { readonly granted: false; /** Wall milliseconds. */ readonly retryAfterMs: DurationMs };

export interface WeightStatus {
  /** Weight that counts against the current window, as far as known here. */
  readonly used: number;
  readonly limit: number;
  readonly bannedUntil?: UtcMs;
  readonly windowEndsAt: UtcMs;
  /** `shared`: counted in the store; `local`: the store is away and this process counts alone, carefully. */
  readonly mode: 'shared' | 'local';
  readonly store: BudgetStore['kind'];
}

export interface WeightBudgetOptions extends CounterOptions {
  /** Per window. */
  readonly limit: number;
  /** Folder of the ban file; absent: bans are not kept on disk. */
  readonly folder?: string;
}

/** A clock that may say how far off it is, and whether it was ever set. */
export interface BudgetClock extends Clock {
  uncertaintyMs?(): DurationMs;
  readonly isSynced?: boolean;
}

interface Demand {
  readonly weight: number;
  readonly purpose: WeightPurpose;
  readonly resolve: (reservation: Reservation) => void;
}

/**
 * Wall time in which market data asks the store once while calls are under way: what comes bit by bit, as the jobs of a
 * warm-up do, travels together. Who calls one after the other does not wait, nor does trading.
 */
const GATHER_MS = 20;
const GRANTED: Reservation = { granted: true };
const LONGEST_BAN: DurationMs = 7 * DAY_MS;

@Injectable()
export class WeightBudget implements OnApplicationShutdown {
  private readonly counter: WeightCounter;
  private limit: number;
  private bannedUntil: UtcMs = 0;
  /** Whether that was reckoned by a clock that was never set. */
  private isBanGuessed = false;
  /** What remains of a guess once the clock is set: what the exchange itself has named. */
  private namedUntil: UtcMs = 0;
  private pending: Demand[] = [];
  private draining: Promise<void> | undefined;
  private restored: Promise<void> | undefined;
  private servedMarketAt = -Infinity;
  /** Ends the gathering. */
  private hurry: () => void = () => undefined;

  constructor(
    private readonly clock: BudgetClock,
    private readonly store: BudgetStore,
    private readonly options: WeightBudgetOptions,
  ) {
    this.limit = options.limit;
    this.counter = new WeightCounter(clock, store, options);
  }

  /**
   * Asks for weight before a call.
   * @throws AppError invalid, `EXCHANGE.WEIGHT_IMPOSSIBLE`, when no window could ever hold so much
   */
  async tryReserve(weight: number, purpose: WeightPurpose): Promise<Reservation> {
    const cap = capOf(this.limit, purpose, false);
    if (weight > cap) {
      const message = `a call of weight ${weight} does not fit into ${cap} a window`;
      throw new AppError('invalid', 'EXCHANGE.WEIGHT_IMPOSSIBLE', message);
    }
    this.restored ??= this.restore();
    await this.restored;
    return new Promise((resolve) => {
      this.pending.push({ weight, purpose, resolve });
      if (purpose === 'trading') this.hurry();
      this.draining ??= this.drain().finally(() => (this.draining = undefined));
    });
  }

  /**
   * A reserved call is on its way; it counts in the window in which it arrives, which nobody knows before the answer.
   * @returns to be called once, with the used weight that the answer named
   */
  sending(weight: number): (usedWeight?: number) => void {
    const { index } = this.counter.currentWindow();
    this.counter.inFlight += weight;
    return (usedWeight) => {
      this.counter.inFlight -= weight;
      // An answer from before the boundary tells of a window that is over.
      if (usedWeight !== undefined && this.counter.currentWindow().index === index) this.observe(usedWeight);
    };
  }

  /** What the exchange has counted for this IP in the current window. */
  observe(usedWeight: number): void {
    this.counter.correct(usedWeight);
  }

  /** No call before the instant, in any process. Bans only ever grow; one of more than a week is cut to that. */
  async ban(until: UtcMs): Promise<void> {
    const now = this.clock.now();
    const end = Math.min(until, now + LONGEST_BAN);
    if (end <= now || end <= this.bannedUntil) return;
    this.bannedUntil = this.namedUntil = end;
    const wallMs = this.clock.toWallMs(end - now);
    await Promise.allSettled([this.counter.block(wallMs), this.record(end, wallMs)]);
  }

  /** The exchange names a limit of its own: the smaller one holds. */
  limitTo(exchangeLimit: number): void {
    this.limit = Math.min(this.options.limit, exchangeLimit);
  }

  status(): WeightStatus {
    const { endsAt } = this.counter.currentWindow();
    return {
      used: this.counter.known,
      limit: this.limit,
      ...(this.isBanned() ? { bannedUntil: this.bannedUntil } : {}),
      windowEndsAt: endsAt,
      mode: this.counter.isBlind ? 'local' : 'shared',
      store: this.store.kind,
    };
  }

  async close(): Promise<void> {
    await this.draining;
    await this.counter.close();
  }

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }

  private async drain(): Promise<void> {
    while (this.pending.length > 0) {
      await this.gather();
      const now = this.clock.now();
      const unclear = boundaryWait(now, this.options.period, this.uncertainty());
      if (this.isBanned()) this.refuse(this.pending.splice(0), this.bannedUntil - now);
      else if (unclear > 0) await new Promise((resolve) => setTimeout(resolve, this.wallMs(unclear)));
      else await this.serve(this.takeBatch());
    }
  }

  private async gather(): Promise<void> {
    const waitMs = this.servedMarketAt + GATHER_MS - performance.now();
    const isTrading = this.pending.some(({ purpose }) => purpose === 'trading');
    if (waitMs <= 0 || isTrading || this.counter.inFlight === 0) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.hurry = resolve;
      timer = setTimeout(resolve, waitMs);
    });
    clearTimeout(timer);
  }

  private async serve(batch: readonly Demand[]): Promise<void> {
    if (batch[0]!.purpose === 'market') this.servedMarketAt = performance.now();
    const weights = batch.map(({ weight }) => weight);
    const asked = weights.reduce((sum, weight) => sum + weight, 0);
    const raise = await this.counter.raise(asked);
    const isBlind = raise === undefined;
    const window = this.counter.currentWindow();
    if (!isBlind && raise.window.index !== window.index) {
      // Counted in a window that is over by now: ask again in this one.
      this.pending.unshift(...batch);
      return;
    }
    if (!isBlind && raise.blockedMs > 0) this.learnBan(raise.blockedMs);
    const raisedTo = isBlind ? this.counter.known + asked : raise.raisedTo;
    const cap = this.isBanned() ? 0 : capOf(this.limit, batch[0]!.purpose, isBlind);
    const { granted, refund } = settle(weights, raisedTo, cap);
    if (isBlind) this.counter.countAlone(asked - refund);
    else this.counter.refund(raise, refund);
    this.answer(batch, granted, window.endsAt);
  }

  private answer(batch: readonly Demand[], granted: readonly boolean[], windowEndsAt: UtcMs): void {
    const wait = Math.max(this.bannedUntil, windowEndsAt + this.uncertainty()) - this.clock.now();
    const refused = batch.filter((_, i) => granted[i] !== true);
    batch.forEach((demand, i) => granted[i] === true && demand.resolve(GRANTED));
    // What is not smaller than something that did not fit will not fit either.
    const smallest = Math.min(...refused.map(({ weight }) => weight));
    const hopeless = new Set(
      this.pending.filter(({ purpose, weight }) => purpose === batch[0]!.purpose && weight >= smallest),
    );
    this.pending = this.pending.filter((demand) => !hopeless.has(demand));
    this.refuse([...refused, ...hopeless], wait);
  }

  private refuse(demands: readonly Demand[], wait: DurationMs): void {
    const retryAfterMs = Math.max(1, this.wallMs(wait));
    for (const { resolve } of demands) resolve({ granted: false, retryAfterMs });
  }

  /** Trading first; then as many of one purpose as may still fit, at least one. */
  private takeBatch(): Demand[] {
    const purpose = this.pending.some((demand) => demand.purpose === 'trading') ? 'trading' : 'market';
    const candidates = this.pending.filter((demand) => demand.purpose === purpose);
    const room = capOf(this.limit, purpose, this.counter.isBlind) - this.counter.known;
    const weights = candidates.map(({ weight }) => weight);
    const batch = new Set(candidates.slice(0, batchSize(weights, room)));
    this.pending = this.pending.filter((demand) => !batch.has(demand));
    return [...batch];
  }

  private isBanned(): boolean {
    if (this.isBanGuessed && this.clock.isSynced !== false) {
      this.isBanGuessed = false;
      this.bannedUntil = this.namedUntil;
    }
    return this.bannedUntil > this.clock.now();
  }

  private learnBan(wallMs: DurationMs): void {
    const exchangeMs = wallMs / this.clock.toWallMs(1);
    this.isBanGuessed ||= this.clock.isSynced === false;
    this.bannedUntil = Math.max(this.bannedUntil, Math.ceil(this.clock.now() + exchangeMs));
  }

  /** Until the clock is set, only this machine's own time can say whether the ban has ended. */
  private async restore(): Promise<void> {
    if (this.options.folder === undefined) return;
    const ban = await readBan(banFilePath(this.options.folder, this.options.scope));
    if (ban === undefined) return;
    const now = this.clock.now();
    const until =
      this.clock.isSynced === false
        ? Math.ceil(now + (ban.wallUntil - Date.now()) / this.clock.toWallMs(1))
        : ban.until;
    if (until <= now || until > now + LONGEST_BAN) return;
    this.bannedUntil = Math.max(this.bannedUntil, until);
    this.namedUntil = Math.max(this.namedUntil, ban.until);
    this.isBanGuessed = this.clock.isSynced === false;
  }

  private async record(until: UtcMs, wallMs: DurationMs): Promise<void> {
    if (this.options.folder === undefined) return;
    const ban = { until, wallUntil: Date.now() + wallMs };
    await writeBan(banFilePath(this.options.folder, this.options.scope), ban);
  }

  private uncertainty(): DurationMs {
    return this.clock.uncertaintyMs?.() ?? 0;
  }

  private wallMs(duration: DurationMs): DurationMs {
    return Math.ceil(this.clock.toWallMs(duration));
  }
}
