/** One engine over the candles of a file: events as lines, and an account of what went by. */
import { AppError, candleAt, type Interval, intervalMs, isAppError } from '@slt/domain';
import { type CandleBatch, isoMinute, OpenTimes, plural } from '@slt/integrity';
import { SmcEngine, type SmcEvent, type SmcOptions } from '@slt/smc';

export class SmcRun {
  private readonly engine: SmcEngine;
  private readonly times: OpenTimes;
  private readonly counts = new Map<SmcEvent['kind'], number>();
  private busyMs = 0;

  constructor(
    private readonly file: string,
    interval: Interval,
    options: Partial<SmcOptions>,
  ) {
    this.engine = new SmcEngine({ ...options, intervalMs: intervalMs(interval) });
    this.times = new OpenTimes(interval);
  }

  /** @returns a line of JSON for each event. @throws AppError invalid, `CANDLES.ROW`, naming file, place and value */
  take(batch: CandleBatch): string {
    const startedAt = performance.now();
    const events: SmcEvent[] = [];
    for (let i = 0; i < batch.columns.length; i++) {
      for (const event of this.step(batch, i)) events.push(event);
    }
    this.busyMs += performance.now() - startedAt;
    for (const { kind } of events) this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    return events.map((event) => `${JSON.stringify(event)}\n`).join('');
  }

  private step(batch: CandleBatch, index: number): readonly SmcEvent[] {
    const candle = candleAt(batch.columns, index);
    const problem = this.times.take(candle.openTime);
    if (problem !== undefined) throw this.rowError(batch.placeOf(index), problem);
    try {
      return this.engine.step(candle);
    } catch (error) {
      if (isAppError(error, 'SMC.CANDLE')) throw this.rowError(batch.placeOf(index), error.message);
      throw error;
    }
  }

  private rowError(place: string, problem: string): AppError {
    return new AppError('invalid', 'CANDLES.ROW', `${this.file}: ${place}: ${problem}`);
  }

  /** What to say at the end. */
  summary(): string[] {
    const { count, first, last, interval } = this.times;
    const span =
      first === undefined || last === undefined ? '' : `, ${isoMinute(first)} to ${isoMinute(last)}`;
    const speed = `${((this.busyMs * 1_000) / Math.max(1, count)).toFixed(2)} µs a candle`;
    return [`${plural(count, 'candle')} of ${interval}${span}, ${speed}`, ...this.holes(), this.events()];
  }

  private holes(): string[] {
    const { holeCount, missing, holes } = this.times;
    if (holeCount === 0) return [];
    const named = holes.map(({ from, to, count }) =>
      count === 1 ? isoMinute(from) : `${isoMinute(from)} to ${isoMinute(to)} (${count})`,
    );
    const rest = holeCount > holes.length ? ', …' : '';
    const text = `${plural(holeCount, 'hole')}, ${plural(missing, 'candle')} missing: ${named.join(', ')}${rest}`;
    return [`${text}; what follows a hole was taken as the next candle`];
  }

  private events(): string {
    const total = [...this.counts.values()].reduce((sum, count) => sum + count, 0);
    const kinds = [...this.counts].map(([kind, count]) => `${count} ${kind}`);
    return total === 0 ? 'no events' : `${plural(total, 'event')}: ${kinds.join(', ')}`;
  }
}
