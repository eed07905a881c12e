/** The market as the running cluster sees it, for the learner; and fundings, which it asks for itself. */
import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Interval as Every } from '@nestjs/schedule';
import { filter, type Subscription, take } from 'rxjs';
import { ClusterService } from '@slt/cluster';
import {
  type CandleSeries,
  type Clock,
  type DurationMs,
  HOUR_MS,
  type Interval,
  SECOND_MS,
  type UtcMs,
} from '@slt/domain';
import { CLOCK, PriceClient, Universe } from '@slt/exchange';
import { IntelligenceService, type LearningMarket } from '@slt/intelligence';
import { type Decided, RecentDecisions, TradingService } from '@slt/trading';

/** Leads all others. */
const LEADER = 'BTCUSDT';
/** The longest time between two fundings of a contract. */
const FUNDING_SPAN_MS: DurationMs = 8 * HOUR_MS;
/** Rates stand in the history some moments after the hour they are settled at. */
const SETTLED_AFTER_MS: DurationMs = 10 * SECOND_MS;
const LOOK_EVERY_MS: DurationMs = 5 * SECOND_MS;
/** What a backtest assumes of a contract that has settled none yet. */
const USUAL_RATE = 0.0001;
/** Of a question that a minute waits for, and wall time between two; then it goes on with the rates that are known. */
const MOST_ATTEMPTS = 20;
const RETRY_MS: DurationMs = 250;

@Injectable()
export class LearningBridge implements LearningMarket, OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('Intelligence');
  private readonly rates = new Map<string, number>();
  private subscription: Subscription | undefined;
  private isWarm = false;
  private isAsking = false;
  /** Fundings are known up to here. */
  private knownTo: UtcMs | undefined;

  constructor(
    private readonly cluster: ClusterService,
    private readonly universe: Universe,
    private readonly prices: PriceClient,
    private readonly intelligence: IntelligenceService,
    private readonly trading: TradingService,
    private readonly decisions: RecentDecisions,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    if (!this.intelligence.isOn) return;
    this.intelligence.connect(this);
    const isWarm = this.cluster.events.pipe(
      filter((event) => event.type === 'warm-up' && event.ready),
      take(1),
    );
    this.subscription = isWarm.subscribe(() => {
      this.isWarm = true;
      void this.askFundings();
    });
  }

  onModuleDestroy(): void {
    this.isWarm = false;
    this.subscription?.unsubscribe();
  }

  /** As of the candle that is acted upon: where that waits for others, the cluster is ahead of it. */
  series(symbol: string, interval: Interval): CandleSeries | undefined {
    return (this.trading.minuteMarket ?? this.cluster).series(symbol, interval);
  }

  leader(interval: Interval): CandleSeries | undefined {
    return this.series(LEADER, interval);
  }

  fundingRate(symbol: string): number | undefined {
    return this.rates.get(symbol) ?? (this.isByMinutes ? USUAL_RATE : undefined);
  }

  tickSize(symbol: string): number | undefined {
    const market = this.trading.minuteMarket;
    const instrument = market === undefined ? this.universe.find(symbol) : market.instrument(symbol);
    const tickSize = Number(instrument?.filters.tickSize);
    return tickSize > 0 ? tickSize : undefined;
  }

  decidedBetween(from: UtcMs, until: UtcMs): Promise<Decided> {
    return this.decisions.between(this.trading.account, from, until);
  }

  /**
   * Where minutes are acted upon one after the other: when it resolves, what was settled before the close is known, and
   * nothing that was settled later. Never rejects.
   */
  async knowFundingsBefore(close: UtcMs): Promise<void> {
    const until = close - 1;
    const hour = Math.floor(until / HOUR_MS) * HOUR_MS;
    if (!this.intelligence.isOn || (this.knownTo !== undefined && this.knownTo >= hour)) return;
    for (let attempt = 1; attempt <= MOST_ATTEMPTS && !(await this.ask(until, hour)); attempt++)
      await pause(RETRY_MS);
  }

  private get isByMinutes(): boolean {
    return this.trading.minuteMarket !== undefined;
  }

  /** Once an hour, a call that costs no weight; never rejects. */
  @Every(LOOK_EVERY_MS)
  async askFundings(): Promise<void> {
    const until = this.clock.now();
    const hour = Math.floor((until - SETTLED_AFTER_MS) / HOUR_MS) * HOUR_MS;
    if (
      !this.isWarm ||
      this.isByMinutes ||
      this.isAsking ||
      (this.knownTo !== undefined && this.knownTo >= hour)
    )
      return;
    this.isAsking = true;
    await this.ask(until, hour);
    this.isAsking = false;
  }

  /** @returns whether it was answered */
  private async ask(until: UtcMs, hour: UtcMs): Promise<boolean> {
    try {
      const from = this.knownTo ?? until - FUNDING_SPAN_MS;
      for await (const { symbol, rate } of this.prices.settledFundings(from, until))
        this.rates.set(symbol, rate);
      this.knownTo = hour;
      return true;
    } catch (error) {
      this.logger.debug(`fundings are asked for again: ${String(error)}`);
      return false;
    }
  }
}

const pause = (ms: DurationMs): Promise<void> => new Promise((wake) => setTimeout(wake, ms).unref());
