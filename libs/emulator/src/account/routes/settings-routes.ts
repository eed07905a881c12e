/** Leverage, margin, modes, and the agreement for contracts on stocks. */
import { mandatorySymbol, limitOf, wholeNumber } from '../../rest/params';
import type { AccountCall, AccountRoute } from '../account-call';
import { bracketBody } from '../account-bodies';
import { signAgreement } from './agreement';

const DONE = { code: 200, msg: 'success' };

export const SETTINGS_ROUTES: readonly AccountRoute[] = [
  {
    method: 'POST',
    path: '/fapi/v1/leverage',
    handle: ({ account, params, now }) => account.engine.settings.setLeverage(params, now),
  },
  {
    method: 'POST',
    path: '/fapi/v1/marginType',
    handle: ({ account, params, now }) => {
      account.engine.settings.setMarginType(params, now);
      return DONE;
    },
  },
  { method: 'POST', path: '/fapi/v1/positionMargin', handle: changeMargin },
  { method: 'GET', path: '/fapi/v1/positionMargin/history', handle: marginHistory },
  {
    method: 'GET',
    path: '/fapi/v1/positionSide/dual',
    handle: ({ account }) => ({ dualSidePosition: account.engine.settings.isHedgeMode }),
  },
  {
    method: 'POST',
    path: '/fapi/v1/positionSide/dual',
    handle: ({ account, params, now }) => {
      account.engine.settings.setPositionMode(params, now);
      return DONE;
    },
  },
  {
    method: 'GET',
    path: '/fapi/v1/multiAssetsMargin',
    handle: ({ account }) => ({ multiAssetsMargin: account.engine.settings.isMultiAssetsMode }),
  },
  {
    method: 'POST',
    path: '/fapi/v1/multiAssetsMargin',
    handle: ({ account, params, now }) => {
      account.engine.settings.setMultiAssetsMode(params, now);
      return DONE;
    },
  },
  { method: 'GET', path: '/fapi/v1/leverageBracket', handle: leverageBrackets },
  { method: 'GET', path: '/fapi/v1/symbolConfig', handle: symbolConfig },
  { method: 'POST', path: '/fapi/v1/stock/contract', handle: signAgreement },
];

function changeMargin({ account, params, now }: AccountCall): unknown {
  const { amount, type } = account.engine.settings.changePositionMargin(params, now);
  account.marginChanges.push({
    symbol: params('symbol') ?? '',
    type,
    amount,
    positionSide: params('positionSide') ?? 'BOTH',
    time: now,
  });
  return { amount: Number(amount), code: 200, msg: 'Successfully modify position margin.', type };
}

function marginHistory({ account, params, exchange, now }: AccountCall): unknown {
  const { symbol } = mandatorySymbol(params, exchange.market, now);
  const limit = limitOf(params, 500, 500);
  const type = wholeNumber(params, 'type');
  const from = wholeNumber(params, 'startTime') ?? 0;
  const to = wholeNumber(params, 'endTime') ?? now;
  return account.marginChanges
    .filter((change) => change.symbol === symbol && change.time >= from && change.time <= to)
    .filter((change) => type === undefined || change.type === type)
    .slice(-limit)
    .map((change) => ({ ...change, deltaType: 'USER_ADJUST', asset: 'USDT' }));
}

/** With a symbol one object, without a list. */
function leverageBrackets({ account, params, now }: AccountCall): unknown {
  const rows = account.engine.settings
    .leverageBrackets(params, now)
    .map(({ symbol, brackets }) => ({ symbol, notionalCoef: 1, brackets: brackets.map(bracketBody) }));
  return (params('symbol') ?? '') === '' ? rows : rows[0];
}

function symbolConfig({ account, params, now }: AccountCall): unknown {
  return account.engine.settings.symbolConfig(params, now).map((config) => ({
    symbol: config.symbol,
    marginType: config.marginType,
    isAutoAddMargin: false,
    leverage: config.leverage,
    maxNotionalValue: config.maxNotionalValue,
  }));
}
