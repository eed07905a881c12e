/** Plain orders (reference A2): conditional ones belong to the algo service. */
import { paramsOf, type OrderSnapshot, type Params, type PlacedOrder } from '../../core/account';
import { invalidData, mandatoryParameter, RestError } from '../../rest/rest-error';
import type { AccountCall, AccountRoute } from '../account-call';
import { acknowledgement, orderBody } from '../order-bodies';
import { parseBatch } from '../order-params';
import { checkAgreement } from './agreement';

const ONE_ORDER = { per10Seconds: 1, perMinute: 1 };
const ONE_BATCH = { per10Seconds: 5, perMinute: 1 };
const LARGEST_BATCH = 5;

export const ALL_CANCELLED = { code: 200, msg: 'The operation of cancel all open order is done.' };

export const ORDER_ROUTES: readonly AccountRoute[] = [
  { method: 'POST', path: '/fapi/v1/order', cost: ONE_ORDER, handle: placeOrder },
  { method: 'POST', path: '/fapi/v1/order/test', handle: testOrder },
  {
    method: 'PUT',
    path: '/fapi/v1/order',
    cost: ONE_ORDER,
    handle: ({ account, params, now }) => acknowledgement(account.engine.orders.amend(params, now)),
  },
  {
    method: 'GET',
    path: '/fapi/v1/order',
    handle: ({ account, params, now }) => orderBody(account.engine.orders.find(params, now)),
  },
  {
    method: 'DELETE',
    path: '/fapi/v1/order',
    handle: ({ account, params, now }) => acknowledgement(account.engine.orders.cancel(params, now)),
  },
  {
    method: 'GET',
    path: '/fapi/v1/openOrder',
    handle: ({ account, params, now }) => orderBody(account.engine.orders.findOpen(params, now)),
  },
  {
    method: 'GET',
    path: '/fapi/v1/openOrders',
    handle: ({ account, params, now }) => account.engine.orders.open(params, now).map(orderBody),
  },
  {
    method: 'GET',
    path: '/fapi/v1/allOrders',
    handle: ({ account, params, now }) => account.engine.orders.all(params, now).map(orderBody),
  },
  {
    method: 'DELETE',
    path: '/fapi/v1/allOpenOrders',
    handle: ({ account, params, now }) => {
      account.engine.orders.cancelAll(params, now);
      return ALL_CANCELLED;
    },
  },
  { method: 'POST', path: '/fapi/v1/batchOrders', cost: ONE_BATCH, handle: placeBatch },
  { method: 'PUT', path: '/fapi/v1/batchOrders', cost: ONE_BATCH, handle: amendBatch },
  {
    method: 'DELETE',
    path: '/fapi/v1/batchOrders',
    handle: ({ account, params, now }) =>
      account.engine.orders.cancelBatch(params, now).map((each) => orRefusal(each, acknowledgement)),
  },
  {
    method: 'POST',
    path: '/fapi/v1/countdownCancelAll',
    handle: ({ account, params, now }) => account.engine.orders.countdownCancelAll(params, now),
  },
];

function placeOrder(call: AccountCall): unknown {
  const { account, params, now } = call;
  checkAgreement(call, params);
  return answerTo(params, account.engine.orders.place(params, now));
}

function testOrder(call: AccountCall): unknown {
  const { account, params, now } = call;
  checkAgreement(call, params);
  account.engine.orders.test(params, now);
  return {};
}

function placeBatch(call: AccountCall): unknown {
  const orders = batchOf(call.params);
  const refusals = orders.map((order) => agreementRefusal(call, order));
  const allowed = orders.filter((_, index) => refusals[index] === undefined);
  const placed = allowed.length === 0 ? [] : call.account.engine.orders.placeBatch(allowed, call.now);
  let next = 0;
  return orders.map((order, index) => {
    const outcome = refusals[index] ?? placed[next++]!;
    return orRefusal(outcome, (accepted) => answerTo(order, accepted));
  });
}

function amendBatch({ account, params, now }: AccountCall): unknown {
  const amended = account.engine.orders.amendBatch(batchOf(params), now);
  return amended.map((each) => orRefusal(each, acknowledgement));
}

/** What was asked for with newOrderRespType. */
function answerTo(params: Params, { ack, result }: PlacedOrder): unknown {
  return acknowledgement(params('newOrderRespType') === 'RESULT' ? result : ack);
}

function agreementRefusal(call: AccountCall, order: Params): RestError | undefined {
  try {
    checkAgreement(call, order);
    return undefined;
  } catch (error) {
    if (error instanceof RestError) return error;
    throw error;
  }
}

/** @throws RestError -1102, -1130, -4082 */
function batchOf(params: Params): Params[] {
  const text = params('batchOrders') ?? '';
  if (text === '') throw mandatoryParameter('batchOrders');
  const orders = parseBatch(text);
  if (orders === undefined) throw invalidData('batchOrders');
  if (orders.length === 0 || orders.length > LARGEST_BATCH) {
    throw new RestError(400, -4082, 'Invalid number of batch place orders.');
  }
  return orders.map(paramsOf);
}

/** A refused element of a batch stands in its place as code and text. */
function orRefusal<T extends OrderSnapshot | PlacedOrder>(
  outcome: T | RestError,
  body: (accepted: T) => unknown,
): unknown {
  return outcome instanceof RestError ? { code: outcome.code, msg: outcome.message } : body(outcome);
}
