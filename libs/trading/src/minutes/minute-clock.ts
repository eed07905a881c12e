/** The clock of trading by candles: it shows how far their market has come, not how far the exchange has. */
import type { Clock, DurationMs, UtcMs } from '@slt/domain';

export class MinuteClock implements Clock {
  private time: UtcMs = -Infinity;

  /** @param exchange whose time it is before the first candle */
  constructor(private readonly exchange: Pick<Clock, 'now'>) {}

  now(): UtcMs {
    return this.time === -Infinity ? this.exchange.now() : this.time;
  }

  /** Candles wait for whoever acts on them: a span of their time is as long as one of ours. */
  toWallMs(duration: DurationMs): DurationMs {
    return duration;
  }

  /** Never goes back. */
  moveTo(at: UtcMs): void {
    if (at > this.time) this.time = at;
  }
}
