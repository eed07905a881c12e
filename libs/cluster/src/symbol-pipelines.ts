/** The pipelines of all symbols the cluster follows, found by symbol, never by position. */
import { Inject, Injectable, Logger } from '@nestjs/common';
import { AppConfig } from '@slt/config';
import {
  type Candle,
  type CandleColumns,
  type CandleSeries,
  type Clock,
  type Instrument,
  type Interval,
  intervalMs,
  toAppError,
  type UtcMs,
} from '@slt/domain';
import { CLOCK, type KlineFrame } from '@slt/exchange';
import { type SmcEvent, SmcService } from '@slt/smc';
import type { CandleLane, LaneFact, LaneOutlets } from './candle-lane';
import { ClusterEvents } from './cluster-events';
import type { Doubt } from './core/doubts';
import type { Ask } from './core/joiner';
import { atLeastWall, type Pace, paceOf } from './core/pace';
import { RestFiller } from './rest-filler';
import { shortestFirst, SymbolPipeline } from './symbol-pipeline';

/** Weight of the newest frame in the running mean of lateness. */
const LAG_WEIGHT = 0.05;
const NOTHING: readonly SmcEvent[] = [];

const ENGINES_A_BEAT = 40;

@Injectable()
export class SymbolPipelines {
  readonly intervals: readonly Interval[];
  private readonly logger = new Logger('Cluster');
  private pipelines = new Map<string, SymbolPipeline>();
  private active = false;
  private meanLagMs: number | undefined;
  private pace: Pace | undefined;
  private loadedSinceBeat = false;

  constructor(
    @Inject(RestFiller) private readonly filler: RestFiller,
    @Inject(ClusterEvents) private readonly events: ClusterEvents,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(AppConfig) private readonly config: AppConfig,
    @Inject(SmcService) private readonly smc: SmcService,
  ) {
    this.intervals = shortestFirst(config.HISTORY_INTERVALS);
  }

  get base(): Interval {
    return this.intervals[0]!;
  }

  get size(): number {
    return this.pipelines.size;
  }

  /** How late closing frames usually are; undefined before the first. */
  get lagMs(): number | undefined {
    return this.meanLagMs;
  }

  all(): IterableIterator<SymbolPipeline> {
    return this.pipelines.values();
  }

  get(symbol: string): SymbolPipeline | undefined {
    return this.pipelines.get(symbol);
  }

  series(symbol: string, interval: Interval): CandleSeries | undefined {
    return this.pipelines.get(symbol)?.lane(interval)?.series;
  }

  add(instrument: Instrument): void {
    if (this.pipelines.has(instrument.symbol)) return;
    const { HISTORY_LIMIT: capacity } = this.config;
    this.pipelines.set(
      instrument.symbol,
      new SymbolPipeline(instrument, this.intervals, capacity, this.outlets),
    );
  }

  /** @returns the pipeline that was taken out, whose series no longer changes */
  remove(symbol: string): SymbolPipeline | undefined {
    const pipeline = this.pipelines.get(symbol);
    this.pipelines.delete(symbol);
    this.smc.forget(symbol);
    return pipeline;
  }

  /** Begins with no symbol. */
  begin(): void {
    this.pipelines = new Map();
    this.smc.forgetAll();
    this.active = true;
  }

  /** From here on no series changes; what was gathered can still be read and written to disk. */
  end(): void {
    this.active = false;
    this.filler.clear();
  }

  load(symbol: string, interval: Interval, columns: CandleColumns): void {
    const now = this.clock.now();
    const earliest = now - this.config.HISTORY_LIMIT * intervalMs(interval);
    this.loadedSinceBeat = true;
    if (this.active) this.pipelines.get(symbol)?.load(interval, columns, earliest, now);
  }

  /** The pass of a closed frame: synchronous to its end. */
  onFrame(frame: KlineFrame): void {
    const pipeline = this.pipelines.get(frame.symbol);
    if (!this.active || pipeline === undefined || frame.interval !== this.base || !frame.isClosed) return;
    const { openTime, open, high, low, close, volume } = frame;
    this.observeLag(frame.receivedAt - openTime - pipeline.base.step, pipeline.base.step);
    pipeline.base.frame({ openTime, open, high, low, close, volume }, this.clock.now());
  }

  onInterruption(symbols: Iterable<string>): void {
    if (!this.active) return;
    const now = this.clock.now();
    for (const symbol of symbols) this.pipelines.get(symbol)?.base.interrupted(now);
  }

  tick(now: UtcMs): void {
    this.pace = paceOf(this.clock, this.config.HISTORY_LIMIT, this.meanLagMs ?? 0);
    const { graceMs } = this.pace.join;
    for (const pipeline of this.pipelines.values()) pipeline.tick(now, graceMs);
  }

  /** SMC engines that no candle has needed yet: none while histories are coming in, those are worth more. */
  prepareEngines(isWarm: boolean): void {
    const isQuiet = !this.loadedSinceBeat;
    this.loadedSinceBeat = false;
    if (isWarm || isQuiet) this.smc.prepare(ENGINES_A_BEAT);
  }

  isReady(pipeline: SymbolPipeline, now: UtcMs): boolean {
    return pipeline.isReady(now, this.currentPace().freshGraceMs);
  }

  private readonly outlets: LaneOutlets = {
    pace: () => this.currentPace(),
    closed: (lane: CandleLane, candle: Candle) => this.closed(lane.series, candle),
    ask: (lane: CandleLane, ask: Ask) => void this.ask(lane, ask),
    revise: (lane: CandleLane, doubt: Doubt) => void this.revise(lane, doubt),
    reloaded: (lane: CandleLane, columns: CandleColumns) => this.reloaded(lane.series, columns),
    note: (lane: CandleLane, fact: LaneFact) => this.note(lane, fact),
  };

  /** The pass of a closed candle, from here on downwards: series append → SMC engine step → whoever listens. */
  private closed(series: CandleSeries, candle: Candle): void {
    const { symbol, interval } = series;
    const at = this.clock.now();
    let proved = NOTHING;
    if (this.smc.has(symbol, interval)) proved = this.smc.step(symbol, interval, candle);
    else this.smc.load(symbol, interval, series.toColumns()); // lost to an error, or to be begun
    this.events.candleClosed(series, candle, at, proved);
    if (proved.length > 0) this.events.emit({ type: 'smc', at, symbol, interval, events: proved });
  }

  private reloaded(series: CandleSeries, columns: CandleColumns): void {
    this.smc.load(series.symbol, series.interval, columns);
    this.events.seriesReloaded(series);
  }

  private currentPace(): Pace {
    return (this.pace ??= paceOf(this.clock, this.config.HISTORY_LIMIT, this.meanLagMs ?? 0));
  }

  private async ask(lane: CandleLane, ask: Ask): Promise<void> {
    const { symbol, interval } = lane.series;
    try {
      const stillWanted = (): boolean => this.follows(lane) && lane.wants(ask);
      const columns = await this.filler.fill({ symbol, interval, ...ask, stillWanted });
      if (!this.follows(lane)) return;
      if (columns === undefined) lane.withdrawn(ask, this.clock.now());
      else lane.answered(ask, columns, this.clock.now());
    } catch (error) {
      const { message, retryAfterMs = 0 } = toAppError(error, 'CLUSTER.FILL_FAILED');
      this.logger.debug(`${symbol} ${interval}: REST did not fill a hole: ${message}`);
      if (this.follows(lane))
        lane.unanswered(ask, atLeastWall(this.clock, 0, retryAfterMs), this.clock.now());
    }
  }

  private async revise(lane: CandleLane, doubt: Doubt): Promise<void> {
    const { symbol, interval } = lane.series;
    let columns: CandleColumns | undefined;
    try {
      const stillWanted = (): boolean => this.follows(lane) && lane.isRevising(doubt);
      columns = await this.filler.fill({ symbol, interval, ...doubt, stillWanted, idle: true });
    } catch (error) {
      const { message } = toAppError(error, 'CLUSTER.REVISION_FAILED');
      this.logger.debug(`${symbol} ${interval}: REST did not answer on candles in doubt: ${message}`);
    }
    if (!this.follows(lane)) return;
    const now = this.clock.now();
    const taken = lane.revised(doubt, columns, now);
    const pipeline = this.pipelines.get(symbol);
    if (taken !== undefined && pipeline?.base === lane) pipeline.baseRevised(taken, now);
  }

  private follows(lane: CandleLane): boolean {
    return this.active && this.pipelines.get(lane.series.symbol)?.lanes.includes(lane) === true;
  }

  private note(lane: CandleLane, fact: LaneFact): void {
    const { counters } = this.events;
    switch (fact.kind) {
      case 'duplicate':
        counters.duplicatesDropped++;
        return;
      case 'disagreement':
        counters.disagreements++;
        return;
      case 'rejected':
        counters.framesRejected++;
        return;
      case 'reload':
        counters.reloads++;
        return;
      case 'repaired':
        counters.gapsRepaired++;
        counters.candlesRepaired += fact.count;
        break;
      case 'accepted':
        counters.holesAccepted++;
        break;
      case 'appeared':
        counters.holesFilledLater += fact.count;
        break;
      case 'corrected':
        counters.corrections += fact.count;
        break;
    }
    const { symbol, interval } = lane.series;
    const { kind: outcome, from, count } = fact;
    this.events.emit({ type: 'gap', at: this.clock.now(), symbol, interval, from, count, outcome });
  }

  private observeLag(lagMs: number, step: number): void {
    // A frame that is later than the next candle says something of a fault, nothing of how late frames usually are.
    if (lagMs < -step || lagMs > step) return;
    this.meanLagMs =
      this.meanLagMs === undefined ? lagMs : this.meanLagMs + LAG_WEIGHT * (lagMs - this.meanLagMs);
  }
}
