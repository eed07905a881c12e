/** Orders, algo orders and trades as REST answers them (reference Part B). */
import type { AlgoSnapshot, OrderSnapshot, TradeRecord } from '../core/account';

/** Since July 2026 answers of POST, PUT and DELETE carry neither avgPrice nor cumQuote. */
export function acknowledgement(order: OrderSnapshot): Record<string, unknown> {
  return {
    orderId: order.orderId,
    symbol: order.symbol,
    status: order.status,
    clientOrderId: order.clientOrderId,
    price: order.price,
    origQty: order.origQty,
    executedQty: order.executedQty,
    cumQty: order.executedQty,
    ...termsOf(order),
    updateTime: order.updateTime,
  };
}

/** GET /order and all lists of orders. */
export function orderBody(order: OrderSnapshot): Record<string, unknown> {
  return {
    orderId: order.orderId,
    symbol: order.symbol,
    status: order.status,
    clientOrderId: order.clientOrderId,
    price: order.price,
    avgPrice: order.avgPrice,
    origQty: order.origQty,
    executedQty: order.executedQty,
    cumQuote: order.cumQuote,
    ...termsOf(order),
    time: order.time,
    updateTime: order.updateTime,
  };
}

function termsOf(order: OrderSnapshot): Record<string, unknown> {
  return {
    timeInForce: order.timeInForce,
    type: order.type,
    reduceOnly: order.reduceOnly,
    closePosition: order.closePosition,
    side: order.side,
    positionSide: order.positionSide,
    stopPrice: order.stopPrice,
    workingType: order.workingType,
    priceProtect: order.priceProtect,
    origType: order.origType,
    ...(order.activatePrice === undefined ? {} : { activatePrice: order.activatePrice }),
    ...(order.priceRate === undefined ? {} : { priceRate: order.priceRate }),
    priceMatch: order.priceMatch,
    selfTradePreventionMode: order.selfTradePreventionMode,
    goodTillDate: order.goodTillDate,
  };
}

/** POST /algoOrder. */
export function algoAcknowledgement(algo: AlgoSnapshot): Record<string, unknown> {
  return {
    algoId: algo.algoId,
    clientAlgoId: algo.clientAlgoId,
    algoType: algo.algoType,
    orderType: algo.orderType,
    symbol: algo.symbol,
    side: algo.side,
    positionSide: algo.positionSide,
    timeInForce: algo.timeInForce,
    quantity: algo.quantity,
    algoStatus: algo.algoStatus,
    triggerPrice: algo.triggerPrice,
    price: algo.price,
    icebergQuantity: null,
    selfTradePreventionMode: algo.selfTradePreventionMode,
    workingType: algo.workingType,
    priceMatch: algo.priceMatch,
    closePosition: algo.closePosition,
    priceProtect: algo.priceProtect,
    reduceOnly: algo.reduceOnly,
    ...(algo.activatePrice === undefined ? {} : { activatePrice: algo.activatePrice }),
    ...(algo.callbackRate === undefined ? {} : { callbackRate: algo.callbackRate }),
    createTime: algo.createTime,
    updateTime: algo.updateTime,
    triggerTime: algo.triggerTime,
    goodTillDate: algo.goodTillDate,
  };
}

/** GET /algoOrder and lists: with what became of it in the matching engine. */
export function algoBody(algo: AlgoSnapshot): Record<string, unknown> {
  return {
    ...algoAcknowledgement(algo),
    actualOrderId: algo.actualOrderId === undefined ? '' : String(algo.actualOrderId),
    actualPrice: algo.actualPrice,
    actualType: algo.actualType ?? '',
    actualQty: algo.actualQty,
    tpTriggerPrice: '0.000',
    tpPrice: '0.000',
    slTriggerPrice: '0.000',
    slPrice: '0.000',
    tpOrderType: '',
  };
}

/** DELETE /algoOrder; its code is a text. */
export function algoCancellation(algo: AlgoSnapshot): Record<string, unknown> {
  return { algoId: algo.algoId, clientAlgoId: algo.clientAlgoId, code: '200', msg: 'success' };
}

/** GET /userTrades. */
export function tradeBody(trade: TradeRecord): Record<string, unknown> {
  return {
    symbol: trade.symbol,
    id: trade.tradeId,
    orderId: trade.orderId,
    side: trade.side,
    price: trade.price,
    qty: trade.qty,
    realizedPnl: trade.realizedPnl,
    quoteQty: trade.quoteQty,
    commission: trade.commission,
    commissionAsset: trade.commissionAsset,
    time: trade.time,
    positionSide: trade.positionSide,
    buyer: trade.side === 'BUY',
    maker: trade.isMaker,
  };
}
