/**
 * The pipeline of live trading over recorded candles: series → SMC → set-ups → decision → paper account → outcome, all
 * symbols together in the order of time. The same data, options and seed give the same result, whatever the machine.
 */
import { type DurationMs, type Interval, intervalMs, isAppError, AppError, type UtcMs } from '@slt/domain';
import { readCandleFile } from '@slt/integrity';
import {
  type BreakerSettings,
  completeRiskLimits,
  type ExitOptions,
  type PaperSettings,
  PAPER_DEFAULTS,
  type RiskLimits,
  type Scorer,
} from '@slt/trading';
import { FundingSchedule } from './core/funding-schedule';
import { recordedInstrument } from './core/recorded-instrument';
import { readFundings } from './market/funding-file';
import type { Recording } from './market/recording-files';
import { type CandleSource, SeriesFeed, type SeriesHoles } from './market/series-feed';
import { SymbolTrack } from './market/symbol-track';
import { Timeline } from './market/timeline';
import { Outcome, type OutcomeFigures } from './outcome';
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
  /** Paid each eight hours where no funding is recorded. */
  readonly fundingRate?: number | undefined;
  /** Without it the heuristic. */
  readonly scorer?: Scorer | undefined;
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

  constructor(private readonly options: BacktestOptions) {
    this.lengthMs = intervalMs(options.interval);
  }

  async run(): Promise<BacktestResult> {
    const { options } = this;
    await this.open();
    const byName = new Map(this.tracks.map((track) => [track.symbol, track]));
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
      options.observer === undefined ? outcome : both(outcome, options.observer),
    );
    await this.walk(portfolio);
    const figures = outcome.finish(options.paper?.initialBalance ?? PAPER_DEFAULTS.initialBalance);
    return {
      ...figures,
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
    for (const { symbol, files, fundingFiles } of recordings.toSorted(bySymbol)) {
      const span = { from: from - warmUp * this.lengthMs, to };
      const feed = new SeriesFeed(symbol, files, { interval, read, ...span, ...(signal && { signal }) });
      this.feeds.push(feed);
      if (!(await feed.advance())) continue;
      const instrument = recordedInstrument(symbol, feed.columns);
      const rate = this.options.fundingRate ?? DEFAULT_FUNDING_RATE;
      const funding = new FundingSchedule(await readFundings(fundingFiles), rate);
      this.tracks.push(new SymbolTrack({ feed, interval, instrument, funding, scorer: this.options.scorer }));
      this.told.push(0);
    }
    if (this.tracks.length > 0) return;
    const what = `no candle of ${recordings.map(({ symbol }) => symbol).join(', ')} lies in the span`;
    throw new AppError('not-found', 'BACKTEST.NO_CANDLES', what);
  }

  private async walk(portfolio: Portfolio): Promise<void> {
    const { signal, onProgress } = this.options;
    const timeline = new Timeline(this.tracks, this.lengthMs);
    const visit = this.visitorOf(portfolio, timeline);
    for (let wanted = timeline.run(visit); wanted.length > 0; wanted = timeline.run(visit)) {
      for (const index of wanted) {
        const track = this.tracks[index]!;
        if (!(await track.feed.advance())) portfolio.finish(track);
        timeline.refilled(index);
      }
      signal?.throwIfAborted();
      onProgress?.(this.candles, this.last ?? 0);
    }
  }

  /** What happens in one minute: orders meet their candles first, then every close is acted upon. */
  private visitorOf(portfolio: Portfolio, timeline: Timeline) {
    const { tracks, told, lengthMs } = this;
    const from = this.options.from ?? -Infinity;
    return (openTime: UtcMs, due: Int32Array, count: number): void => {
      if (portfolio.isBusy) {
        for (let k = 0; k < count; k++) {
          const track = tracks[due[k]!]!;
          if (track.isTouched) portfolio.meet(track);
        }
      }
      const isTraded = openTime >= from;
      portfolio.beginClose(openTime + lengthMs);
      for (let k = 0; k < count; k++) {
        const index = due[k]!;
        const track = tracks[index]!;
        stepOrExplain(track, timeline.rowOf(index));
        told[index]!++;
        if (track.isTouched) portfolio.review(track);
        const signals = track.findSignals();
        if (signals.length > 0 && isTraded) for (const signal of signals) portfolio.consider(signal);
      }
      portfolio.endClose();
      this.candles += count;
      if (!isTraded) return;
      this.first ??= openTime;
      this.last = openTime;
    };
  }
}

/** @throws AppError invalid, `CANDLES.ROW`, naming file and line */
function stepOrExplain(track: SymbolTrack, row: number): void {
  try {
    track.step();
  } catch (error) {
    if (isAppError(error, 'SMC.CANDLE')) throw track.feed.rowError(row, error.message, error);
    throw error;
  }
}

const bySymbol = (a: Recording, b: Recording): number =>
  a.symbol < b.symbol ? -1 : Number(a.symbol > b.symbol);

function both(one: PortfolioListener, other: PortfolioListener): PortfolioListener {
  return {
    decided: (signal, decision) => {
      one.decided(signal, decision);
      other.decided(signal, decision);
    },
    retracted: (signalId, reason) => {
      one.retracted(signalId, reason);
      other.retracted(signalId, reason);
    },
    traded: (trade) => {
      one.traded(trade);
      other.traded(trade);
    },
  };
}
