/** A correction in a line for people. */
import type { Correction } from '../core/reconcile';

export function describeCorrection(correction: Correction): string {
  switch (correction.kind) {
    case 'book-fill':
    case 'adopt-quantity':
      return `${correction.kind} ${correction.fill.symbol} ${correction.fill.side} ${correction.fill.quantity}`;
    case 'advance-order':
      return `${correction.order.intent.id} is ${correction.order.status}`;
    case 'position-differs':
      return `${correction.symbol}: journal ${correction.journal}, exchange ${correction.exchange}`;
    case 'book-funding':
      return `funding of ${correction.payment.symbol}`;
    case 'adopt-position':
      return `adopts ${correction.plan.symbol}`;
    case 'ask-order':
    case 'cancel-stray':
      return `${correction.kind} ${correction.order.symbol} ${correction.order.clientOrderId}`;
    case 'foreign-order':
      return `order ${correction.report.clientOrderId} is not ours`;
  }
}
