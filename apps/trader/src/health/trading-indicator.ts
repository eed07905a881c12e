/** What trading does, told beside the warm-up; it never decides whether the service is ready. */
import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { TradingService } from '@slt/trading';

@Injectable()
export class TradingIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly trading: TradingService,
  ) {}

  check(): HealthIndicatorResult {
    const indicator = this.indicators.check('trading');
    const { state, mode, breaker, positions, halt, obstacle } = this.trading.status();
    const facts = { state, mode, breaker: breaker.level, positions: positions.length };
    const message = halt === undefined ? obstacle : `halted (${halt.reason}): ${halt.detail}`;
    return message === undefined ? indicator.up(facts) : indicator.degraded({ ...facts, message });
  }
}
