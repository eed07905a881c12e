/**
 * One symbol on its way through the recording: series, SMC and set-ups, fed row by row. The candle object is one for all
 * rows, so that nothing is made where nothing happens; who keeps a candle copies it.
 *
 * A symbol may run ahead of the minute that is told, up to the close at which one of its set-ups is complete: until then
 * nobody can ask for it, unless it is traded or others are compared with it.
 */
import {
  type Candle,
  CandleSeries,
  type DurationMs,
  type Instrument,
  type Interval,
  intervalMs,
  isAppError,
  type UtcMs,
} from '@slt/domain';
import type { SmcEngine, SmcEvent, SmcView } from '@slt/smc';
import {
  type Candidate,
  type MarketContext,
  relativeVolume,
  type Scorer,
  SetupEngine,
  type SetupOptions,
  type Signal,
  smcForSetups,
} from '@slt/trading';
import type { FundingSchedule } from '../core/funding-schedule';
import type { SeriesFeed } from './series-feed';

/** As many as correlations look at, and a trade's chart shows. */
const KEPT_CANDLES = 256;

export interface TrackParts {
  readonly feed: SeriesFeed;
  readonly interval: Interval;
  readonly instrument: Instrument;
  readonly funding: FundingSchedule;
  readonly scorer?: Scorer | undefined;
  readonly setups?: Partial<SetupOptions> | undefined;
}

export class SymbolTrack {
  readonly symbol: string;
  readonly feed: SeriesFeed;
  readonly instrument: Instrument;
  readonly funding: FundingSchedule;
  readonly series: CandleSeries;
  /** The row that is being worked on. */
  readonly candle: { -readonly [Field in keyof Candle]: Candle[Field] };
  /** Close of the newest candle that was stepped; NaN before the first. */
  lastClose = NaN;
  /** It has orders or a position. */
  isTouched = false;
  /** What that candle proved. */
  events: readonly SmcEvent[] = [];
  /** Rows of the present batch that were stepped. */
  private stepped = 0;
  /** Set-ups that the last of them completed. */
  private found: readonly Candidate[] = [];
  private readonly smc: SmcEngine;
  private readonly setups: SetupEngine;
  private readonly context: Required<MarketContext>;
  private glanced: SmcView | undefined;
  readonly tickSize: number;
  private readonly lengthMs: DurationMs;

  constructor({ feed, interval, instrument, funding, scorer, setups: options }: TrackParts) {
    const { symbol } = feed;
    this.symbol = symbol;
    this.feed = feed;
    this.instrument = instrument;
    this.funding = funding;
    this.tickSize = Number(instrument.filters.tickSize);
    this.lengthMs = intervalMs(interval);
    this.series = new CandleSeries(symbol, interval, KEPT_CANDLES);
    this.candle = { openTime: 0, open: NaN, high: NaN, low: NaN, close: NaN, volume: NaN };
    this.setups = new SetupEngine({
      symbol,
      interval,
      ...(scorer === undefined ? {} : { scorer }),
      ...(options === undefined ? {} : { options }),
    });
    this.smc = smcForSetups(this.setups);
    this.context = {
      view: () => this.view(),
      relativeVolume: () => relativeVolume(this.series),
      series: () => this.series,
    };
  }

  /** Settled last, as of the newest candle's close. */
  get fundingRate(): number {
    return this.funding.rateAt(this.candle.openTime + this.lengthMs);
  }

  /** Open time of the newest candle that was stepped; undefined before the first. */
  get lastOpenTime(): UtcMs | undefined {
    return this.series.lastOpenTime;
  }

  /** The next batch of the feed takes the place of the present one, all of which is told. @returns false: there is none */
  advance(): Promise<boolean> {
    this.stepped = 0;
    return this.feed.advance();
  }

  /** The row of the present batch becomes the candle that is worked on. */
  load(row: number): Candle {
    const { candle } = this;
    const { openTime, open, high, low, close, volume } = this.feed.columns;
    candle.openTime = openTime[row]!;
    candle.open = open[row]!;
    candle.high = high[row]!;
    candle.low = low[row]!;
    candle.close = close[row]!;
    candle.volume = volume[row]!;
    return candle;
  }

  /**
   * The candle of the row, and all before it, are closed.
   * @param mayRunAhead nobody asks for this symbol before it has a signal
   * @returns the row, of those to come or this one, before whose close nothing happens
   * @throws AppError invalid, `CANDLES.ROW`, naming file and line
   */
  close(row: number, mayRunAhead: boolean): number {
    const end = mayRunAhead ? this.feed.columns.length : row + 1;
    while (this.stepped <= row || (this.stepped < end && this.found.length === 0)) this.step();
    return this.found.length === 0 ? this.stepped : this.stepped - 1;
  }

  /** Of the set-ups that the newest candle completed, which is loaded; once. */
  signals(): readonly Signal[] {
    return this.setups.signalsOf(this.found, this.candle, this.context);
  }

  /** As of the newest candle; holds until the next. */
  view(): SmcView {
    return (this.glanced ??= this.smc.glance());
  }

  private step(): void {
    this.load(this.stepped);
    try {
      this.events = this.smc.step(this.candle);
    } catch (error) {
      if (!isAppError(error, 'SMC.CANDLE')) throw error;
      throw this.feed.rowError(this.stepped, error.message, error);
    }
    this.stepped++;
    this.series.push(this.candle);
    this.lastClose = this.candle.close;
    this.glanced = undefined;
    this.found = this.setups.find(this.candle, this.events);
  }
}
