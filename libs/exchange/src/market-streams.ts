/**
 * Candles as they close, of any number of symbols, over as many connections as it takes. What closes is parsed; all
 * other frames only show that their stream lives, except to who watches that candle form.
 */
import { Inject, Injectable, Logger, type OnModuleDestroy, Optional } from '@nestjs/common';
import { type Observable, Subject } from 'rxjs';
import { type DurationMs, intervalMs, type UtcMs } from '@slt/domain';
import { planShards } from './core/shard-plan';
import { streamPatienceMs } from './core/silence';
import { type ContractChange, type KlineFrame, parseStreamMessage } from './core/stream-frame';
import { CONTRACT_INFO_STREAM, type StreamKey, streamName } from './core/stream-key';
import { CandleProof } from './candle-proof';
import { ExchangeEndpoint } from './endpoint';
import { STREAM_OPTIONS } from './exchange.tokens';
import { ExchangeTime } from './exchange-time';
import { FormingCandles } from './forming-candles';
import type { Interruption, MarketStreamsStatus } from './market-streams-status';
import { eventTimeOf, mayBeClosing, openTimeOf, streamNameOf } from './frame-scan';
import { StreamLink } from './stream-link';
import { type MarketStreamsOptions, STREAM_DEFAULTS } from './stream-options';

interface Subscription {
  readonly key: StreamKey;
  readonly link: StreamLink;
  /** performance.now() of its last frame; at first, of its beginning. */
  heardAt: number;
  /** performance.now() when it was last subscribed, anew too. */
  subscribedAt: number;
  vainRemedies: number;
  isSilent: boolean;
}

const LONGEST_CHECK_GAP_MS = 15_000;
const SHORTEST_CHECK_GAP_MS = 100;
/** However short the interval is in wall time, the network may pause for so long. */
const SHORTEST_PATIENCE_MS = 1_000;

@Injectable()
export class MarketStreams implements OnModuleDestroy {
  private readonly logger = new Logger(MarketStreams.name);
  private readonly options: MarketStreamsOptions;
  private readonly candles = new Subject<KlineFrame>();
  private readonly interrupted = new Subject<Interruption>();
  private readonly contracts = new Subject<ContractChange>();
  private readonly subscriptions = new Map<string, Subscription>();
  private links: StreamLink[] = [];
  private checkTimer: NodeJS.Timeout | undefined;
  private closedLinkReconnects = 0;
  private lastFrameAt: UtcMs | undefined;
  private lastEventTime: UtcMs | undefined;
  private malformed = 0;

  /** Candles the exchange calls closed: perhaps twice, late or out of order. */
  readonly closedCandles: Observable<KlineFrame> = this.candles.asObservable();
  /** Candles before they close. Whatever is decided is decided on closed ones. */
  readonly forming = new FormingCandles();
  /** Told after the streams run again: frames may have been missed before. */
  readonly interruptions: Observable<Interruption> = this.interrupted.asObservable();
  /** Listings, settlements, bracket changes. */
  readonly contractChanges: Observable<ContractChange> = this.contracts.asObservable();

  constructor(
    private readonly endpoint: ExchangeEndpoint,
    private readonly time: ExchangeTime,
    private readonly proof: CandleProof,
    @Optional() @Inject(STREAM_OPTIONS) options?: Partial<MarketStreamsOptions>,
  ) {
    this.options = { ...STREAM_DEFAULTS, ...options };
  }

  /**
   * Streams the keys, and the exchange's notices of contracts. Keys that stream already are left alone.
   * @returns when the exchange has acknowledged all; tries for ever
   * @throws AppError transient, `EXCHANGE.STREAM_CLOSED`, when closed meanwhile
   */
  open(keys: readonly StreamKey[]): Promise<void> {
    return this.place(
      keys,
      this.links.some((link) => link.names.has(CONTRACT_INFO_STREAM)) ? [] : [CONTRACT_INFO_STREAM],
    );
  }

  /** As open, for more keys. */
  add(keys: readonly StreamKey[]): Promise<void> {
    return this.place(keys, []);
  }

  async remove(keys: readonly StreamKey[]): Promise<void> {
    const names = keys.map(streamName).filter((name) => this.subscriptions.has(name));
    const byLink = new Map<StreamLink, string[]>();
    for (const name of names) {
      const { link } = this.subscriptions.get(name)!;
      byLink.set(link, [...(byLink.get(link) ?? []), name]);
      this.subscriptions.delete(name);
    }
    await Promise.all([...byLink].map(([link, gone]) => this.shrink(link, gone)));
  }

  /** Ends everything; may be opened again. */
  close(): Promise<void> {
    clearInterval(this.checkTimer);
    this.checkTimer = undefined;
    for (const link of this.links) this.drop(link);
    this.links = [];
    this.subscriptions.clear();
    return Promise.resolve();
  }

  async onModuleDestroy(): Promise<void> {
    await this.close();
  }

  status(): MarketStreamsStatus {
    const { lastFrameAt, lastEventTime } = this;
    const sum = (count: (link: StreamLink) => number): number =>
      this.links.reduce((total, link) => total + count(link), 0);
    const silent = [...this.subscriptions.values()].filter(({ isSilent }) => isSilent).length;
    return {
      connections: sum((link) => link.connections),
      subscriptions: this.subscriptions.size,
      reconnects: this.closedLinkReconnects + sum((link) => link.reconnects),
      ...(lastFrameAt === undefined ? {} : { lastFrameAt }),
      ...(lastFrameAt === undefined || lastEventTime === undefined
        ? {}
        : { lagMs: Math.max(0, this.time.toWallMs(lastFrameAt - lastEventTime)) }),
      silentSymbols: silent + sum((link) => link.refused),
      malformed: this.malformed,
    };
  }

  private async place(keys: readonly StreamKey[], others: readonly string[]): Promise<void> {
    const fresh = new Map(keys.map((key) => [streamName(key), key]));
    for (const name of fresh.keys()) if (this.subscriptions.has(name)) fresh.delete(name);
    const plan = planShards(
      this.links.map((link) => link.names.size),
      [...others, ...fresh.keys()],
      this.options.maxStreamsPerConnection,
    );
    const made = plan.fresh.map(() => this.createLink());
    const shares = [...plan.additions, ...plan.fresh];
    const links = [...this.links, ...made];
    this.links = links;
    const changes = links.flatMap((link, i) =>
      shares[i]!.length > 0 ? [this.grow(link, shares[i]!, fresh)] : [],
    );
    for (const link of made) link.start();
    this.startChecks();
    // Asked for again before the first answer: wait for that one as well.
    const pending = this.links.filter((link) => !link.isLive).map((link) => link.change([], []));
    await Promise.all([...changes, ...pending]);
  }

  private grow(
    link: StreamLink,
    names: readonly string[],
    keys: ReadonlyMap<string, StreamKey>,
  ): Promise<void> {
    const now = performance.now();
    for (const name of names) {
      const key = keys.get(name);
      if (key === undefined) continue;
      this.subscriptions.set(name, {
        key,
        link,
        heardAt: now,
        subscribedAt: now,
        vainRemedies: 0,
        isSilent: false,
      });
    }
    return link.change(names, []);
  }

  private async shrink(link: StreamLink, names: readonly string[]): Promise<void> {
    if (names.length < link.names.size) return link.change([], names);
    this.links = this.links.filter((other) => other !== link);
    this.drop(link);
  }

  private drop(link: StreamLink): void {
    this.closedLinkReconnects += link.reconnects;
    link.close();
  }

  private createLink(): StreamLink {
    return new StreamLink(`${this.endpoint.wsUrl}${this.options.path}`, this.options, {
      onData: (message) => this.take(message),
      onRestored: (link, reason) => this.tellInterruption(link, reason),
      shortestIntervalMs: (link) => this.shortestIntervalMs(link.names),
    });
  }

  private take(message: Buffer): void {
    const now = this.time.now();
    this.lastFrameAt = now;
    this.lastEventTime = eventTimeOf(message) ?? this.lastEventTime;
    const name = streamNameOf(message);
    const subscription = name === undefined ? undefined : this.subscriptions.get(name);
    if (subscription !== undefined) {
      subscription.heardAt = performance.now();
      subscription.vainRemedies = 0;
      subscription.isSilent = false;
      this.proof.note(openTimeOf(message) ?? 0);
      if (!mayBeClosing(message)) return this.forming.offer(name!, message, now);
    }
    this.parse(message.toString('utf8'), now);
  }

  private parse(text: string, now: UtcMs): void {
    const message = parseStreamMessage(text, now);
    if (message.kind === 'kline') {
      const isOurs = this.subscriptions.has(streamName(message.frame));
      if (message.frame.isClosed && isOurs) this.candles.next(message.frame);
    } else if (message.kind === 'contract') this.contracts.next(message.change);
    else if (message.kind === 'malformed') this.malformed++;
  }

  private tellInterruption(link: StreamLink, reason: string): void {
    const held = [...link.names].flatMap((name) => this.subscriptions.get(name) ?? []);
    for (const subscription of held) subscription.subscribedAt = performance.now();
    this.logger.warn(`${held.length} streams run again after an interruption: ${reason}`);
    if (held.length > 0) this.interrupted.next({ subscriptions: held.map(({ key }) => key), reason });
  }

  private startChecks(): void {
    if (this.checkTimer !== undefined || this.subscriptions.size === 0) return;
    const gap = this.shortestIntervalMs(this.subscriptions.keys()) / 2;
    this.checkTimer = setInterval(
      () => this.checkSilence(),
      Math.min(LONGEST_CHECK_GAP_MS, Math.max(SHORTEST_CHECK_GAP_MS, gap)),
    );
  }

  private checkSilence(): void {
    const now = performance.now();
    const overdue = new Map<StreamLink, Subscription[]>();
    for (const subscription of this.subscriptions.values()) {
      subscription.isSilent = now - subscription.heardAt > this.patienceMs(subscription.key, 0);
      if (this.needsRemedy(subscription, now)) {
        overdue.set(subscription.link, [...(overdue.get(subscription.link) ?? []), subscription]);
      }
    }
    for (const [link, silent] of overdue) void this.renew(link, silent, now);
  }

  /** Silent for too long although its connection speaks. A silent connection is the link's own affair. */
  private needsRemedy(
    { key, link, heardAt, subscribedAt, vainRemedies }: Subscription,
    now: number,
  ): boolean {
    const since = Math.max(heardAt, subscribedAt);
    return link.isLive && link.lastHeardAt > since && now - since > this.patienceMs(key, vainRemedies);
  }

  private patienceMs(key: StreamKey, vainRemedies: number): DurationMs {
    const patience = streamPatienceMs(this.wallLength(key), this.options.silentIntervals, vainRemedies);
    return Math.max(patience, SHORTEST_PATIENCE_MS);
  }

  private async renew(link: StreamLink, silent: readonly Subscription[], now: number): Promise<void> {
    for (const subscription of silent) {
      subscription.vainRemedies++;
      subscription.subscribedAt = now;
    }
    try {
      await link.renew(silent.map(({ key }) => streamName(key)));
      const subscriptions = silent.map(({ key }) => key);
      this.interrupted.next({ subscriptions, reason: 'the stream fell silent' });
    } catch {
      // The socket was lost meanwhile: the link tells of that itself.
    }
  }

  private shortestIntervalMs(names: Iterable<string>): DurationMs {
    let shortest = Number.POSITIVE_INFINITY;
    for (const name of names) {
      const key = this.subscriptions.get(name)?.key;
      if (key !== undefined) shortest = Math.min(shortest, this.wallLength(key));
    }
    return Number.isFinite(shortest) ? shortest : this.time.toWallMs(intervalMs('1d'));
  }

  private wallLength({ interval }: StreamKey): DurationMs {
    return this.time.toWallMs(intervalMs(interval));
  }
}
