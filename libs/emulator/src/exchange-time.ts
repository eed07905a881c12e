/** The emulated exchange's clock: wall time scaled by a speed from a fixed origin, ending where a recording ends. */
import type { Clock, DurationMs, UtcMs } from '@slt/domain';

/** One pair of instants that fixes the whole clock: give it again, and the same exchange goes on. */
export interface TimeOrigin {
  /** An instant by this machine's clock. */
  readonly wallMs: UtcMs;
  /** What the exchange's clock shows at that instant. */
  readonly exchangeMs: UtcMs;
}

export class ExchangeTime implements Clock {
  private readonly startWall: UtcMs;
  private readonly startTick = performance.now();

  /**
   * @param speed exchange milliseconds per wall millisecond, above 0
   * @param end exchange time stops there; undefined: never
   */
  constructor(
    readonly origin: TimeOrigin,
    readonly speed: number,
    readonly end?: UtcMs,
  ) {
    this.startWall = Date.now();
  }

  /** Exchange time in whole milliseconds. Never goes back, whatever happens to this machine's clock. */
  now(): UtcMs {
    const running = this.running();
    return this.end === undefined ? running : Math.min(running, this.end);
  }

  /** As now(), but goes on past the end, so that what the last candle leaves behind can still be sent. */
  running(): UtcMs {
    const wall = this.startWall + (performance.now() - this.startTick);
    return Math.floor(this.origin.exchangeMs + (wall - this.origin.wallMs) * this.speed);
  }

  toWallMs(duration: DurationMs): DurationMs {
    return duration / this.speed;
  }
}
