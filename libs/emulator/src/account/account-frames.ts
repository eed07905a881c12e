/** Events of an account as frames of its stream (reference A3, A6, Part B). */
import type { UtcMs } from '@slt/domain';
import type {
  AccountEvent,
  AccountUpdate,
  AlgoSnapshot,
  OrderTradeUpdate,
  PositionSnapshot,
  TradeLite,
} from '../core/account';
import { wireMarginType } from './account-bodies';

export type FrameFields = Readonly<Record<string, unknown>>;

export interface AccountFrame {
  /** `e`: such as ORDER_TRADE_UPDATE. */
  readonly event: string;
  readonly symbol?: string;
  /** What fault rules choose by: the fields of `o` where there is one, else of the whole. */
  readonly fields: FrameFields;
  /** @param eventTime `E` */
  readonly at: (eventTime: UtcMs) => FrameFields;
}

export function frameOf(event: AccountEvent): AccountFrame {
  switch (event.kind) {
    case 'order-trade-update':
      return withOrder('ORDER_TRADE_UPDATE', event.at, event.order.symbol, orderFields(event));
    case 'algo-update':
      return withOrder('ALGO_UPDATE', event.at, event.algo.symbol, algoFields(event.algo));
    case 'trade-lite':
      return plain('TRADE_LITE', { T: event.at, ...tradeLiteFields(event) }, event.order.symbol);
    case 'account-update':
      return plain(
        'ACCOUNT_UPDATE',
        { T: event.at, a: accountFields(event) },
        event.symbol ?? event.positions[0]?.symbol,
      );
    case 'margin-call':
      return plain('MARGIN_CALL', {
        ...(event.crossWalletBalance === undefined ? {} : { cw: event.crossWalletBalance }),
        p: event.positions.map(calledPosition),
      });
    case 'leverage-update': {
      const { at, symbol, leverage } = event;
      return plain('ACCOUNT_CONFIG_UPDATE', { T: at, ac: { s: symbol, l: leverage } }, symbol);
    }
    case 'multi-assets-update':
      return plain('ACCOUNT_CONFIG_UPDATE', { T: event.at, ai: { j: event.isOn } });
  }
}

export function listenKeyExpired(listenKey: string): AccountFrame {
  return plain('listenKeyExpired', { listenKey });
}

function withOrder(event: string, time: UtcMs, symbol: string, o: FrameFields): AccountFrame {
  return { event, symbol, fields: o, at: (eventTime) => ({ e: event, T: time, E: eventTime, o }) };
}

function plain(event: string, fields: FrameFields, symbol?: string): AccountFrame {
  const at = (eventTime: UtcMs): FrameFields => ({ e: event, E: eventTime, ...fields });
  return { event, fields, at, ...(symbol === undefined ? {} : { symbol }) };
}

function orderFields({
  execution,
  order,
  trade,
  bidNotional,
  askNotional,
  at,
}: OrderTradeUpdate): FrameFields {
  return {
    s: order.symbol,
    c: order.clientOrderId,
    S: order.side,
    o: order.type,
    f: order.timeInForce,
    q: order.origQty,
    p: order.price,
    ap: order.avgPrice,
    sp: order.stopPrice,
    x: execution,
    X: order.status,
    i: order.orderId,
    ...(execution === 'AMENDMENT' && order.modifyId !== undefined ? { M: order.modifyId } : {}),
    l: trade?.qty ?? '0',
    z: order.executedQty,
    L: trade?.price ?? '0',
    // Without commission these two are left out.
    ...(trade === undefined ? {} : { n: trade.commission, N: trade.commissionAsset }),
    T: trade?.time ?? at,
    t: trade?.tradeId ?? 0,
    b: bidNotional,
    a: askNotional,
    m: trade?.isMaker ?? false,
    R: order.reduceOnly,
    wt: order.workingType,
    ot: order.origType,
    ps: order.positionSide,
    cp: order.closePosition,
    ...(order.activatePrice === undefined ? {} : { AP: order.activatePrice }),
    ...(order.priceRate === undefined ? {} : { cr: order.priceRate }),
    rp: trade?.realizedPnl ?? '0',
    pP: order.priceProtect,
    si: 0,
    ss: 0,
    V: order.selfTradePreventionMode,
    pm: order.priceMatch,
    gtd: order.goodTillDate,
    er: order.expiryReason,
  };
}

/** While it triggers there is nothing to say of the matching engine; before and after there is. */
function algoFields(algo: AlgoSnapshot): FrameFields {
  return {
    caid: algo.clientAlgoId,
    aid: algo.algoId,
    at: algo.algoType,
    o: algo.orderType,
    s: algo.symbol,
    S: algo.side,
    ps: algo.positionSide,
    f: algo.timeInForce,
    q: algo.quantity,
    X: algo.algoStatus,
    ai: algo.actualOrderId === undefined ? '' : String(algo.actualOrderId),
    ...(algo.algoStatus === 'TRIGGERING' ? {} : outcomeOf(algo)),
    tp: algo.triggerPrice,
    p: algo.price,
    V: algo.selfTradePreventionMode,
    wt: algo.workingType,
    pm: algo.priceMatch,
    cp: algo.closePosition,
    pP: algo.priceProtect,
    R: algo.reduceOnly,
    tt: algo.triggerTime,
    gtd: algo.goodTillDate,
    ...(algo.failReason === undefined ? {} : { rm: algo.failReason }),
    ...(algo.isActivated === undefined ? {} : { ia: algo.isActivated }),
  };
}

function outcomeOf(algo: AlgoSnapshot): FrameFields {
  if (algo.actualOrderId === undefined) return { ap: '0.00000', aq: '0.00000', act: '0' };
  return { ap: algo.actualPrice, aq: algo.actualQty, act: algo.actualType ?? '0' };
}

function tradeLiteFields({ order, trade }: TradeLite): FrameFields {
  return {
    s: order.symbol,
    q: order.origQty,
    p: order.price,
    m: trade.isMaker,
    c: order.clientOrderId,
    S: order.side,
    L: trade.price,
    l: trade.qty,
    t: trade.tradeId,
    i: order.orderId,
  };
}

function accountFields({ reason, balance, positions, symbol }: AccountUpdate): FrameFields {
  return {
    m: reason,
    B: [
      {
        a: balance.asset,
        wb: balance.walletBalance,
        cw: balance.crossWalletBalance,
        bc: balance.balanceChange,
      },
    ],
    P: positions.map((position) => ({
      s: position.symbol,
      pa: position.positionAmt,
      ep: position.entryPrice,
      bep: position.breakEvenPrice,
      cr: position.accumulatedRealized,
      up: position.unrealizedProfit,
      mt: wireMarginType(position),
      iw: position.isolatedWallet,
      ps: position.positionSide,
      ma: 'USDT',
    })),
    ...(symbol === undefined ? {} : { S: symbol }),
  };
}

function calledPosition(position: PositionSnapshot): FrameFields {
  return {
    s: position.symbol,
    ps: position.positionSide,
    pa: position.positionAmt,
    mt: position.marginType,
    iw: position.isolatedWallet,
    mp: position.markPrice,
    up: position.unrealizedProfit,
    mm: position.maintMargin,
  };
}
