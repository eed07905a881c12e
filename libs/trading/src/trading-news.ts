/** What trading tells: in the log for people, as events for programs. */
import { Logger } from '@nestjs/common';
import { type Observable, Subject } from 'rxjs';
import type { UtcMs } from '@slt/domain';
import type { BreakerTransition } from './core/breaker';
import type { ControlState } from './core/control';
import type { Trade } from './core/position';
import type { Decision, Signal } from './core/signal';
import type { PositionStatus, TradingEvent } from './trading-status';

export class TradingNews {
  private readonly logger = new Logger('Trading');
  private readonly hub = new Subject<TradingEvent>();

  constructor(private readonly now: () => UtcMs) {}

  /** Hot; completes never. */
  get events(): Observable<TradingEvent> {
    return this.hub;
  }

  state(state: ControlState, at: UtcMs): void {
    this.logger.log(`trading is ${state}`);
    this.hub.next({ type: 'trading', at, state });
  }

  signal(signal: Signal, decision: Decision): void {
    this.hub.next({ type: 'signal', at: this.now(), signal, decision });
  }

  trade(trade: Trade): void {
    const { symbol, direction, exitReason, netPnl } = trade;
    this.logger.log(`${symbol}: ${direction} closed by ${exitReason}, ${netPnl} USDT`);
    this.hub.next({ type: 'trade', at: this.now(), trade });
  }

  breaker(transition: BreakerTransition): void {
    const reasons = transition.reasons.map(({ code }) => code);
    this.logger.warn(`circuit breaker: ${transition.from} → ${transition.to} (${reasons.join(', ')})`);
    this.hub.next({ type: 'breaker', at: this.now(), transition });
  }

  /** @param position looked up only where somebody listens */
  position(symbol: string, position: () => PositionStatus | null): void {
    if (this.hub.observed) this.hub.next({ type: 'position', at: this.now(), symbol, position: position() });
  }
}
