/** Conditional orders: the algo service (reference A3). */
import type { AccountRoute } from '../account-call';
import { algoAcknowledgement, algoBody, algoCancellation } from '../order-bodies';
import { checkAgreement } from './agreement';
import { ALL_CANCELLED } from './order-routes';

export const ALGO_ROUTES: readonly AccountRoute[] = [
  {
    method: 'POST',
    path: '/fapi/v1/algoOrder',
    cost: { per10Seconds: 1, perMinute: 1 },
    handle: (call) => {
      checkAgreement(call, call.params);
      return algoAcknowledgement(call.account.engine.algoOrders.place(call.params, call.now));
    },
  },
  {
    method: 'GET',
    path: '/fapi/v1/algoOrder',
    handle: ({ account, params, now }) => algoBody(account.engine.algoOrders.find(params, now)),
  },
  {
    method: 'DELETE',
    path: '/fapi/v1/algoOrder',
    handle: ({ account, params, now }) => algoCancellation(account.engine.algoOrders.cancel(params, now)),
  },
  {
    method: 'GET',
    path: '/fapi/v1/openAlgoOrders',
    handle: ({ account, params, now }) => account.engine.algoOrders.open(params, now).map(algoBody),
  },
  {
    method: 'GET',
    path: '/fapi/v1/allAlgoOrders',
    handle: ({ account, params, now }) => account.engine.algoOrders.all(params, now).map(algoBody),
  },
  {
    method: 'DELETE',
    path: '/fapi/v1/algoOpenOrders',
    handle: ({ account, params, now }) => {
      account.engine.algoOrders.cancelAll(params, now);
      return ALL_CANCELLED;
    },
  },
];
