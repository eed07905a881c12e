import { Injectable } from '@nestjs/common';
import type { Clock, DurationMs, UtcMs } from '@slt/domain';
import { BinanceClient } from './binance-client';
import { type ClockStatus, ExchangeTime } from './exchange-time';

/** The exchange's clock, with the means to set it. How it corrects itself: ExchangeTime. */
@Injectable()
export class ExchangeClock implements Clock {
  constructor(
    private readonly time: ExchangeTime,
    private readonly client: BinanceClient,
  ) {}

  now(): UtcMs {
    return this.time.now();
  }

  toWallMs(duration: DurationMs): DurationMs {
    return this.time.toWallMs(duration);
  }

  /**
   * @param probes how many round trips at most, of which the shortest sets the clock
   * @throws AppError transient when the exchange does not answer; the clock runs on as it was
   */
  sync(probes?: number): Promise<void> {
    return this.time.sync(() => this.client.serverTime(), probes);
  }

  status(): ClockStatus {
    return this.time.status();
  }
}
