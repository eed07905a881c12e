/**
 * Conditional orders meet the price: trailing stops follow it, what is reached triggers, and some milliseconds later its
 * child enters the engine with the margin check that placing it did not have (reference A3).
 */
import type { UtcMs } from '@slt/domain';
import { RestError } from '../rest-error';
import type { Account } from './account';
import { isChildFirst, launchDelayMs, moveAlgo } from './algo-life';
import { algoSnapshot, isLimitAlgo, type LiveAlgo, type Trailing, triggersUpward } from './live-algo';
import { ZERO } from './money';
import { admit, makeOrder } from './order-entry';
import { openOrder } from './order-life';
import type { OrderSpec } from './order-spec';
import type { PriceStep } from './price-path';
import { matchIncoming } from './taking';

export function evaluateTriggers(account: Account, symbol: string, step: PriceStep): void {
  for (const algo of account.algos.waiting(symbol)) {
    if (!isReached(account, algo, step) || isProtected(account, algo, step)) continue;
    algo.triggerTime = step.at;
    moveAlgo(account, algo, 'TRIGGERING', step.at);
    algo.isStuck = account.options.isStuck?.(algoSnapshot(algo)) ?? false;
    if (algo.isStuck) continue;
    account.agenda.note(step.at + launchDelayMs(account, algo), (at) => launch(account, algo, at));
  }
}

interface Range {
  readonly low: number;
  readonly high: number;
  readonly last: number;
}

function isReached(account: Account, algo: LiveAlgo, step: PriceStep): boolean {
  const range = algo.workingType === 'MARK_PRICE' ? markRange(account, algo, step.at) : step;
  if (algo.trailing !== undefined) return follow(algo, algo.trailing, range);
  return triggersUpward(algo) ? range.high >= algo.triggerAt : range.low <= algo.triggerAt;
}

function markRange(account: Account, algo: LiveAlgo, at: UtcMs): Range {
  const mark = Number(account.view.mark(algo.symbol, at));
  return { low: mark, high: mark, last: mark };
}

/** Moves the extreme along. A new extreme and a way back within one step: only as far back as the step's end counts. */
function follow(algo: LiveAlgo, trailing: Trailing, range: Range): boolean {
  const isSell = algo.side === 'SELL';
  const activate = Number(trailing.activatePrice);
  if (!trailing.isActivated) {
    if (isSell ? range.high < activate : range.low > activate) return false;
    trailing.isActivated = true;
    trailing.extreme = activate;
  } else if (hasTurned(trailing, isSell, isSell ? range.low : range.high)) return true;
  trailing.extreme = isSell ? Math.max(trailing.extreme, range.high) : Math.min(trailing.extreme, range.low);
  return hasTurned(trailing, isSell, range.last);
}

function hasTurned({ extreme, callbackRate }: Trailing, isSell: boolean, price: number): boolean {
  const share = Number(callbackRate) / 100;
  return isSell ? price <= extreme * (1 - share) : price >= extreme * (1 + share);
}

/** priceProtect: waits while last and mark price are too far apart. */
function isProtected(account: Account, algo: LiveAlgo, step: PriceStep): boolean {
  if (!algo.priceProtect) return false;
  const mark = Number(account.view.mark(algo.symbol, step.at));
  return Math.abs(mark - step.last) / mark > Number(algo.facts.triggerProtect);
}

function launch(account: Account, algo: LiveAlgo, at: UtcMs): void {
  if (algo.status !== 'TRIGGERING') return;
  const spec = childSpec(account, algo);
  if (algo.closePosition && spec.quantity.eq(ZERO)) return moveAlgo(account, algo, 'EXPIRED', at);
  let admitted: OrderSpec;
  try {
    admitted = admit(account, spec, at);
  } catch (error) {
    if (!(error instanceof RestError)) throw error;
    algo.failReason = error.message;
    return moveAlgo(account, algo, 'REJECTED', at);
  }
  const child = makeOrder(account, admitted, at);
  const childFirst = isChildFirst(account, algo);
  algo.childOrderId = child.orderId;
  if (!childFirst) moveAlgo(account, algo, 'TRIGGERED', at);
  openOrder(account, child);
  matchIncoming(account, child, at);
  if (childFirst) moveAlgo(account, algo, 'TRIGGERED', at);
}

function childSpec(account: Account, algo: LiveAlgo): OrderSpec {
  const symbol = account.view.symbol(algo.symbol);
  const { positionSide, side, trailing } = algo;
  const quantity = algo.closePosition ? account.reducible(symbol, positionSide, side) : algo.quantity;
  return {
    symbol,
    side,
    positionSide,
    type: isLimitAlgo(algo) ? 'LIMIT' : 'MARKET',
    origType: algo.orderType,
    timeInForce: algo.timeInForce === 'GTE_GTC' || algo.timeInForce === 'GTD' ? 'GTC' : algo.timeInForce,
    quantity,
    price: algo.price,
    stopPrice: algo.triggerPrice,
    // In hedge mode the side says it, and the word may not be sent.
    reduceOnly: algo.reduceOnly && positionSide === 'BOTH',
    closePosition: algo.closePosition,
    workingType: algo.workingType,
    priceProtect: algo.priceProtect,
    priceMatch: algo.priceMatch,
    selfTradePreventionMode: algo.selfTradePreventionMode,
    goodTillDate: 0,
    clientOrderId: algo.clientAlgoId,
    algoId: algo.algoId,
    ...(trailing !== undefined && {
      activatePrice: trailing.activatePrice.toFixed(),
      priceRate: trailing.callbackRate.toFixed(),
    }),
  };
}

/** Whether no price of the range could trigger, activate or move the algo order. @param markStray share of the price */
export function isOutOfReach(
  algo: LiveAlgo,
  range: { low: number; high: number },
  markStray: number,
): boolean {
  const stray = algo.workingType === 'MARK_PRICE' ? markStray : 0;
  const low = range.low * (1 - stray);
  const high = range.high * (1 + stray);
  if (algo.trailing?.isActivated === true) return false;
  if (algo.trailing !== undefined) {
    const activate = Number(algo.trailing.activatePrice);
    return algo.side === 'SELL' ? high < activate : low > activate;
  }
  return triggersUpward(algo) ? high < algo.triggerAt : low > algo.triggerAt;
}
