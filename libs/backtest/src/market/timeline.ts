/**
 * All symbols' candles in the order of time: what opens together is told together, symbols in the order they were given.
 * Columns are walked by index; nothing is made for a candle.
 */
import type { DurationMs, UtcMs } from '@slt/domain';
import type { SymbolTrack } from './symbol-track';

/** @param due indices of the tracks that have a candle then, the first `count` of them */
export type MinuteVisitor = (openTime: UtcMs, due: Int32Array, count: number) => void;

export class Timeline {
  private readonly times: Float64Array;
  /** Of the present batches, at hand: this is asked of every candle of every symbol. */
  private readonly openTimes: Float64Array[];
  private readonly rows: Int32Array;
  private readonly due: Int32Array;
  private readonly drained: number[] = [];
  /** The earliest that may come next: a step after what was told last. */
  private expected: UtcMs = Infinity;

  /** @param tracks whose feeds have their first batch */
  constructor(
    private readonly tracks: readonly SymbolTrack[],
    private readonly stepMs: DurationMs,
  ) {
    this.openTimes = tracks.map(({ feed }) => feed.columns.openTime);
    this.times = Float64Array.from(this.openTimes, (openTimes) => openTimes[0] ?? Infinity);
    this.rows = new Int32Array(tracks.length);
    this.due = new Int32Array(tracks.length);
  }

  /**
   * Goes on until a track has told its batch.
   * @returns the tracks whose next batch is wanted, to be followed by `refilled`; none: all is told
   */
  run(visit: MinuteVisitor): readonly number[] {
    const { drained } = this;
    drained.length = 0;
    while (drained.length === 0) {
      let openTime = this.expected;
      let count = openTime === Infinity ? 0 : this.gather(openTime);
      if (count === 0) {
        openTime = this.earliest();
        if (openTime === Infinity) break;
        count = this.gather(openTime);
      }
      visit(openTime, this.due, count);
      this.step(count);
      this.expected = openTime + this.stepMs;
    }
    return drained;
  }

  /** The feed of the track has its next batch, or is at its end. */
  refilled(index: number): void {
    const { openTime } = this.tracks[index]!.feed.columns;
    this.rows[index] = 0;
    this.openTimes[index] = openTime;
    this.times[index] = openTime[0] ?? Infinity;
  }

  /** Row of the track's candle that is told, in its present batch. */
  rowOf(index: number): number {
    return this.rows[index]!;
  }

  private earliest(): UtcMs {
    const { times } = this;
    let earliest = Infinity;
    for (let i = 0; i < times.length; i++) if (times[i]! < earliest) earliest = times[i]!;
    return earliest;
  }

  private gather(openTime: UtcMs): number {
    const { times, due } = this;
    let count = 0;
    for (let i = 0; i < times.length; i++) if (times[i] === openTime) due[count++] = i;
    return count;
  }

  private step(count: number): void {
    const { due, rows, times, openTimes, drained } = this;
    for (let k = 0; k < count; k++) {
      const index = due[k]!;
      const row = rows[index]! + 1;
      rows[index] = row;
      const openTime = openTimes[index]![row];
      if (openTime === undefined) drained.push(index);
      else times[index] = openTime;
    }
  }
}
