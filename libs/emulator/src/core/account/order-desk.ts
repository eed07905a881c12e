/** Plain orders: what /order, /batchOrders, /openOrder(s), /allOrders and /countdownCancelAll do. */
import { AppError, type UtcMs } from '@slt/domain';
import type { RestError } from '../rest-error';
import type { OrderSnapshot } from './order';
import type { Params } from './params';

export interface PlacedOrder {
  /** As acknowledged: NEW, nothing filled (newOrderRespType ACK, the default). */
  readonly ack: OrderSnapshot;
  /** After matching at the same instant (newOrderRespType RESULT). */
  readonly result: OrderSnapshot;
}

const notBuilt = (): never => {
  throw new AppError('broken-invariant', 'ACCOUNT.NOT_BUILT', 'this call is not built');
};

/** Each call first brings the account to `now`; parameters have the exchange's names. All throw RestError. */
export class OrderDesk {
  /** newClientOrderId '' or missing: one is made. */
  place(_params: Params, _now: UtcMs): PlacedOrder {
    return notBuilt();
  }

  /** All checks of place(), without effect. */
  test(_params: Params, _now: UtcMs): void {
    return notBuilt();
  }

  /** Up to 5; each order's answer or refusal in its place. */
  placeBatch(_orders: readonly Params[], _now: UtcMs): (PlacedOrder | RestError)[] {
    return notBuilt();
  }

  amend(_params: Params, _now: UtcMs): OrderSnapshot {
    return notBuilt();
  }

  amendBatch(_orders: readonly Params[], _now: UtcMs): (OrderSnapshot | RestError)[] {
    return notBuilt();
  }

  cancel(_params: Params, _now: UtcMs): OrderSnapshot {
    return notBuilt();
  }

  /** symbol with orderIdList or origClientOrderIdList: JSON lists of up to 10. */
  cancelBatch(_params: Params, _now: UtcMs): (OrderSnapshot | RestError)[] {
    return notBuilt();
  }

  /** All open plain orders of a symbol. */
  cancelAll(_params: Params, _now: UtcMs): void {
    return notBuilt();
  }

  countdownCancelAll(_params: Params, _now: UtcMs): { symbol: string; countdownTime: string } {
    return notBuilt();
  }

  /** GET /order. */
  find(_params: Params, _now: UtcMs): OrderSnapshot {
    return notBuilt();
  }

  /** GET /openOrder. */
  findOpen(_params: Params, _now: UtcMs): OrderSnapshot {
    return notBuilt();
  }

  /** GET /openOrders; without symbol, all. */
  open(_params: Params, _now: UtcMs): OrderSnapshot[] {
    return notBuilt();
  }

  /** GET /allOrders. */
  all(_params: Params, _now: UtcMs): OrderSnapshot[] {
    return notBuilt();
  }
}
