/**
 * The learner among the others: trading tells it of everything and asks for its advice, people see what it knows. What
 * it thinks is the core's; nothing here decides about a signal.
 */
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { type Observable, Subject } from 'rxjs';
import { AppConfig } from '@slt/config';
import {
  AppError,
  type Candle,
  type CandleSeries,
  type Clock,
  type DurationMs,
  type Interval as CandleInterval,
  lowerBound,
  SECOND_MS,
  sliceColumns,
  toCandles,
  type UtcMs,
} from '@slt/domain';
import { CLOCK, ExchangeEndpoint } from '@slt/exchange';
import { type Advisor, type Decided, type Score, scoreByParts } from '@slt/trading';
import type { Champion, LearnerStatus, LearningAdvisor, MissedCandle } from './core/advisor';
import type { Drift } from './core/advisor-ports';
import { createAdvisor } from './core/create-advisor';
import { LEAST_SERIES } from './core/features';
import type { LearnedWeight } from './core/learner/online-learner';
import { type MarketFacts, NO_MARKET_FACTS } from './core/market-facts';
import { LearnerKeeper } from './learner-keeper';
import type { LearningEvent } from './learning-events';
import { IntelligenceStore } from './store/intelligence-store';

/** The market as the learner asks for it. */
export interface LearningMarket extends MarketFacts {
  /** The live series; its content changes with every candle. */
  series(symbol: string, interval: CandleInterval): CandleSeries | undefined;
  /** As the journal has it, both inclusive. @throws AppError transient: the database is away */
  decidedBetween(from: UtcMs, until: UtcMs): Promise<Decided>;
}

export interface LearningStatus extends LearnerStatus {
  /** What was not as it should be when it began, for people; null: all was well. */
  readonly note: string | null;
}

/** Wall time. */
const WATCH_EVERY_MS: DurationMs = 5 * SECOND_MS;

const NO_MARKET: LearningMarket = {
  ...NO_MARKET_FACTS,
  series: () => undefined,
  decidedBetween: () => Promise.resolve({ signals: [], trades: [] }),
};

@Injectable()
export class IntelligenceService implements OnApplicationBootstrap, OnModuleDestroy {
  /** For trading. Undefined with LEARNING=off. */
  readonly advisor: Advisor | undefined;
  private readonly logger = new Logger('Intelligence');
  private readonly news = new Subject<LearningEvent>();
  private readonly core: LearningAdvisor;
  private readonly keeper: LearnerKeeper;
  private market: LearningMarket = NO_MARKET;
  private isCaughtUp = false;
  private seen: { outcomes: number; drift: Drift } = { outcomes: 0, drift: 'none' };

  constructor(
    @Inject(AppConfig) private readonly config: AppConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ExchangeEndpoint) private readonly endpoint: Pick<ExchangeEndpoint, 'source'>,
    @Inject(IntelligenceStore) store: Pick<IntelligenceStore, 'load' | 'save' | 'promote'>,
  ) {
    this.core = createAdvisor({
      facts: this.facts(),
      missed: (...span) => this.candlesOf(...span),
      heuristic: scoreByParts,
      mayExplore: config.TRADING_MODE === 'paper',
    });
    this.keeper = new LearnerKeeper({
      ...{ core: this.core, clock, store, marketName: this.marketName },
      keptSamples: config.LEARNING_SAMPLES,
      decidedBetween: (...span) => this.market.decidedBetween(...span),
    });
    if (this.isOn) this.advisor = this.watched();
  }

  get isOn(): boolean {
    return this.config.LEARNING === 'on';
  }

  /** Whose samples and models: what was learned of one market never judges another. */
  get marketName(): string {
    return this.endpoint.source;
  }

  /** Id of who judges once there is enough to judge by; `online`: the online learner. */
  get champion(): string {
    return this.core.championId;
  }

  /** @throws AppError rejected, `LEARNING.OFF` */
  mustBeOn(): void {
    if (!this.isOn) throw new AppError('rejected', 'LEARNING.OFF', 'nothing is learned with LEARNING=off');
  }

  /** Hot; completes never. */
  get events(): Observable<LearningEvent> {
    return this.news;
  }

  /** Once, before the first candle: where candles, fundings and tick sizes come from. */
  connect(market: LearningMarket): void {
    this.market = market;
  }

  /** Ends before the market pipeline starts, so that no signal is judged by a learner that has forgotten. */
  async onApplicationBootstrap(): Promise<void> {
    if (!this.isOn) return;
    this.warnOfShortSeries();
    await this.keeper.restore();
  }

  async onModuleDestroy(): Promise<void> {
    if (this.isOn) await this.keeper.close();
  }

  status(): LearningStatus {
    return { ...this.core.status(), note: this.keeper.note };
  }

  /** Of the online learner. */
  weights(): readonly LearnedWeight[] {
    return this.core.weights();
  }

  /** @param champion undefined: the online learner */
  install(champion: Champion | undefined): void {
    this.core.install(champion);
    this.keeper.changed();
  }

  /** As LearnerKeeper.save. */
  save(): Promise<void> {
    return this.keeper.save();
  }

  tell(event: LearningEvent): void {
    this.news.next(event);
  }

  /** Notices what nobody is told of: outcomes that candles brought, an edge that was lost. */
  @Interval(WATCH_EVERY_MS)
  watch(): void {
    if (!this.isOn) return;
    const { outcomes, drift, model } = this.core.status();
    if (outcomes !== this.seen.outcomes) this.keeper.changed();
    if (drift !== this.seen.drift)
      this.news.next({ type: 'drift', at: Math.round(this.clock.now()), drift, model });
    this.seen = { outcomes, drift };
  }

  /** The core, with an eye on what changes it. */
  private watched(): Advisor {
    const { core, keeper } = this;
    return {
      score: (input) => (keeper.isRestored ? core.score(input) : unasked(core.score(input))),
      onCandle: (symbol, interval, candle) => {
        if (!this.isCaughtUp) this.catchUp(candle.openTime);
        core.onCandle(symbol, interval, candle);
      },
      decided: (signal, decision) => {
        core.decided(signal, decision);
        keeper.changed();
      },
      retracted: (signalId, reason) => core.retracted(signalId, reason),
      traded: (trade) => {
        core.traded(trade);
        keeper.changed();
      },
    };
  }

  /** Followed signals went on without us while we were down: what their candles said is told before the first live one. */
  private catchUp(before: UtcMs): void {
    this.isCaughtUp = true;
    const missed = this.core.awaited().flatMap(({ symbol, interval, from }): MissedCandle[] => {
      return this.candlesOf(symbol, interval, from, before).map((candle) => ({ symbol, interval, candle }));
    });
    if (missed.length === 0) return;
    this.core.replay(missed);
    this.keeper.changed();
  }

  private warnOfShortSeries(): void {
    const { HISTORY_LIMIT } = this.config;
    if (HISTORY_LIMIT >= LEAST_SERIES) return;
    const what = `HISTORY_LIMIT=${HISTORY_LIMIT} keeps fewer candles than the ${LEAST_SERIES} that features look at`;
    this.logger.warn(`${what}: what they make of candles stays unknown to the learner`);
  }

  /** Of the live series, that opened in [from, before). */
  private candlesOf(symbol: string, interval: CandleInterval, from: UtcMs, before: UtcMs): Candle[] {
    const series = this.market.series(symbol, interval);
    if (series === undefined) return [];
    const columns = series.toColumns();
    return toCandles(sliceColumns(columns, lowerBound(columns, from), lowerBound(columns, before)));
  }

  private facts(): MarketFacts {
    return {
      leader: (interval) => this.market.leader(interval),
      fundingRate: (symbol) => this.market.fundingRate(symbol),
      tickSize: (symbol) => this.market.tickSize(symbol),
    };
  }
}

/** Of a learner that does not remember yet what it knew: shown, and not traded. */
function unasked({ assessment, ...score }: Score): Score {
  if (assessment === undefined) return score;
  return { ...score, assessment: { ...assessment, refusals: [...assessment.refusals, 'LEARNING'] } };
}
