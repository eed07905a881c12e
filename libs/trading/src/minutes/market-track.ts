/** One symbol as trading by candles sees it: its series, SMC and set-ups as of the minute that is acted upon. */
import {
  type Candle,
  type CandleColumns,
  CandleSeries,
  type Instrument,
  type Interval,
  isAppError,
  toCandles,
} from '@slt/domain';
import type { SmcEngine, SmcEvent, SmcView } from '@slt/smc';
import type { Scorer } from '../core/confidence';
import { SetupEngine, type SetupStep } from '../core/setups';
import type { MarketContext } from '../core/setups/setup';
import type { Signal } from '../core/signal';
import { relativeVolume } from '../signal-finder';
import { smcForSetups } from '../smc-for-setups';

/** As many as a backtest keeps. */
const KEPT_CANDLES = 256;

const NOTHING: readonly SmcEvent[] = Object.freeze([]);

export class MarketTrack {
  readonly series: CandleSeries;
  private readonly smc: SmcEngine;
  private readonly setups: SetupEngine;
  private readonly context: MarketContext;
  private glanced: SmcView | undefined;

  /** @param history closed candles before the first that is told, ascending */
  constructor(
    readonly symbol: string,
    interval: Interval,
    readonly instrument: Instrument,
    { history, scorer }: { history: CandleColumns; scorer: Scorer | undefined },
  ) {
    this.series = new CandleSeries(symbol, interval, KEPT_CANDLES);
    this.setups = new SetupEngine({ symbol, interval, ...(scorer === undefined ? {} : { scorer }) });
    this.smc = smcForSetups(this.setups);
    this.context = {
      view: () => this.view(),
      relativeVolume: () => relativeVolume(this.series),
      series: () => this.series,
    };
    this.warmUp(toCandles(history));
  }

  /** Close of the newest candle; undefined before the first, and for what is no price. */
  get price(): number | undefined {
    const { length } = this.series;
    const price = length === 0 ? 0 : this.series.value('close', length - 1);
    return price > 0 ? price : undefined;
  }

  /** @returns what the candle proved; of one that is not sound, nothing */
  step(candle: Candle): readonly SmcEvent[] {
    const events = this.prove(candle);
    // What follows a hole is the next candle.
    this.series.push(candle);
    this.glanced = undefined;
    return events;
  }

  /** After `step`, once a candle. */
  findSignals(candle: Candle, events: readonly SmcEvent[]): readonly Signal[] {
    return this.setups.onCandle(candle, events, this.context);
  }

  /** As of the newest candle; holds until the next. */
  view(): SmcView {
    return (this.glanced ??= this.smc.glance());
  }

  private warmUp(candles: readonly Candle[]): void {
    const steps: SetupStep[] = [];
    const remembered = candles.length - this.setups.memory - 1;
    for (const [i, candle] of candles.entries()) {
      const events = this.step(candle);
      if (i >= remembered) steps.push({ candle, events });
    }
    this.setups.warmUp(steps);
  }

  private prove(candle: Candle): readonly SmcEvent[] {
    try {
      return this.smc.step(candle);
    } catch (error) {
      if (isAppError(error, 'SMC.CANDLE')) return NOTHING;
      throw error;
    }
  }
}
