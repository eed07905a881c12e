/**
 * The emulated exchange's clock: wall time scaled by a speed from a fixed origin, ending where a recording ends. Held, it
 * stands at its origin until it is let go.
 */
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
  private start: TimeOrigin;
  private isStanding: boolean;

  /**
   * @param speed exchange milliseconds per wall millisecond, above 0
   * @param end exchange time stops there; undefined: never
   * @param isHeld it stands until `release`
   */
  constructor(
    origin: TimeOrigin,
    readonly speed: number,
    readonly end?: UtcMs,
    isHeld = false,
  ) {
    this.startWall = Date.now();
    this.start = origin;
    this.isStanding = isHeld;
  }

  /** While it is held, of this moment. */
  get origin(): TimeOrigin {
    return this.isStanding ? { wallMs: this.wall(), exchangeMs: this.start.exchangeMs } : this.start;
  }

  get isHeld(): boolean {
    return this.isStanding;
  }

  /** Goes on from where it stands. Without effect on one that runs. */
  release(): void {
    this.start = this.origin;
    this.isStanding = false;
  }

  /** Exchange time in whole milliseconds. Never goes back, whatever happens to this machine's clock. */
  now(): UtcMs {
    const running = this.running();
    return this.end === undefined ? running : Math.min(running, this.end);
  }

  /** As now(), but goes on past the end, so that what the last candle leaves behind can still be sent. */
  running(): UtcMs {
    const { wallMs, exchangeMs } = this.start;
    if (this.isStanding) return Math.floor(exchangeMs);
    return Math.floor(exchangeMs + (this.wall() - wallMs) * this.speed);
  }

  toWallMs(duration: DurationMs): DurationMs {
    return duration / this.speed;
  }
  /** This machine's, however its clock is set meanwhile. */
  private wall(): UtcMs {
    return this.startWall + (performance.now() - this.startTick);
  }
}
