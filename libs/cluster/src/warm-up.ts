/**
 * Gets every symbol its history and keeps at it: what is not loaded is asked for, what failed is asked for again
 * after a while, what falls too far behind is loaded anew. New listings come in by the same way.
 */
import { setMaxListeners } from 'node:events';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { AppConfig } from '@slt/config';
import {
  type AppError,
  type Clock,
  type Instrument,
  type Interval,
  MINUTE_MS,
  SECOND_MS,
  toAppError,
  type UtcMs,
} from '@slt/domain';
import { CLOCK } from '@slt/exchange';
import { type HistoryOrigin, type HistoryOutcome, HistoryService } from '@slt/history';
import type { SymbolFailure } from './cluster-status';
import { atLeastWall } from './core/pace';
import { type WarmUpOutcome, type WarmUpStatus, warmUpStatus } from './core/warm-up-status';
import type { HistorySource } from './neighbours';
import { SymbolPipelines } from './symbol-pipelines';

interface Entry {
  underWay: boolean;
  failures: number;
  dueAt: UtcMs;
  outcome: WarmUpOutcome;
  /** Where its series came from: of several intervals, the first that needed the exchange. */
  origin: HistoryOrigin | undefined;
  failure: SymbolFailure | undefined;
}

@Injectable()
export class WarmUp {
  private readonly logger = new Logger('WarmUp');
  private entries = new Map<string, Entry>();
  private abort = new AbortController();
  private startedAt = 0;
  /** Wall-clock milliseconds from the start until the first pass over all symbols had ended. */
  private firstPassMs: number | undefined;

  constructor(
    @Inject(HistoryService) private readonly history: Pick<HistorySource, 'ensureHistory'>,
    @Inject(SymbolPipelines) private readonly pipelines: SymbolPipelines,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(AppConfig) private readonly config: AppConfig,
  ) {}

  begin(): void {
    this.entries = new Map();
    this.abort = new AbortController();
    setMaxListeners(0, this.abort.signal); // one for each batch under way
    this.startedAt = performance.now();
    this.firstPassMs = undefined;
  }

  end(): void {
    this.abort.abort();
  }

  /** Asks for the history of everything that lacks it and is due. */
  tick(now: UtcMs): void {
    if (this.abort.signal.aborted) return;
    const due = new Map<Interval, Map<string, Instrument>>();
    for (const { symbol, unloaded, instrument } of this.pipelines.all()) {
      if (unloaded === undefined) continue;
      const entry = this.entry(symbol);
      if (entry.underWay || now < entry.dueAt) continue;
      entry.underWay = true;
      let batch = due.get(unloaded);
      if (batch === undefined) due.set(unloaded, (batch = new Map()));
      batch.set(symbol, instrument);
    }
    for (const [interval, batch] of due) void this.load(interval, batch);
  }

  forget(symbol: string): void {
    this.entries.delete(symbol);
  }

  /** Whether every symbol has had its answer, whole or not: the first warm-up is over. */
  get settled(): boolean {
    for (const { outcome } of this.entries.values()) if (outcome === 'pending') return false;
    return this.entries.size >= this.pipelines.size;
  }

  status(ready: number): WarmUpStatus {
    if (this.settled) this.firstPassMs ??= performance.now() - this.startedAt;
    const elapsedMs = this.firstPassMs ?? performance.now() - this.startedAt;
    return warmUpStatus(this.outcomes(), { ready, elapsedMs });
  }

  failures(): SymbolFailure[] {
    return [...this.entries.values()].flatMap(({ failure }) => failure ?? []);
  }

  failureOf(symbol: string): SymbolFailure | undefined {
    return this.entries.get(symbol)?.failure;
  }

  originOf(symbol: string): HistoryOrigin | undefined {
    return this.entries.get(symbol)?.origin;
  }

  private *outcomes(): IterableIterator<WarmUpOutcome> {
    for (const { symbol } of this.pipelines.all()) yield this.entries.get(symbol)?.outcome ?? 'pending';
  }

  private entry(symbol: string): Entry {
    let entry = this.entries.get(symbol);
    if (entry === undefined) {
      entry = {
        underWay: false,
        failures: 0,
        dueAt: 0,
        outcome: 'pending',
        origin: undefined,
        failure: undefined,
      };
      this.entries.set(symbol, entry);
    }
    return entry;
  }

  private async load(interval: Interval, batch: ReadonlyMap<string, Instrument>): Promise<void> {
    const { signal } = this.abort;
    const waiting = new Set(batch.keys());
    const settle = (symbol: string, outcome: HistoryOutcome): void => {
      if (signal.aborted || !waiting.delete(symbol)) return;
      this.take(symbol, interval, outcome);
    };
    try {
      const outcomes = await this.history.ensureHistory(
        [...batch.keys()],
        interval,
        this.config.HISTORY_LIMIT,
        {
          instruments: batch,
          signal,
          onOutcome: settle,
        },
      );
      for (const [symbol, outcome] of outcomes) settle(symbol, outcome);
      const reason = toAppError('history gave no answer', 'CLUSTER.NO_OUTCOME');
      for (const symbol of [...waiting]) settle(symbol, { kind: 'failed', reason });
    } catch (error) {
      const reason = toAppError(error, 'CLUSTER.HISTORY_FAILED');
      for (const symbol of [...waiting]) settle(symbol, { kind: 'failed', reason });
    }
    // What became due by these answers, such as the longer intervals, need not wait for the next tick.
    if (!signal.aborted) this.tick(this.clock.now());
  }

  private take(symbol: string, interval: Interval, outcome: HistoryOutcome): void {
    const entry = this.entries.get(symbol);
    const pipeline = this.pipelines.get(symbol);
    if (entry === undefined || pipeline === undefined) return; // it has left meanwhile
    entry.underWay = false;
    if (outcome.kind !== 'whole') {
      if (outcome.kind === 'stale') pipeline.lane(interval)?.show(outcome.columns);
      return this.postpone(symbol, entry, outcome.reason);
    }
    this.pipelines.load(symbol, interval, outcome.columns);
    entry.failures = 0;
    // Should the series need loading again at once, something is odd: not in a tight loop.
    entry.dueAt = this.clock.now() + (pipeline.unloaded === interval ? this.delayMs(1) : 0);
    entry.failure = undefined;
    if (entry.origin === undefined || entry.origin === 'cache') entry.origin = outcome.origin;
    if (pipeline.unloaded === undefined) entry.outcome = entry.origin === 'cache' ? 'cached' : 'fetched';
  }

  private postpone(symbol: string, entry: Entry, reason: AppError): void {
    entry.failures++;
    const retryMs = atLeastWall(this.clock, 0, reason.retryAfterMs ?? 0);
    entry.dueAt = this.clock.now() + Math.max(retryMs, this.delayMs(entry.failures));
    if (entry.outcome === 'pending') this.logger.warn(`${symbol}: no whole history yet: ${reason.message}`);
    entry.outcome = 'failed';
    entry.failure = { symbol, code: reason.code, message: reason.message };
  }

  private delayMs(failures: number): number {
    const delay = Math.min(5 * MINUTE_MS, 5 * SECOND_MS * 2 ** Math.min(failures - 1, 20));
    return atLeastWall(this.clock, delay, Math.min(10_000, 250 * 2 ** Math.min(failures - 1, 20)));
  }
}
