/**
 * The learner's life: restored before the first candle, told of everything by trading, saved in the background. What it
 * thinks is the core's; nothing here decides about a signal.
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
  DAY_MS,
  type DurationMs,
  type Interval as CandleInterval,
  lowerBound,
  MINUTE_MS,
  SECOND_MS,
  sliceColumns,
  toAppError,
  toCandles,
  type UtcMs,
} from '@slt/domain';
import { CLOCK, ExchangeEndpoint } from '@slt/exchange';
import { type Advisor, type Decided, type Score, scoreByParts } from '@slt/trading';
import {
  type Champion,
  type LearnerStatus,
  type LearningAdvisor,
  type MissedCandle,
  ONLINE,
} from './core/advisor';
import type { Drift } from './core/advisor-ports';
import { createAdvisor } from './core/create-advisor';
import { FEATURE_VERSION } from './core/features';
import type { LearnedWeight } from './core/learner/online-learner';
import { type MarketFacts, NO_MARKET_FACTS } from './core/market-facts';
import type { Sample } from './core/sample';
import { ForestPredictor } from './core/training';
import type { LearningEvent } from './learning-events';
import { IntelligenceStore, type StoredChampion } from './store/intelligence-store';

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
const SAVE_AFTER_MS: DurationMs = 5 * SECOND_MS;
const SAVE_EVERY_MS: DurationMs = MINUTE_MS;
const WATCH_EVERY_MS: DurationMs = 5 * SECOND_MS;
const RESTORE_AGAIN_MS: DurationMs = 5 * SECOND_MS;
/** The process ends within five seconds, its database after us. */
const LAST_SAVE_LIMIT_MS: DurationMs = 2 * SECOND_MS;
/** A learner that is ahead of the exchange's clock by more has seen the future: a replay began anew. */
const CLOCK_SLACK_MS: DurationMs = MINUTE_MS;
/** Of what was decided before a crash, as far back as outcomes are waited for. */
const REMEMBERED_MS: DurationMs = DAY_MS;
/** An entry that was never filled is known as such so much after its signal. */
const RETRACTED_WITHIN_MS: DurationMs = 15 * MINUTE_MS;
/** While the database is away. */
const MOST_UNSAVED = 5_000;

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
  private market: LearningMarket = NO_MARKET;
  private note: string | null = null;
  private isRestored = false;
  private isCaughtUp = false;
  private isChanged = false;
  private seen: { outcomes: number; drift: Drift } = { outcomes: 0, drift: 'none' };
  private unsaved: Sample[] = [];
  private savedAt = -Infinity;
  private timer: NodeJS.Timeout | undefined;
  /** Saves wait for one another. */
  private queue: Promise<void> = Promise.resolve();

  constructor(
    @Inject(AppConfig) private readonly config: AppConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ExchangeEndpoint) private readonly endpoint: Pick<ExchangeEndpoint, 'source'>,
    @Inject(IntelligenceStore) private readonly store: Pick<IntelligenceStore, 'load' | 'save' | 'promote'>,
  ) {
    this.core = createAdvisor({
      facts: this.facts(),
      missed: (...span) => this.candlesOf(...span),
      heuristic: scoreByParts,
      mayExplore: config.TRADING_MODE === 'paper',
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
    if (this.isOn) await this.restore();
  }

  async onModuleDestroy(): Promise<void> {
    clearTimeout(this.timer);
    if (!this.isOn) return;
    let limit: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (limit = setTimeout(resolve, LAST_SAVE_LIMIT_MS)));
    await Promise.race([this.save(), late]);
    clearTimeout(limit);
  }

  status(): LearningStatus {
    return { ...this.core.status(), note: this.note };
  }

  /** Of the online learner. */
  weights(): readonly LearnedWeight[] {
    return this.core.weights();
  }

  /** @param champion undefined: the online learner */
  install(champion: Champion | undefined): void {
    this.core.install(champion);
    this.changed();
  }

  tell(event: LearningEvent): void {
    this.news.next(event);
  }

  /** Notices what nobody is told of: outcomes that candles brought, an edge that was lost. */
  @Interval(WATCH_EVERY_MS)
  watch(): void {
    if (!this.isOn) return;
    const { outcomes, drift, model } = this.core.status();
    if (outcomes !== this.seen.outcomes) this.changed();
    if (drift !== this.seen.drift)
      this.news.next({ type: 'drift', at: Math.round(this.clock.now()), drift, model });
    this.seen = { outcomes, drift };
  }

  /** What was learned since the last time, with the learner. Never rejects: what fails is saved the next time. */
  save(): Promise<void> {
    this.queue = this.queue.then(() => this.write());
    return this.queue;
  }

  private async write(): Promise<void> {
    if (!this.isRestored || !this.isChanged) return;
    const samples = [...this.unsaved, ...this.core.drainSamples()];
    const snapshot = this.core.snapshot();
    this.isChanged = false;
    this.savedAt = performance.now();
    try {
      const at = Math.round(this.clock.now());
      await this.store.save(this.marketName, { snapshot, samples, at }, this.config.LEARNING_SAMPLES);
      this.unsaved = [];
    } catch (error) {
      this.unsaved = samples.slice(-MOST_UNSAVED);
      this.logger.warn(`what was learned is not saved yet: ${toAppError(error, 'LEARNING.SAVE').message}`);
      this.changed();
    }
  }

  /** Tries until the database answers; nothing is saved before, for it would replace what was learned. */
  private async restore(): Promise<void> {
    try {
      const { snapshot, champion } = await this.store.load(this.marketName);
      const knownTo = this.resume(snapshot);
      await this.reinstate(champion);
      if (knownTo !== undefined) await this.remember(knownTo);
      this.isRestored = true;
      if (this.isChanged) this.changed();
    } catch (error) {
      this.logger.warn(`what was learned is read again: ${toAppError(error, 'LEARNING.LOAD').message}`);
      this.timer = setTimeout(() => {
        this.timer = undefined;
        void this.restore();
      }, RESTORE_AGAIN_MS).unref();
    }
  }

  /** @returns the close of the newest candle that it knows; undefined: it begins anew, and shall not look back */
  private resume(snapshot: unknown): UtcMs | undefined {
    if (snapshot === undefined) return -Infinity;
    try {
      const { now } = snapshot as { now?: unknown };
      if (typeof now === 'number' && this.isAhead(now)) {
        const what = `it knows the market up to ${new Date(now).toISOString()}, and the exchange is not there yet`;
        throw new AppError('rejected', 'LEARNING.AHEAD', what);
      }
      this.core.restore(snapshot);
      return typeof now === 'number' ? now : -Infinity;
    } catch (error) {
      const { message } = toAppError(error, 'LEARNING.RESTORE');
      this.note = `what was learned is of no use, learning began anew: ${message}`;
      this.logger.error(this.note);
      return undefined;
    }
  }

  /** What was decided after the last save, before the process died: the journal has it. Told again, it has no effect. */
  private async remember(knownTo: UtcMs): Promise<void> {
    const now = this.clock.now();
    const from = Math.max(knownTo - RETRACTED_WITHIN_MS, now - REMEMBERED_MS);
    const { signals, trades } = await this.market.decidedBetween(from, now);
    for (const { decision, reasons, ...signal } of signals) {
      this.core.decided(signal, { decision, reasons });
      if (decision === 'refused') this.core.retracted(signal.id, reasons[0] ?? 'ENTRY_NOT_FILLED');
    }
    for (const trade of trades) this.core.traded(trade);
    if (signals.length + trades.length > 0) this.changed();
  }

  private async reinstate(champion: StoredChampion | undefined): Promise<void> {
    if (champion === undefined) return;
    const { id, featureVersion, trainedTo, state } = champion;
    try {
      if (featureVersion !== FEATURE_VERSION || this.isAhead(trainedTo)) {
        const what = `it is of features ${featureVersion}, trained up to ${new Date(trainedTo).toISOString()}`;
        throw new AppError('rejected', 'MODEL.UNFIT', what);
      }
      this.install({ id, predictor: ForestPredictor.restore(state) });
    } catch (error) {
      const { message } = toAppError(error, 'MODEL.RESTORE');
      this.note = `the champion ${id} is of no use, the online learner judges: ${message}`;
      this.logger.error(this.note);
      const at = Math.round(this.clock.now());
      await this.store.promote(this.marketName, { model: ONLINE, at, reason: 'unusable', detail: message });
    }
  }

  private isAhead(at: UtcMs): boolean {
    return at > this.clock.now() + CLOCK_SLACK_MS;
  }

  /** Set when something is to be saved: soon after it happened, never within a candle's pass, and not too often. */
  private changed(): void {
    this.isChanged = true;
    if (!this.isRestored || this.timer !== undefined) return;
    const waitMs = Math.max(SAVE_AFTER_MS, this.savedAt + SAVE_EVERY_MS - performance.now());
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.save();
    }, waitMs).unref();
  }

  /** The core, with an eye on what changes it. */
  private watched(): Advisor {
    const { core } = this;
    return {
      score: (input) => (this.isRestored ? core.score(input) : unasked(core.score(input))),
      onCandle: (symbol, interval, candle) => {
        if (!this.isCaughtUp) this.catchUp(candle.openTime);
        core.onCandle(symbol, interval, candle);
      },
      decided: (signal, decision) => {
        core.decided(signal, decision);
        this.changed();
      },
      retracted: (signalId, reason) => core.retracted(signalId, reason),
      traded: (trade) => {
        core.traded(trade);
        this.changed();
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
    this.changed();
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
