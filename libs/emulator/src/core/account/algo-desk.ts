/** The algo service: what /algoOrder, /openAlgoOrders, /allAlgoOrders and /algoOpenOrders do. */
import { AppError, type UtcMs } from '@slt/domain';
import type { AlgoSnapshot } from './algo-order';
import type { Params } from './params';

const notBuilt = (): never => {
  throw new AppError('broken-invariant', 'ACCOUNT.NOT_BUILT', 'this call is not built');
};

/** Each call first brings the account to `now`. All throw RestError. */
export class AlgoDesk {
  place(_params: Params, _now: UtcMs): AlgoSnapshot {
    return notBuilt();
  }

  /** By algoId or clientAlgoId. */
  cancel(_params: Params, _now: UtcMs): AlgoSnapshot {
    return notBuilt();
  }

  /** All of a symbol that have not triggered. */
  cancelAll(_params: Params, _now: UtcMs): void {
    return notBuilt();
  }

  find(_params: Params, _now: UtcMs): AlgoSnapshot {
    return notBuilt();
  }

  open(_params: Params, _now: UtcMs): AlgoSnapshot[] {
    return notBuilt();
  }

  all(_params: Params, _now: UtcMs): AlgoSnapshot[] {
    return notBuilt();
  }
}
