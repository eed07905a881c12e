/** From an accepted signal to what goes to the exchange: prices on the tick, a quantity on the step, one bounded order. */
import type { Instrument } from '@slt/domain';
import type { OrderDraft } from '../core/order-intent';
import type { PositionPlan } from '../core/position';
import { quantizePrice, quantizeQuantity, quantizeStop, quantizeTarget } from '../core/quantize';
import type { EntrySize } from '../core/risk';
import { type Refusal, signOf, type Signal } from '../core/signal';
import type { UtcMs } from '@slt/domain';

export interface EntryPlan {
  readonly plan: PositionPlan;
  readonly draft: OrderDraft;
}

export interface EntryRequest {
  readonly signal: Signal;
  readonly size: EntrySize;
  readonly instrument: Instrument;
  /** What an order would fill at about. */
  readonly price: number;
  /** How far beyond that price it may fill at most, as a share of the stop's distance. */
  readonly maxSlippage: number;
  readonly now: UtcMs;
}

/**
 * The entry is a limit order beyond the price that fills at once or not at all (IOC): it never pays more than was
 * reckoned with, and nothing of it rests.
 */
export function planEntry(request: EntryRequest): EntryPlan | { readonly refused: Refusal } {
  const { signal, size, instrument, price, maxSlippage, now } = request;
  const { filters } = instrument;
  const sign = signOf(signal.direction);
  const worst = price + sign * maxSlippage * Math.abs(price - signal.stop);
  const limit = quantizePrice(worst, filters, signal.direction === 'long' ? 'down' : 'up');
  const stop = quantizeStop(signal.stop, signal.direction, filters);
  const target = quantizeTarget(signal.target, signal.direction, filters);
  const entry = quantizePrice(price, filters, 'nearest');
  if (limit.kind === 'refused' || stop.kind === 'refused' || target.kind === 'refused') {
    return { refused: 'SYMBOL_NOT_TRADABLE' };
  }
  if (entry.kind === 'refused') return { refused: 'SYMBOL_NOT_TRADABLE' };
  const quantity = quantizeQuantity({ quantity: size.quantity, price: limit.value, lot: 'limit' }, filters);
  if (quantity.kind === 'refused') {
    return { refused: quantity.code === 'BELOW_MIN_NOTIONAL' ? 'BELOW_MIN_NOTIONAL' : 'BELOW_MIN_QUANTITY' };
  }
  const { id, symbol, direction, setup, confidence } = signal;
  return {
    plan: {
      id,
      symbol,
      direction,
      setup,
      stop: stop.value,
      target: target.value,
      entry: entry.value,
      confidence,
      openedAt: now,
    },
    draft: {
      positionId: id,
      role: 'entry',
      generation: 1,
      order: {
        kind: 'limit',
        symbol,
        side: direction === 'long' ? 'buy' : 'sell',
        quantity: quantity.value,
        price: limit.value,
        timeInForce: 'IOC',
        reduceOnly: false,
      },
    },
  };
}
