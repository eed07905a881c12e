/**
 * The only source of time for everything that decides. Live code gets the exchange's clock (ExchangeClock in
 * @slt/exchange), tests and backtests one that they move themselves.
 */
import type { DurationMs, UtcMs } from './time';

export interface Clock {
  /** The exchange's time. Never decreases by more than a clock correction. */
  now(): UtcMs;
  /** How long a span of exchange time lasts on this machine's wall clock: the same, unless the emulator runs faster. */
  toWallMs(duration: DurationMs): DurationMs;
}

/** A clock that moves only when told. */
export class ManualClock implements Clock {
  constructor(private time: UtcMs = 0) {}

  now(): UtcMs {
    return this.time;
  }

  toWallMs(duration: DurationMs): DurationMs {
    return duration;
  }

  advance(by: DurationMs): void {
    this.time += by;
  }

  set(to: UtcMs): void {
    this.time = to;
  }
}

/** This machine's own clock, for tools that work without an exchange. */
export class SystemClock implements Clock {
  now(): UtcMs {
    return Date.now();
  }

  toWallMs(duration: DurationMs): DurationMs {
    return duration;
  }
}
