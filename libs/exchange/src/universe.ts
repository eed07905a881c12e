/**
 * What is listed and ours to trade. Asked for at most once an hour; a failing exchange leaves the last good list, which
 * survives a restart on disk.
 */
import { join } from 'node:path';
import { Injectable, Logger } from '@nestjs/common';
import { type Observable, Subject } from 'rxjs';
import { AppConfig } from '@slt/config';
import { HOUR_MS, type Instrument, SECOND_MS, type UtcMs } from '@slt/domain';
import { BinanceClient } from './binance-client';
import type { ContractChange } from './core/stream-frame';
import { diffUniverse, selectUniverse, type UniverseDifference } from './core/universe-filter';
import { ExchangeEndpoint } from './endpoint';
import { ExchangeTime } from './exchange-time';
import { loadUniverse, saveUniverse } from './universe-file';

export interface UniverseSnapshot {
  /** Tradable perpetuals only, by symbol. */
  readonly instruments: ReadonlyMap<string, Instrument>;
  /** When the exchange said so. */
  readonly at: UtcMs;
  readonly origin: 'exchange' | 'disk';
  /** Entries of the exchange that could not be understood. */
  readonly malformed: number;
  /** Why listed symbols were left out, and how many of each. */
  readonly excluded: Readonly<Record<string, number>>;
  /** Configured symbols that are not followed, and why. */
  readonly unfollowed: ReadonlyMap<string, string>;
}

/** While only the list from disk is there, the exchange is asked again this often; wall time. */
const RETRY_MS = 30 * SECOND_MS;

@Injectable()
export class Universe {
  private readonly logger = new Logger(Universe.name);
  private readonly differences = new Subject<UniverseDifference>();
  private snapshot: UniverseSnapshot | undefined;
  private listed = new Map<string, Instrument>();
  private refreshing: Promise<UniverseSnapshot> | undefined;
  private askedAt = Number.NEGATIVE_INFINITY;

  /** What joined and left since the list before; the first list is no change. */
  readonly changes: Observable<UniverseDifference> = this.differences.asObservable();

  constructor(
    private readonly client: BinanceClient,
    private readonly time: ExchangeTime,
    private readonly endpoint: ExchangeEndpoint,
    private readonly config: AppConfig,
  ) {}

  current(): UniverseSnapshot | undefined {
    return this.snapshot;
  }

  /** Also what is listed and not ours to follow; as of the last list. */
  find(symbol: string): Instrument | undefined {
    return this.listed.get(symbol);
  }

  /** @throws AppError what the exchange failed with, when there is no earlier list, on disk neither */
  async load(): Promise<UniverseSnapshot> {
    const { snapshot } = this;
    const isYoung = snapshot !== undefined && this.time.now() - snapshot.at < HOUR_MS;
    const wasJustAsked = snapshot !== undefined && performance.now() - this.askedAt < RETRY_MS;
    return (isYoung && snapshot.origin === 'exchange') || wasJustAsked ? snapshot! : this.refresh();
  }

  /** Asks the exchange now. @throws as load */
  refresh(): Promise<UniverseSnapshot> {
    this.refreshing ??= this.ask().finally(() => (this.refreshing = undefined));
    return this.refreshing;
  }

  /** Whether a notice of the exchange tells anything that the list does not already say. */
  concerns({ symbol, status, deliveryTime }: ContractChange): boolean {
    const known = this.snapshot?.instruments.get(symbol);
    if (known === undefined) return status === 'TRADING' && this.listed.get(symbol)?.status !== 'trading';
    return status !== 'TRADING' || (deliveryTime !== undefined && deliveryTime !== known.deliveryTime);
  }

  private async ask(): Promise<UniverseSnapshot> {
    this.askedAt = performance.now();
    try {
      const { instruments, malformed } = await this.client.exchangeInfo();
      const at = this.time.now();
      await this.save({ instruments, malformed, at });
      return this.take(instruments, { at, malformed, origin: 'exchange' });
    } catch (error) {
      const fallback = this.snapshot ?? (await this.readDisk());
      if (fallback === undefined) throw error;
      this.logger.warn(
        `the list of symbols is from ${new Date(fallback.at).toISOString()}: ${String(error)}`,
      );
      return fallback;
    }
  }

  private take(
    listed: readonly Instrument[],
    facts: Pick<UniverseSnapshot, 'at' | 'malformed' | 'origin'>,
  ): UniverseSnapshot {
    this.listed = new Map(listed.map((instrument) => [instrument.symbol, instrument]));
    const selection = selectUniverse(listed, this.config.SYMBOLS, this.time.now());
    const before = this.snapshot;
    const snapshot = { ...facts, ...selection };
    this.snapshot = snapshot;
    this.warnOfUnfollowed(before?.unfollowed, snapshot.unfollowed);
    const difference =
      before === undefined ? undefined : diffUniverse(before.instruments, snapshot.instruments);
    if (difference !== undefined && difference.added.length + difference.removed.length > 0) {
      this.differences.next(difference);
    }
    return snapshot;
  }

  /** Once, and again when it changes: a misspelt symbol would be missed in silence. */
  private warnOfUnfollowed(
    before: ReadonlyMap<string, string> = new Map(),
    now: ReadonlyMap<string, string>,
  ): void {
    const news = [...now].filter(([symbol, reason]) => before.get(symbol) !== reason);
    if (news.length === 0) return;
    const told = news.map(([symbol, reason]) => `${symbol} (${reason})`).join(', ');
    this.logger.warn(`of SYMBOLS these are not followed: ${told}`);
  }

  private async readDisk(): Promise<UniverseSnapshot | undefined> {
    const saved = await loadUniverse(this.path, this.endpoint.source);
    return (
      saved && this.take(saved.instruments, { at: saved.at, malformed: saved.malformed, origin: 'disk' })
    );
  }

  /** A disk that fails costs us the list after the next restart, not the list of now. */
  private async save(list: {
    instruments: readonly Instrument[];
    malformed: number;
    at: UtcMs;
  }): Promise<void> {
    try {
      await saveUniverse(this.path, { source: this.endpoint.source, ...list });
    } catch (error) {
      this.logger.warn(`the list of symbols could not be saved: ${String(error)}`);
    }
  }

  private get path(): string {
    return join(this.config.DATA_DIR, 'universe.json');
  }
}
