/** What an account holds and what has happened to it. */
import type { PositionSnapshot } from '../../core/account';
import { mandatorySymbol } from '../../rest/params';
import type { AccountCall, AccountRoute } from '../account-call';
import {
  accountConfigBody,
  accountV2,
  accountV3,
  balanceRow,
  incomeBody,
  positionRiskV2,
  positionRiskV3,
  type AccountFlags,
} from '../account-bodies';
import { orderBody, tradeBody } from '../order-bodies';

const RPI_FEE = '0.00005';

export const ACCOUNT_ROUTES: readonly AccountRoute[] = [
  { method: 'GET', path: '/fapi/v2/balance', handle: balance },
  { method: 'GET', path: '/fapi/v3/balance', handle: balance },
  {
    method: 'GET',
    path: '/fapi/v2/account',
    handle: (call) => accountV2(balanceOf(call), allPositions(call), flagsOf(call)),
  },
  {
    method: 'GET',
    path: '/fapi/v3/account',
    handle: (call) => accountV3(balanceOf(call), call.account.engine.reports.positions(noParams, call.now)),
  },
  { method: 'GET', path: '/fapi/v2/positionRisk', handle: positionsV2 },
  {
    method: 'GET',
    path: '/fapi/v3/positionRisk',
    handle: ({ account, params, now }) => account.engine.reports.positions(params, now).map(positionRiskV3),
  },
  {
    method: 'GET',
    path: '/fapi/v1/accountConfig',
    handle: (call) => accountConfigBody(flagsOf(call), call.now),
  },
  { method: 'GET', path: '/fapi/v1/commissionRate', handle: commissionRate },
  {
    method: 'GET',
    path: '/fapi/v1/income',
    handle: ({ account, params, now }) => account.engine.reports.income(params, now).map(incomeBody),
  },
  {
    method: 'GET',
    path: '/fapi/v1/userTrades',
    handle: ({ account, params, now }) => account.engine.reports.trades(params, now).map(tradeBody),
  },
  {
    method: 'GET',
    path: '/fapi/v1/forceOrders',
    handle: ({ account, params, now }) => account.engine.reports.forceOrders(params, now).map(orderBody),
  },
  { method: 'GET', path: '/fapi/v1/rateLimit/order', handle: orderLimits },
  { method: 'GET', path: '/fapi/v1/adlQuantile', handle: adlQuantiles },
];

const noParams = (): undefined => undefined;

function balanceOf({ account, now }: AccountCall): ReturnType<typeof account.engine.reports.balance> {
  return account.engine.reports.balance(now);
}

function balance(call: AccountCall): unknown {
  return [balanceRow(balanceOf(call), aliasOf(call.account.name))];
}

/** A short word of letters, the same for the same account. */
function aliasOf(account: string): string {
  return Buffer.from(account).toString('hex').slice(-6).padStart(6, 'S');
}

function flagsOf({ account, key }: AccountCall): AccountFlags {
  const { isHedgeMode, isMultiAssetsMode } = account.engine.settings;
  return { canTrade: key.canTrade, isHedgeMode, isMultiAssetsMode };
}

function allPositions({ account, now }: AccountCall): PositionSnapshot[] {
  return account.engine.reports.positions(noParams, now, true);
}

function positionsV2({ account, params, now }: AccountCall): unknown {
  const { reports, settings } = account.engine;
  const most = new Map(
    settings.symbolConfig(params, now).map((each) => [each.symbol, each.maxNotionalValue]),
  );
  return reports
    .positions(params, now, true)
    .map((position) => positionRiskV2(position, most.get(position.symbol) ?? '0'));
}

function commissionRate({ params, exchange, now, settings }: AccountCall): unknown {
  const { symbol } = mandatorySymbol(params, exchange.market, now);
  return {
    symbol,
    makerCommissionRate: settings.makerFee,
    takerCommissionRate: settings.takerFee,
    rpiCommissionRate: RPI_FEE,
  };
}

function orderLimits({ orderLimits: limits }: AccountCall): unknown {
  return [
    { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: limits.ordersPer10Seconds },
    { rateLimitType: 'ORDERS', interval: 'MINUTE', intervalNum: 1, limit: limits.ordersPerMinute },
  ];
}

function adlQuantiles({ account, params, now }: AccountCall): unknown {
  const bySymbol = new Map<string, Record<string, number>>();
  for (const { symbol, positionSide, adl } of account.engine.reports.adlQuantiles(params, now)) {
    bySymbol.set(symbol, { LONG: 0, SHORT: 0, ...bySymbol.get(symbol), [positionSide]: adl });
  }
  const rows = [...bySymbol].map(([symbol, adlQuantile]) => ({ symbol, adlQuantile }));
  return params('symbol') === undefined ? rows : (rows[0] ?? {});
}
