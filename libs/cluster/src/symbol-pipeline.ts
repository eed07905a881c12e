/** All series of one symbol: the streamed base interval, and the longer ones that follow from its closed candles. */
import {
  type Candle,
  CandleBucket,
  type CandleColumns,
  CandleSeries,
  type Instrument,
  type Interval,
  intervalMs,
  openTimeOf,
  type UtcMs,
} from '@slt/domain';
import { CandleLane, type LaneFact, type LaneOutlets } from './candle-lane';
import type { FormingCandle, SeriesState } from './cluster-status';
import { isFresh } from './core/readiness';

/** A longer interval: its lane gets the candles that its bucket completes. */
interface Follower {
  readonly lane: CandleLane;
  readonly bucket: CandleBucket;
}

export interface PipelineTallies {
  gapsRepaired: number;
  duplicatesDropped: number;
  disagreements: number;
}

export class SymbolPipeline {
  readonly base: CandleLane;
  readonly lanes: readonly CandleLane[];
  readonly tallies: PipelineTallies = { gapsRepaired: 0, duplicatesDropped: 0, disagreements: 0 };
  private readonly followers: readonly Follower[];

  /** @param intervals shortest first; the first is the streamed one */
  constructor(
    readonly instrument: Instrument,
    intervals: readonly Interval[],
    capacity: number,
    private readonly outlets: LaneOutlets,
  ) {
    const lanes = intervals.map(
      (interval) => new CandleLane(new CandleSeries(instrument.symbol, interval, capacity), this.intercept()),
    );
    this.lanes = lanes;
    this.base = lanes[0]!;
    this.followers = lanes
      .slice(1)
      .map((lane) => ({ lane, bucket: new CandleBucket(this.base.step, lane.step) }));
  }

  get symbol(): string {
    return this.instrument.symbol;
  }

  lane(interval: Interval): CandleLane | undefined {
    return this.lanes.find((lane) => lane.series.interval === interval);
  }

  /** The next interval whose history is to be loaded: shortest first, since longer ones follow from it. */
  get unloaded(): Interval | undefined {
    return this.lanes.find((lane) => !lane.isLive)?.series.interval;
  }

  /** @param earliest open time before which the history that was asked for does not reach */
  load(interval: Interval, columns: CandleColumns, earliest: UtcMs, now: UtcMs): void {
    const lane = this.lane(interval);
    if (lane === undefined || lane.isLive) return;
    const listed = openTimeOf(this.instrument.onboardTime, interval);
    lane.load(columns, Math.max(listed, openTimeOf(earliest, interval)), now);
    for (const follower of this.followers) {
      if (lane === this.base || lane === follower.lane) this.catchUp(follower, now);
    }
  }

  tick(now: UtcMs, graceMs: number): void {
    this.base.tick(now);
    const { next } = this.base;
    if (next === undefined) return;
    // A longer candle is late only once all that it is made of has been there.
    for (const { lane } of this.followers) lane.tick(Math.min(now, next + graceMs));
  }

  isReady(now: UtcMs, graceMs: number): boolean {
    return this.lanes.every(({ next, step }) => next !== undefined && isFresh(next, step, now, graceMs));
  }

  /** REST changed candles of the base interval: what was folded from them is in doubt. */
  baseRevised(columns: CandleColumns, now: UtcMs): void {
    for (const follower of this.followers) {
      const { lane } = follower;
      if (lane.next === undefined) continue;
      const buckets = new Set(Array.from(columns.openTime, (t) => Math.floor(t / lane.step) * lane.step));
      for (const bucket of buckets) if (bucket < lane.next) lane.dispute(bucket, now);
      this.catchUp(follower, now);
    }
  }

  /**
   * The candles in progress of all intervals; none that would leave a hole behind the newest closed one.
   * @param forming of the base interval
   */
  forming(forming: Candle): FormingCandle[] {
    if (forming.openTime !== this.base.next) return [];
    const longer = this.followers.flatMap(({ lane, bucket }) => {
      const candle = bucket.soFar(forming);
      return candle?.openTime === lane.next ? [{ interval: lane.series.interval, candle: candle! }] : [];
    });
    return [{ interval: this.base.series.interval, candle: forming }, ...longer];
  }

  seriesStates(): SeriesState[] {
    return this.lanes.map((lane) => {
      const { firstOpenTime, lastOpenTime, length, interval } = lane.series;
      return {
        interval,
        candles: length,
        ...(firstOpenTime !== undefined && { firstOpenTime }),
        ...(lastOpenTime !== undefined && { lastOpenTime }),
        knownHoles: lane.knownHoles,
        state: lane.isLive
          ? lane.isRepairing
            ? ('repairing' as const)
            : ('live' as const)
          : ('loading' as const),
      };
    });
  }

  /** Folds what the base series has beyond the follower's newest candle. */
  private catchUp({ lane, bucket }: Follower, now: UtcMs): void {
    bucket.reset();
    if (lane.next === undefined || !this.base.isLive) return;
    const { series } = this.base;
    const gap =
      series.lastOpenTime === undefined ? 0 : (series.lastOpenTime - lane.next) / this.base.step + 1;
    for (let i = Math.max(0, series.length - Math.max(0, gap)); i < series.length; i++) {
      const candle = series.at(i);
      const longer = candle.openTime < lane.next ? undefined : bucket.add(candle);
      if (longer !== undefined) lane.frame(longer, now);
    }
  }

  /** Puts the followers between the base lane and the outlets. */
  private intercept(): LaneOutlets {
    const { outlets } = this;
    return {
      pace: () => outlets.pace(),
      ask: (lane, ask) => outlets.ask(lane, ask),
      revise: (lane, doubt) => outlets.revise(lane, doubt),
      reloaded: (lane, columns) => outlets.reloaded(lane, columns),
      note: (lane, fact) => {
        this.tally(fact);
        outlets.note(lane, fact);
      },
      closed: (lane, candle) => {
        outlets.closed(lane, candle);
        if (lane === this.base) this.feedFollowers(candle);
      },
    };
  }

  private feedFollowers(candle: Candle): void {
    for (const { lane, bucket } of this.followers) {
      if (lane.next === undefined) continue; // it catches up when its history is there
      const longer = bucket.add(candle);
      if (longer !== undefined) lane.frame(longer, longer.openTime + lane.step);
    }
  }

  private tally(fact: LaneFact): void {
    if (fact.kind === 'repaired') this.tallies.gapsRepaired++;
    else if (fact.kind === 'duplicate') this.tallies.duplicatesDropped++;
    else if (fact.kind === 'disagreement') this.tallies.disagreements++;
  }
}

/** Shortest first; the first is the one that is streamed. */
export function shortestFirst(intervals: readonly Interval[]): readonly Interval[] {
  return [...new Set(intervals)].sort((a, b) => intervalMs(a) - intervalMs(b));
}
