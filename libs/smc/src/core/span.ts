/**
 * A stretch of time that comes again and again (a day, a session), and the extremes of its candles. A candle belongs
 * to the occurrence in which it opens; the one whose close time reaches the end is the last.
 */
import type { DurationMs, UtcMs } from '@slt/domain';
import type { CandleWindow } from './candle-window';
import type { ExtremeView, SpanView } from './smc-view';
import type { SnapshotReader } from './snapshot-reader';

export interface Occurrence {
  readonly start: UtcMs;
  /** Exclusive. */
  readonly end: UtcMs;
}

/** The occurrence that is on at the instant, else the next one. */
export type Schedule = (instant: UtcMs) => Occurrence;

export interface SpanListener<Name extends string> {
  /** The present candle is its first. */
  opened?(span: Span<Name>): void;
  /** `previous` is what has ended. */
  closed(span: Span<Name>): void;
}

/** Waiting for its first candle; on; or over, its last candle being in. */
type Phase = 'waiting' | 'on' | 'over';

export class Span<Name extends string> {
  start: UtcMs = NaN;
  end: UtcMs = -1;
  /** Extremes while on; else such that no candle exceeds them. */
  high = Infinity;
  low = -Infinity;
  firstAt = -1;
  firstAtTime: UtcMs = NaN;
  /** The last one that ended and had been seen from its start. */
  previous: SpanView | null = null;
  /** No candle that opens before does more than extend the extremes. */
  wake: UtcMs = -1;
  private phase: Phase = 'over';
  private highAt = -1;
  private highAtTime: UtcMs = NaN;
  private lowAt = -1;
  private lowAtTime: UtcMs = NaN;

  constructor(
    readonly name: Name,
    private readonly schedule: Schedule,
  ) {}

  /** What has been seen of the one that is on. */
  get current(): SpanView | null {
    if (this.phase !== 'on') return null;
    return {
      start: this.start,
      end: this.end,
      high: { level: this.high, at: this.highAt, atTime: this.highAtTime },
      low: { level: this.low, at: this.lowAt, atTime: this.lowAtTime },
    };
  }

  /** A copy of `previous`, for those who may change what they get. */
  get lastEnded(): SpanView | null {
    if (this.previous === null) return null;
    const { start, end, high, low } = this.previous;
    return { start, end, high: { ...high }, low: { ...low } };
  }

  /** Whether no candle of it is missing at the front for the engine having begun too late. */
  get isWhole(): boolean {
    return this.firstAt > 0 || this.firstAtTime === this.start;
  }

  extend(window: CandleWindow): void {
    if (window.high > this.high) this.setHigh(window.high, window.index, window.openTime);
    if (window.low < this.low) this.setLow(window.low, window.index, window.openTime);
  }

  /** To be called for a candle that opens at `wake` or later. */
  step(window: CandleWindow, listener: SpanListener<Name>): void {
    const { openTime, intervalMs } = window;
    if (openTime >= this.end) {
      if (this.phase === 'on') this.close(listener);
      this.await(this.schedule(openTime));
    }
    if (this.phase === 'waiting' && openTime >= this.start) this.begin(window, listener);
    else this.extend(window);
    if (this.phase === 'on' && openTime + intervalMs >= this.end) this.close(listener);
    this.setWake(intervalMs);
  }

  toJSON(): unknown {
    const { previous, firstAt, firstAtTime } = this;
    const high = [this.high, this.highAt, this.highAtTime];
    const low = [this.low, this.lowAt, this.lowAtTime];
    return {
      current: this.phase === 'on' ? { high, low, firstAt, firstAtTime } : null,
      previous: previous === null ? null : { high: toList(previous.high), low: toList(previous.low) },
    };
  }

  /** When it is on, waiting or over follows from the time of the last candle. */
  restore(reader: SnapshotReader, intervalMs: DurationMs): void {
    const { openTime, index } = reader.present;
    const previous = reader.optionalPart('previous');
    const current = reader.optionalPart('current');
    if (previous !== null) this.previous = this.previousFrom(previous, intervalMs);
    if (index >= 0) {
      this.await(this.schedule(openTime));
      if (openTime >= this.start) this.phase = openTime + intervalMs >= this.end ? 'over' : 'on';
      this.setWake(intervalMs);
    }
    if ((current !== null) !== (this.phase === 'on')) {
      reader.fail('current', 'does not go with the last candle');
    }
    if (current !== null) this.restoreCurrent(current);
  }

  private await(occurrence: Occurrence): void {
    this.start = occurrence.start;
    this.end = occurrence.end;
    this.phase = 'waiting';
  }

  private begin(window: CandleWindow, listener: SpanListener<Name>): void {
    this.phase = 'on';
    this.firstAt = window.index;
    this.firstAtTime = window.openTime;
    this.setHigh(window.high, window.index, window.openTime);
    this.setLow(window.low, window.index, window.openTime);
    if (this.isWhole) listener.opened?.(this);
  }

  private close(listener: SpanListener<Name>): void {
    const ended = this.current;
    this.phase = 'over';
    this.high = Infinity;
    this.low = -Infinity;
    if (!this.isWhole) return;
    this.previous = ended;
    listener.closed(this);
  }

  private setWake(intervalMs: DurationMs): void {
    this.wake =
      this.phase === 'waiting' ? this.start : this.phase === 'on' ? this.end - intervalMs : this.end;
  }

  private setHigh(level: number, at: number, atTime: UtcMs): void {
    this.high = level;
    this.highAt = at;
    this.highAtTime = atTime;
  }

  private setLow(level: number, at: number, atTime: UtcMs): void {
    this.low = level;
    this.lowAt = at;
    this.lowAtTime = atTime;
  }

  private previousFrom(reader: SnapshotReader, intervalMs: DurationMs): SpanView {
    const high = reader.mark('high');
    const low = reader.mark('low');
    const occurrence = this.schedule(high.atTime);
    checkExtremes(reader, { ...occurrence, high, low });
    if (occurrence.end > reader.present.openTime + intervalMs) {
      reader.fail('high', 'is of a span that has not ended');
    }
    return { ...occurrence, high, low };
  }

  private restoreCurrent(reader: SnapshotReader): void {
    const high = reader.mark('high');
    const low = reader.mark('low');
    this.firstAt = reader.number('firstAt');
    this.firstAtTime = reader.number('firstAtTime');
    reader.checkCandle('firstAt', this.firstAt, this.firstAtTime);
    checkExtremes(reader, { start: this.firstAtTime, end: this.end, high, low });
    if (this.firstAtTime < this.start) reader.fail('firstAtTime', 'is before the start');
    this.setHigh(high.level, high.at, high.atTime);
    this.setLow(low.level, low.at, low.atTime);
  }
}

function toList({ level, at, atTime }: ExtremeView): number[] {
  return [level, at, atTime];
}

function checkExtremes(reader: SnapshotReader, { start, end, high, low }: SpanView): void {
  const isInside = ({ atTime }: ExtremeView): boolean => atTime >= start && atTime < end;
  if (!isInside(high) || !isInside(low)) reader.fail('high', 'and low are not of one span');
  if (low.level > high.level) reader.fail('low', 'is above the high');
}
