/**
 * The weight that this machine's IP may still spend, shared by all its processes. Each call reserves before it is
 * sent. Concurrent reservations travel to the store together, one exchange with it at a time; the arithmetic and why
 * it never exceeds stand in core/weight-window.
 *
 * While the store cannot be reached the process counts alone, within BLIND_SHARE of every cap, and tries the store
 * again every second; what it granted meanwhile is then added to the shared counter.
 */
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { AppError, type Clock, DAY_MS, type DurationMs, SECOND_MS, type UtcMs } from '@slt/domain';
import { banFilePath, readBan, writeBan } from './ban-file';
import { type BudgetStore, shortName } from './budget-store';
import {
  batchSize,
  boundaryWait,
  capOf,
  settle,
  type WeightPurpose,
  type WeightWindow,
  weightWindowAt,
} from './core/weight-window';

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

export interface WeightBudgetOptions {
  readonly limit: number;
  /** In exchange time. */
  readonly period: DurationMs;
  /** Who shares the limit: the exchange's account of us, and the address we leave by. */
  readonly scope: string;
  /** Folder of the ban file; absent: bans are not kept on disk. */
  readonly folder?: string;
  /** Wall time after which the store counts as away. */
  readonly storeTimeoutMs?: number;
}

export interface BudgetClock extends Clock {
  uncertaintyMs?(): DurationMs;
  readonly isSynced?: boolean;
}

interface Demand {
  readonly weight: number;
  readonly purpose: WeightPurpose;
  readonly resolve: (reservation: Reservation) => void;
}

const GRANTED: Reservation = { granted: true };
const STORE_TIMEOUT_MS = 500;
const STORE_RETRY_MS = 1_000;
const LONGEST_BAN: DurationMs = 7 * DAY_MS;

@Injectable()
export class WeightBudget implements OnApplicationShutdown {
  private limit: number;
  private window: WeightWindow;
  /** The shared counter as last seen, in the current window. */
  private known = 0;
  /** Granted in the current window without the store's knowledge. */
  private unshared = 0;
  private inFlight = 0;
  private bannedUntil: UtcMs = 0;
  private isBlind = false;
  private pending: Demand[] = [];
  private draining: Promise<void> | undefined;
  private correcting: Promise<void> | undefined;
  private restored: Promise<void> | undefined;
  private retryTimer: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(
    private readonly clock: BudgetClock,
    private readonly store: BudgetStore,
    private readonly options: WeightBudgetOptions,
  ) {
    this.limit = options.limit;
    this.window = { index: -1, endsAt: 0 };
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
    await this.restore();
    return new Promise((resolve) => {
      this.pending.push({ weight, purpose, resolve });
      this.draining ??= this.drain().finally(() => (this.draining = undefined));
    });
  }

  /**
   * A reserved call is on its way. Its weight counts in the window in which it arrives, which nobody knows before the
   * answer: what is under way when a window begins is counted in that one too.
   * @returns to be called once, with the used weight that the answer named
   */
  sending(weight: number): (usedWeight?: number) => void {
    const { index } = this.currentWindow();
    this.inFlight += weight;
    return (usedWeight) => {
      this.inFlight -= weight;
      // An answer from before the boundary tells of a window that is over.
      if (usedWeight !== undefined && this.currentWindow().index === index) this.observe(usedWeight);
    };
  }

  /** What the exchange has counted for this IP in the current window. More than we know of means that others call too. */
  observe(usedWeight: number): void {
    this.currentWindow();
    if (usedWeight <= this.known) return;
    if (this.isBlind) {
      this.known = usedWeight;
      return;
    }
    this.correcting ??= this.correct(usedWeight).finally(() => (this.correcting = undefined));
  }

  /** No call before the instant, in any process. Bans only ever grow; one of more than a week is cut to that. */
  async ban(until: UtcMs): Promise<void> {
    const now = this.clock.now();
    const end = Math.min(until, now + LONGEST_BAN);
    if (end <= now || end <= this.bannedUntil) return;
    this.bannedUntil = end;
    const wallMs = this.clock.toWallMs(end - now);
    await Promise.allSettled([this.tellStore(wallMs), this.tellDisk(end, wallMs)]);
  }

  /** The exchange names a limit of its own: the smaller one holds. */
  limitTo(exchangeLimit: number): void {
    this.limit = Math.min(this.options.limit, exchangeLimit);
  }

  status(): WeightStatus {
    const { endsAt } = this.currentWindow();
    const isBanned = this.bannedUntil > this.clock.now();
    return {
      used: this.known,
      limit: this.limit,
      ...(isBanned ? { bannedUntil: this.bannedUntil } : {}),
      windowEndsAt: endsAt,
      mode: this.isBlind ? 'local' : 'shared',
      store: this.store.kind,
    };
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.retryTimer);
    await this.draining;
    await this.correcting;
    await this.store.close();
  }

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }

  private async drain(): Promise<void> {
    while (this.pending.length > 0) {
      const now = this.clock.now();
      const wait = this.toFullWallMs(boundaryWait(now, this.options.period, this.uncertainty()));
      if (this.bannedUntil > now) this.refuse(this.takeAll(), this.bannedUntil - now);
      else if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      else await this.serve(this.takeBatch());
    }
  }

  private async serve(batch: readonly Demand[]): Promise<void> {
    const window = this.currentWindow();
    if (this.isBlind) return this.serveBlindly(batch);
    const asked = batch.reduce((sum, { weight }) => sum + weight, 0);
    const owed = this.unshared;
    try {
      const [raisedTo, blockedMs] = await this.withTimeout(
        Promise.all([this.add(window, asked + owed), this.store.blockedMs(this.banKey())]),
      );
      if (this.currentWindow().index !== window.index) return this.requeue(batch);
      this.unshared -= owed;
      if (blockedMs > 0) this.learnBan(blockedMs);
      const isBanned = this.bannedUntil > this.clock.now();
      this.grant(batch, window, isBanned ? Number.POSITIVE_INFINITY : raisedTo, asked, raisedTo);
    } catch {
      this.goBlind();
      this.serveBlindly(batch);
    }
  }

  /** @param judgedBy what the counter is taken to show; infinite: nothing fits */
  private grant(
    batch: readonly Demand[],
    window: WeightWindow,
    judgedBy: number,
    asked: number,
    raisedTo: number,
  ): void {
    const cap = capOf(this.limit, batch[0]!.purpose, false);
    const { granted, refund } = settle(
      batch.map(({ weight }) => weight),
      judgedBy,
      cap,
    );
    this.known = Math.max(this.known, raisedTo - asked) + asked - refund;
    if (refund > 0) void this.add(window, -refund).catch(() => undefined);
    this.answer(batch, granted);
  }

  private serveBlindly(batch: readonly Demand[]): void {
    const asked = batch.reduce((sum, { weight }) => sum + weight, 0);
    const cap = capOf(this.limit, batch[0]!.purpose, true);
    const { granted, refund } = settle(
      batch.map(({ weight }) => weight),
      this.known + asked,
      cap,
    );
    this.known += asked - refund;
    this.unshared += asked - refund;
    this.answer(batch, granted);
  }

  private answer(batch: readonly Demand[], granted: readonly boolean[]): void {
    const wait = Math.max(this.bannedUntil, this.window.endsAt + this.uncertainty()) - this.clock.now();
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
    const retryAfterMs = Math.max(1, this.toFullWallMs(wait));
    for (const { resolve } of demands) resolve({ granted: false, retryAfterMs });
  }

  /** Trading first; then as many of one purpose as may still fit, at least one. */
  private takeBatch(): Demand[] {
    const purpose = this.pending.some((demand) => demand.purpose === 'trading') ? 'trading' : 'market';
    const candidates = this.pending.filter((demand) => demand.purpose === purpose);
    const size = batchSize(
      candidates.map(({ weight }) => weight),
      capOf(this.limit, purpose, false) - this.known,
    );
    const batch = new Set(candidates.slice(0, size));
    this.pending = this.pending.filter((demand) => !batch.has(demand));
    return [...batch];
  }

  private takeAll(): Demand[] {
    return this.pending.splice(0);
  }

  private requeue(batch: readonly Demand[]): void {
    this.pending = [...batch, ...this.pending];
  }

  /** The window of this instant; a new one begins with what is still under way. */
  private currentWindow(): WeightWindow {
    const window = weightWindowAt(this.clock.now(), this.options.period);
    if (window.index !== this.window.index) {
      this.window = window;
      this.known = this.inFlight;
      this.unshared = this.inFlight;
    }
    return this.window;
  }

  private async correct(usedWeight: number): Promise<void> {
    const window = this.currentWindow();
    try {
      const total = await this.withTimeout(this.store.total(this.windowKey(window)));
      const foreign = usedWeight - total;
      const raisedTo = foreign > 0 ? await this.withTimeout(this.add(window, foreign)) : total;
      if (this.currentWindow().index === window.index) this.known = Math.max(this.known, raisedTo);
    } catch {
      this.goBlind();
    }
  }

  private learnBan(wallMs: DurationMs): void {
    const exchangeMs = wallMs / this.clock.toWallMs(1);
    this.bannedUntil = Math.max(this.bannedUntil, this.clock.now() + exchangeMs);
  }

  private goBlind(): void {
    if (this.isClosed) return;
    this.isBlind = true;
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => void this.tryStoreAgain(), STORE_RETRY_MS);
    this.retryTimer.unref();
  }

  private async tryStoreAgain(): Promise<void> {
    const window = this.currentWindow();
    const owed = this.unshared;
    try {
      const total = await this.withTimeout(this.add(window, owed));
      if (this.currentWindow().index === window.index) {
        this.unshared -= owed;
        this.known = Math.max(this.known, total);
      }
      this.isBlind = false;
      const now = this.clock.now();
      if (this.bannedUntil > now) await this.tellStore(this.clock.toWallMs(this.bannedUntil - now));
    } catch {
      this.goBlind();
    }
  }

  private restore(): Promise<void> {
    this.restored ??= this.readDisk();
    return this.restored;
  }

  private async readDisk(): Promise<void> {
    if (this.options.folder === undefined) return;
    const ban = await readBan(banFilePath(this.options.folder, this.options.scope));
    if (ban === undefined) return;
    const now = this.clock.now();
    const until =
      this.clock.isSynced === false ? now + (ban.wallUntil - Date.now()) / this.clock.toWallMs(1) : ban.until;
    if (until > now && until <= now + LONGEST_BAN) this.bannedUntil = Math.max(this.bannedUntil, until);
  }

  private async tellDisk(until: UtcMs, wallMs: DurationMs): Promise<void> {
    if (this.options.folder === undefined) return;
    await writeBan(banFilePath(this.options.folder, this.options.scope), {
      until,
      wallUntil: Date.now() + wallMs,
    });
  }

  private async tellStore(wallMs: DurationMs): Promise<void> {
    await this.withTimeout(this.store.block(this.banKey(), wallMs)).catch(() => this.goBlind());
  }

  private add(window: WeightWindow, points: number): Promise<number> {
    const ttlSeconds = Math.ceil(this.clock.toWallMs(this.options.period) / SECOND_MS) + 60;
    return this.store.add(this.windowKey(window), points, ttlSeconds);
  }

  private windowKey({ index }: WeightWindow): string {
    return `${shortName(this.options.scope)}:${this.options.period}:${index}`;
  }

  private banKey(): string {
    return `${shortName(this.options.scope)}:ban`;
  }

  private uncertainty(): DurationMs {
    return this.clock.uncertaintyMs?.() ?? 0;
  }

  private toFullWallMs(duration: DurationMs): DurationMs {
    return Math.ceil(this.clock.toWallMs(duration));
  }

  private async withTimeout<T>(work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      const error = new AppError('transient', 'EXCHANGE.STORE_SLOW', 'the weight store does not answer');
      timer = setTimeout(() => reject(error), this.options.storeTimeoutMs ?? STORE_TIMEOUT_MS);
    });
    work.catch(() => undefined);
    return Promise.race([work, timeout]).finally(() => clearTimeout(timer));
  }
}
