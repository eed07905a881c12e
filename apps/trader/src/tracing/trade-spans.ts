import type { Tracer } from '@opentelemetry/api';
import { filter, type Observable, type Subscription } from 'rxjs';
import type { TradingEvent } from '@slt/trading';

/** Each closed position as a span of its life, in exchange time. */
export function traceTrades(events: Observable<TradingEvent>, tracer: Tracer): Subscription {
  return events.pipe(filter((event) => event.type === 'trade')).subscribe(({ trade }) => {
    const { symbol, setup, direction, exitReason, r, positionId } = trade;
    const attributes = {
      'slt.symbol': symbol,
      'slt.setup': setup,
      'slt.direction': direction,
      'slt.exit_reason': exitReason,
      'slt.position_id': positionId,
      ...(Number.isFinite(r) ? { 'slt.r': r } : {}),
    };
    tracer.startSpan('position', { startTime: trade.entryTime, attributes }).end(trade.exitTime);
  });
}
