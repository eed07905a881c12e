/** What an account call's handler gets, and how a call is described. */
import type { UtcMs } from '@slt/domain';
import type { QueryOf } from '../limits/weights';
import type { OrderCost, OrderLimits } from '../limits/order-limiter';
import type { Exchange } from '../exchange';
import type { Account, AccountSettings } from './accounts';
import type { ApiKey } from './api-keys';

export interface AccountCall {
  readonly key: ApiKey;
  readonly account: Account;
  readonly params: QueryOf;
  /** Exchange time. */
  readonly now: UtcMs;
  readonly exchange: Exchange;
  readonly settings: AccountSettings;
  readonly orderLimits: OrderLimits;
}

/** The body: text as it is, anything else as JSON. @throws RestError */
export type AccountHandler = (call: AccountCall) => unknown;

export interface AccountRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** The API key alone will do: no time, no signature, and no permission to trade. */
  readonly isKeyOnly?: boolean;
  /** What it counts as new orders. */
  readonly cost?: OrderCost;
  readonly handle: AccountHandler;
}
