/**
 * The counter of the current weight window: in the store for all processes, or, while the store cannot be reached, in
 * this process alone. The store is tried again every second; what was counted without it is then added to it, and so is
 * what it has forgotten: a Redis without persistence, or an unlogged table after a crash, begins at nought.
 */
import { AppError, type Clock, type DurationMs, SECOND_MS } from '@slt/domain';
import { type BudgetStore, shortName } from './budget-store';
import { type WeightWindow, weightWindowAt } from './core/weight-window';

export interface CounterOptions {
  /** Length of a window, in exchange time. */
  readonly period: DurationMs;
  /** Who shares the counter: the exchange's account of us. */
  readonly scope: string;
  /** Wall time after which the store counts as away. */
  readonly storeTimeoutMs?: number;
}

export interface Raise {
  readonly window: WeightWindow;
  /** What it was raised by. */
  readonly weight: number;
  /** What the counter showed after it was raised. */
  readonly raisedTo: number;
  /** How much longer another process wants no calls; wall time. */
  readonly blockedMs: DurationMs;
}

const STORE_TIMEOUT_MS = 500;
const STORE_RETRY_MS = 1_000;

export class WeightCounter {
  /** As last seen, in the current window. */
  known = 0;
  /** Whether this process counts alone. */
  isBlind = false;
  /** Weight of calls that are under way. */
  inFlight = 0;
  private window: WeightWindow = { index: -1, endsAt: 0 };
  /** Counted in the current window without the store's knowledge. */
  private unshared = 0;
  /** Granted by this process in the current window, or under way at its begin. */
  private own = 0;
  /** The most that the exchange has named in the current window. */
  private told = 0;
  private correcting: Promise<void> | undefined;
  private retryTimer: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(
    private readonly clock: Clock,
    private readonly store: BudgetStore,
    private readonly options: CounterOptions,
  ) {}

  /** The window of this instant. A new one begins with what is still under way: it may arrive in either. */
  currentWindow(): WeightWindow {
    const window = weightWindowAt(this.clock.now(), this.options.period);
    if (window.index !== this.window.index) {
      this.window = window;
      this.known = this.inFlight;
      this.unshared = this.inFlight;
      this.own = this.inFlight;
      this.told = 0;
    }
    return this.window;
  }

  /** Counts in the store. @returns undefined when the store is away: then count alone */
  async raise(weight: number): Promise<Raise | undefined> {
    const window = this.currentWindow();
    if (this.isBlind) return undefined;
    const owed = this.unshared;
    try {
      const [sum, blockedMs] = await this.inTime(
        Promise.all([this.add(window, weight + owed), this.store.blockedMs(this.banKey())]),
      );
      const raisedTo = await this.remind(window, sum, weight);
      if (this.currentWindow().index === window.index) {
        this.unshared -= owed;
        this.known = Math.max(this.known, raisedTo);
      }
      return { window, weight, raisedTo, blockedMs };
    } catch {
      this.goBlind();
      return undefined;
    }
  }

  /** Takes back what was raised and not granted. Lost with the store it only makes us more careful. */
  refund({ window, raisedTo, weight: asked }: Raise, weight: number): void {
    if (this.currentWindow().index === window.index) {
      this.known = Math.min(this.known, raisedTo) - weight;
      this.own += asked - weight;
    }
    if (weight > 0) void this.add(window, -weight).catch(() => undefined);
  }

  countAlone(weight: number): void {
    this.known += weight;
    this.unshared += weight;
    this.own += weight;
  }

  /** The exchange has counted more than we know of: others call too. */
  correct(usedWeight: number): void {
    this.currentWindow();
    this.told = Math.max(this.told, usedWeight);
    if (usedWeight <= this.known) return;
    if (this.isBlind) this.known = usedWeight;
    else this.correcting ??= this.raiseTo(usedWeight).finally(() => (this.correcting = undefined));
  }

  /** Tells all processes to make no calls for so long, in wall time. */
  async block(wallMs: DurationMs): Promise<void> {
    await this.inTime(this.store.block(this.banKey(), wallMs)).catch(() => this.goBlind());
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.retryTimer);
    await this.correcting;
    await this.store.close();
  }

  /** A store that had less than we or the exchange know of has lost its memory. @returns the sum that it has now */
  private async remind(window: WeightWindow, sum: number, weight: number): Promise<number> {
    if (this.currentWindow().index !== window.index) return sum;
    const floor = Math.max(this.own, this.correcting === undefined ? this.told : 0);
    const forgotten = floor - (sum - weight);
    return forgotten > 0 ? this.inTime(this.add(window, forgotten)) : sum;
  }

  private async raiseTo(usedWeight: number): Promise<void> {
    const window = this.currentWindow();
    try {
      const total = await this.inTime(this.store.total(this.windowKey(window)));
      const foreign = usedWeight - total;
      const raisedTo = foreign > 0 ? await this.inTime(this.add(window, foreign)) : total;
      if (this.currentWindow().index === window.index) this.known = Math.max(this.known, raisedTo);
    } catch {
      this.goBlind();
    }
  }

  private goBlind(): void {
    this.isBlind = true;
    clearTimeout(this.retryTimer);
    if (this.isClosed) return;
    this.retryTimer = setTimeout(() => void this.tryStoreAgain(), STORE_RETRY_MS);
    this.retryTimer.unref();
  }

  private async tryStoreAgain(): Promise<void> {
    this.isBlind = false;
    // Counts what is owed; blind again if the store is still away.
    await this.raise(0);
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

  private async inTime<T>(work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      const error = new AppError('transient', 'EXCHANGE.STORE_SLOW', 'the weight store does not answer');
      timer = setTimeout(() => reject(error), this.options.storeTimeoutMs ?? STORE_TIMEOUT_MS);
    });
    work.catch(() => undefined);
    return Promise.race([work, timeout]).finally(() => clearTimeout(timer));
  }
}
