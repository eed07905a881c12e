/** The cluster's line to the market: which symbols there are, and their closed frames into the pipelines. */
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Subscription } from 'rxjs';
import { type Clock, toAppError } from '@slt/domain';
import { CLOCK, MarketStreams, Universe } from '@slt/exchange';
import { ClusterEvents, describe } from './cluster-events';
import type { StreamsStatus } from './cluster-status';
import type { StreamFeed, UniverseFeed } from './neighbours';
import type { SymbolPipeline } from './symbol-pipeline';
import { SymbolPipelines } from './symbol-pipelines';

/** Wall-clock milliseconds. */
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 15_000;
const RECONCILE_EVERY_MS = 10_000;
const SUBSCRIBE_AGAIN_MS = 500;
/** The exchange tells that a symbol is gone on another line than its last candle, which may come later. */
const LINGER_MS = 250;

@Injectable()
export class MarketFeed {
  private readonly logger = new Logger('Cluster');
  private subscriptions: readonly Subscription[] = [];
  private subscribed = new Set<string>();
  /** Symbols that are followed and that the universe has no more, since when. */
  private readonly gone = new Map<string, number>();
  /** Counts the runs, so that what an earlier run still waits for does not touch a later one. */
  private run = 0;
  private reconcileAt = 0;
  private subscribing = false;
  private isOpen = false;
  private onDeparted: (pipeline: SymbolPipeline) => void = () => {};

  constructor(
    @Inject(Universe) private readonly universe: UniverseFeed,
    @Inject(MarketStreams) private readonly streams: StreamFeed,
    @Inject(SymbolPipelines) private readonly pipelines: SymbolPipelines,
    @Inject(ClusterEvents) private readonly events: ClusterEvents,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Loads the universe, again and again until there is one.
   * @param onFailure told why each attempt failed
   * @returns false when the signal came first
   */
  async discover(signal: AbortSignal, onFailure: (reason: string) => void): Promise<boolean> {
    for (let delay = FIRST_RETRY_MS; !signal.aborted; delay = Math.min(LONGEST_RETRY_MS, delay * 2)) {
      try {
        await this.universe.load();
        return !signal.aborted;
      } catch (error) {
        const { message, retryAfterMs = 0 } = toAppError(error, 'CLUSTER.NO_UNIVERSE');
        onFailure(`the universe is not known: ${message}`);
        await pause(Math.max(delay, retryAfterMs), signal);
      }
    }
    return false;
  }

  /**
   * Follows the universe as it is and as it changes. Frames come from here on; subscribing goes on behind.
   * @param onDeparted told of each symbol that has left
   */
  open(onDeparted: (pipeline: SymbolPipeline) => void): void {
    const run = ++this.run;
    this.onDeparted = onDeparted;
    this.subscribed = new Set();
    this.gone.clear();
    this.isOpen = false;
    this.subscribing = false;
    this.subscriptions = [
      this.streams.closedCandles.subscribe((frame) => this.pipelines.onFrame(frame)),
      this.streams.interruptions.subscribe(({ subscriptions }) =>
        this.pipelines.onInterruption(subscriptions.map(({ symbol }) => symbol)),
      ),
      // The universe may tell of a change before it shows it.
      this.universe.changes.subscribe(() => queueMicrotask(() => this.run === run && this.reconcile())),
    ];
    this.reconcile();
  }

  async close(): Promise<void> {
    this.run++;
    for (const subscription of this.subscriptions) subscription.unsubscribe();
    this.subscriptions = [];
    await this.streams.close();
  }

  /** Whether the streams of all symbols, but for those that came last, are subscribed. */
  get isSubscribed(): boolean {
    return this.subscribed.size > 0;
  }

  status(): StreamsStatus {
    return this.streams.status();
  }

  tick(): void {
    if (performance.now() >= this.reconcileAt) this.reconcile();
  }

  /** Makes the followed symbols those of the universe: new listings join, delisted ones leave. */
  reconcile(): void {
    const now = performance.now();
    this.reconcileAt = now + RECONCILE_EVERY_MS;
    const snapshot = this.universe.current();
    if (snapshot === undefined) return;
    const departed = this.departedAt(now, snapshot.instruments);
    const added = [...snapshot.instruments.values()].filter(({ symbol }) => !this.pipelines.get(symbol));
    for (const instrument of added) this.pipelines.add(instrument);
    for (const { symbol } of departed) this.pipelines.remove(symbol);
    void this.subscribe(this.run);
    if (added.length + departed.length === 0) return;
    const removed = departed.map(({ symbol }) => symbol);
    if (removed.length > 0) void this.unsubscribe(removed);
    for (const pipeline of departed) this.onDeparted(pipeline);
    const joined = added.map(({ symbol }) => symbol);
    this.events.emit({ type: 'universe', at: this.clock.now(), added: joined, removed });
  }

  /** Those that have been gone long enough; the others are looked at again when they have. */
  private departedAt(now: number, listed: ReadonlyMap<string, unknown>): SymbolPipeline[] {
    const departed: SymbolPipeline[] = [];
    for (const pipeline of this.pipelines.all()) {
      const { symbol } = pipeline;
      const leavesAt = (this.gone.get(symbol) ?? now) + LINGER_MS;
      this.gone.delete(symbol);
      if (listed.has(symbol)) continue;
      if (leavesAt <= now) {
        departed.push(pipeline);
        continue;
      }
      this.gone.set(symbol, leavesAt - LINGER_MS);
      this.reconcileAt = Math.min(this.reconcileAt, leavesAt);
    }
    return departed;
  }

  /** One call at a time; what comes meanwhile is subscribed after it. */
  private async subscribe(run: number): Promise<void> {
    const symbols = [...this.pipelines.all()].flatMap(({ symbol }) =>
      this.subscribed.has(symbol) ? [] : [symbol],
    );
    if (symbols.length === 0 || this.subscribing) return;
    this.subscribing = true;
    const keys = symbols.map((symbol) => ({ symbol, interval: this.pipelines.base }));
    try {
      await (this.isOpen ? this.streams.add(keys) : this.streams.open(keys));
      if (run !== this.run) return;
      this.isOpen = true;
      for (const symbol of symbols) if (this.pipelines.get(symbol)) this.subscribed.add(symbol);
    } catch (error) {
      if (run === this.run) this.logger.warn(`subscribing failed and is tried again: ${describe(error)}`);
    } finally {
      if (run === this.run) {
        this.subscribing = false;
        this.reconcileAt = Math.min(this.reconcileAt, performance.now() + SUBSCRIBE_AGAIN_MS);
      }
    }
  }

  private async unsubscribe(symbols: readonly string[]): Promise<void> {
    for (const symbol of symbols) this.subscribed.delete(symbol);
    const keys = symbols.map((symbol) => ({ symbol, interval: this.pipelines.base }));
    try {
      await this.streams.remove(keys);
    } catch (error) {
      this.logger.warn(`unsubscribing failed: ${describe(error)}`); // its frames are ignored all the same
    }
  }
}

/** Ends early, without an error, when the signal comes. */
export function pause(wallMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, wallMs);
    if (signal.aborted) done();
    else signal.addEventListener('abort', done, { once: true });
  });
}
