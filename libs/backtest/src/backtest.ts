/**
 * The pipeline of live trading over recorded candles: series → SMC → set-ups → decision → paper account → outcome, all
 * symbols together in the order of time. The same data, options and seed give the same result, whatever the machine.
 */
import { setMaxListeners } from 'node:events';
import { type DurationMs, type Interval, intervalMs, AppError, type UtcMs } from '@slt/domain';
import { readCandleFile } from '@slt/integrity';
import type { MarketFacts } from '@slt/intelligence';
import {
  type BreakerSettings,
  completeRiskLimits,
  type ExitOptions,
  type PaperSettings,
  PAPER_DEFAULTS,
  type RiskLimits,
  type Scorer,
  type SetupOptions,
} from '@slt/trading';
import { FundingSchedule } from './core/funding-schedule';
import { recordedInstrument } from './core/recorded-instrument';
import type { LearningFigures } from './learning/learning-record';
import { LearningRun, type LearnOptions } from './learning/learning-run';
import { readFundings } from './market/funding-file';
import type { Recording } from './market/recording-files';
import { type CandleSource, SeriesFeed, type SeriesHoles } from './market/series-feed';
import { SymbolTrack } from './market/symbol-track';
import { Timeline } from './market/timeline';
import { Outcome, type OutcomeFigures } from './outcome';
import { listeners } from './portfolio/listeners';
import { Portfolio, type PortfolioListener } from './portfolio/portfolio';

export interface BacktestOptions {
  readonly recordings: readonly Recording[];
  readonly interval: Interval;
  /** Open times that are traded on, in [from, to); without them all that there is. */
  readonly from?: UtcMs | undefined;
  readonly to?: UtcMs | undefined;
  /** Candles before `from` that SMC is warmed up with, where there are so many. */
  readonly warmUp?: number | undefined;
  readonly limits?: Partial<RiskLimits> | undefined;
  readonly breaker?: Partial<BreakerSettings> | undefined;
  /** With the balance that the account begins with. */
  readonly paper?: Partial<PaperSettings> | undefined;
  readonly exits?: ExitOptions | undefined;
  readonly setups?: Partial<SetupOptions> | undefined;
  /** Paid each eight hours where no funding is recorded. */
  readonly fundingRate?: number | undefined;
  /** Without it, and without learning, the heuristic. */
  readonly scorer?: Scorer | undefined;
  /** Learns as it goes, and decides what is traded; `scorer` is not asked then. */
  readonly learn?: LearnOptions | undefined;
  /** Hears of every decision and trade as it is made. */
  readonly observer?: PortfolioListener | undefined;
  /** Trades that keep their candles. */
  readonly charts?: number | undefined;
  /** Where candles come from; without it files. */
  readonly read?: CandleSource | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called now and then, with candles told so far and the open time of the last one. */
  readonly onProgress?: ((candles: number, openTime: UtcMs) => void) | undefined;
}

export interface SymbolFacts extends SeriesHoles {
  readonly symbol: string;
  readonly candles: number;
  readonly hasFundings: boolean;
}

export interface BacktestResult extends OutcomeFigures {
  /** Only of a backtest that learns. */
  readonly learning?: LearningFigures;
  /** Warm-up among them. */
  readonly candles: number;
  /** Of this machine's wall clock, reading included. */
  readonly seconds: number;
  /** Open times of the first and the last candle that was traded on; undefined where there was none. */
  readonly first: UtcMs | undefined;
  readonly last: UtcMs | undefined;
  readonly interval: Interval;
  readonly symbols: readonly SymbolFacts[];
}

/** Leads all others. */
const LEADER = 'BTCUSDT';
const WARM_UP = 1_000;
const DEFAULT_FUNDING_RATE = 0.0001;
const DEFAULT_CHARTS = 100;

/** @throws AppError of the files, the limits; invalid, `CANDLES.ROW`; not-found, `BACKTEST.NO_CANDLES` */
export async function runBacktest(options: BacktestOptions): Promise<BacktestResult> {
  const backtest = new Backtest(options);
  try {
    return await backtest.run();
  } finally {
    await backtest.close();
  }
}

class Backtest {
  private readonly lengthMs: DurationMs;
  private readonly startedAt = performance.now();
  private readonly tracks: SymbolTrack[] = [];
  private readonly feeds: SeriesFeed[] = [];
  private readonly told: number[] = [];
  private first: UtcMs | undefined;
  private last: UtcMs | undefined;
  private candles = 0;
  private readonly byName = new Map<string, SymbolTrack>();
  private readonly learning: LearningRun | undefined;

  constructor(private readonly options: BacktestOptions) {
    this.lengthMs = intervalMs(options.interval);
    if (options.signal) setMaxListeners(0, options.signal); // one for each file that is being read
    this.learning = options.learn && new LearningRun(factsOf(this.byName), options.learn);
  }

  async run(): Promise<BacktestResult> {
    const { options, byName, learning } = this;
    await this.open();
    const outcome = new Outcome(byName, options.charts ?? DEFAULT_CHARTS);
    const portfolio = new Portfolio(
      byName,
      {
        interval: options.interval,
        limits: completeRiskLimits(options.limits),
        breaker: options.breaker ?? {},
        paper: options.paper ?? {},
        exits: options.exits,
      },
      listeners([outcome, learning && learnerOf(learning), options.observer]),
    );
    await this.walk(portfolio);
    const figures = outcome.finish(options.paper?.initialBalance ?? PAPER_DEFAULTS.initialBalance);
    return {
      ...figures,
      ...(learning === undefined ? {} : { learning: learning.finish() }),
      candles: this.candles,
      seconds: (performance.now() - this.startedAt) / 1_000,
      first: this.first,
      last: this.last,
      interval: options.interval,
      symbols: this.tracks.map(({ symbol, feed }, i) => ({
        symbol,
        candles: this.told[i]!,
        hasFundings: options.recordings.find((each) => each.symbol === symbol)!.fundingFiles.length > 0,
        ...feed.holes,
      })),
    };
  }

  async close(): Promise<void> {
    for (const feed of this.feeds) await feed.close().catch(() => undefined);
  }

  /** Symbols in ascending order, however they were given; those without a candle in the span are left out. */
  private async open(): Promise<void> {
    const { recordings, interval, signal, from = -Infinity, to = Infinity, warmUp = WARM_UP } = this.options;
    const read = this.options.read ?? readCandleFile;
    const span = { from: from - warmUp * this.lengthMs, to };
    const sorted = recordings.toSorted(bySymbol);
    for (const { symbol, files } of sorted)
      this.feeds.push(new SeriesFeed(symbol, files, { interval, read, ...span, ...(signal && { signal }) }));
    const hasCandles = await allOf(this.feeds.map((feed) => feed.advance()));
    for (const [i, { symbol, fundingFiles }] of sorted.entries()) {
      if (!hasCandles[i]!) continue;
      const feed = this.feeds[i]!;
      const instrument = recordedInstrument(symbol, feed.head);
      const rate = this.options.fundingRate ?? DEFAULT_FUNDING_RATE;
      const funding = new FundingSchedule(await readFundings(fundingFiles), rate);
      const scorer = this.learning?.advisor.score ?? this.options.scorer;
      const { setups } = this.options;
      const track = new SymbolTrack({ feed, interval, instrument, funding, scorer, setups });
      this.tracks.push(track);
      this.byName.set(symbol, track);
      this.told.push(0);
    }
    if (this.tracks.length > 0) return;
    const what = `no candle of ${recordings.map(({ symbol }) => symbol).join(', ')} lies in the span`;
    throw new AppError('not-found', 'BACKTEST.NO_CANDLES', what);
  }

  private async walk(portfolio: Portfolio): Promise<void> {
    const { signal, onProgress } = this.options;
    const timeline = new Timeline(this.tracks, this.lengthMs);
    const next = new Int32Array(this.tracks.length);
    const visit = this.visitorOf(portfolio, timeline, next);
    for (let wanted = timeline.run(visit); wanted.length > 0; wanted = timeline.run(visit)) {
      for (const index of wanted) this.told[index]! += this.tracks[index]!.feed.columns.length;
      const more = await allOf(wanted.map((index) => this.tracks[index]!.advance()));
      wanted.forEach((index, i) => {
        if (!more[i]!) portfolio.finish(this.tracks[index]!);
        next[index] = 0;
        timeline.refilled(index);
      });
      signal?.throwIfAborted();
      onProgress?.(this.candles, this.last ?? 0);
    }
  }

  /**
   * What happens in one minute: orders meet their candles first, then every close is acted upon.
   * @param next of each track the row before whose close nothing happens
   */
  private visitorOf(portfolio: Portfolio, timeline: Timeline, next: Int32Array) {
    const { tracks, lengthMs, learning } = this;
    const { interval } = this.options;
    const advisor = learning?.advisor;
    // Features of all symbols look at it.
    const leader = learning && this.byName.get(LEADER);
    const from = this.options.from ?? -Infinity;
    return (openTime: UtcMs, due: Int32Array, count: number): void => {
      if (portfolio.isBusy) {
        for (let k = 0; k < count; k++) {
          const track = tracks[due[k]!]!;
          if (!track.isTouched) continue;
          track.load(timeline.rowOf(due[k]!));
          portfolio.meet(track);
        }
      }
      const isTraded = openTime >= from;
      portfolio.beginClose(openTime + lengthMs);
      for (let k = 0; k < count; k++) {
        const index = due[k]!;
        const row = timeline.rowOf(index);
        if (row < next[index]! && advisor === undefined) continue;
        const track = tracks[index]!;
        if (row >= next[index]!) {
          next[index] = track.close(row, !track.isTouched && track !== leader);
          if (track.isTouched) portfolio.review(track);
        }
        if (!isTraded) continue;
        advisor?.onCandle(track.symbol, interval, track.load(row));
        if (row !== next[index]) continue;
        for (const signal of track.signals()) portfolio.consider(signal);
      }
      portfolio.endClose();
      learning?.minuteEnded(openTime + lengthMs);
      this.candles += count;
      if (!isTraded) return;
      this.first ??= openTime;
      this.last = openTime;
    };
  }
}

/** Of what is read side by side, in its order; the first that fails in that order is the one told. */
async function allOf<T>(reads: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(reads);
  return Promise.all(reads);
}

const bySymbol = (a: Recording, b: Recording): number =>
  a.symbol < b.symbol ? -1 : Number(a.symbol > b.symbol);

/** What features ask of the market. The leader's newest candle may be of the minute that is told. */
const factsOf = (tracks: ReadonlyMap<string, SymbolTrack>): MarketFacts => ({
  leader: () => tracks.get(LEADER)?.series,
  fundingRate: (symbol) => tracks.get(symbol)?.fundingRate,
  tickSize: (symbol) => tracks.get(symbol)?.tickSize,
});

const learnerOf = (learning: LearningRun): PortfolioListener => ({
  decided: (signal, decision) => {
    learning.advisor.decided(signal, decision);
    learning.decided(signal, decision.decision === 'traded');
  },
  retracted: (signalId, reason) => learning.advisor.retracted(signalId, reason),
  traded: (trade) => learning.advisor.traded(trade),
});
