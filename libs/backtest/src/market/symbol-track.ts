/**
 * One symbol on its way through the recording: series, SMC and set-ups, fed row by row. The candle object is one for all
 * rows, so that nothing is made where nothing happens; who keeps a candle copies it.
 */
import {
  type Candle,
  type CandleColumns,
  CandleSeries,
  type DurationMs,
  type Instrument,
  type Interval,
  intervalMs,
  type UtcMs,
} from '@slt/domain';
import { SmcEngine, type SmcEvent, type SmcView } from '@slt/smc';
import {
  type MarketContext,
  relativeVolume,
  type Scorer,
  SetupEngine,
  type SetupOptions,
  type Signal,
  TRADING_INTERESTS,
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
    this.smc = new SmcEngine({ intervalMs: intervalMs(interval) }, TRADING_INTERESTS);
    this.setups = new SetupEngine({
      symbol,
      interval,
      ...(scorer === undefined ? {} : { scorer }),
      ...(options === undefined ? {} : { options }),
    });
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

  /** The row becomes the candle that is worked on. */
  load({ openTime, open, high, low, close, volume }: CandleColumns, row: number): void {
    const { candle } = this;
    candle.openTime = openTime[row]!;
    candle.open = open[row]!;
    candle.high = high[row]!;
    candle.low = low[row]!;
    candle.close = close[row]!;
    candle.volume = volume[row]!;
  }

  /** The loaded candle is closed. @throws AppError invalid, `SMC.CANDLE` */
  step(): void {
    this.events = this.smc.step(this.candle);
    this.series.push(this.candle);
    this.lastClose = this.candle.close;
    this.glanced = undefined;
  }

  /** After `step`, once a candle. */
  findSignals(): readonly Signal[] {
    return this.setups.onCandle(this.candle, this.events, this.context);
  }

  /** As of the newest candle; holds until the next. */
  view(): SmcView {
    return (this.glanced ??= this.smc.glance());
  }
}
