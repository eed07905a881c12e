/** Random days of an account on a generated market: what is done, and doing it. */
import type { UtcMs } from '@slt/domain';
import { createGeneratedMarket } from '../../generated-market';
import type { EmulatedSymbol, Market } from '../../market';
import { RestError } from '../../rest-error';
import { AccountEngine } from '../account-engine';
import type { AccountEvent } from '../account-event';
import { paramsOf } from '../params';

const EPOCH: UtcMs = Date.UTC(2026, 5, 1);
export const BEGIN: UtcMs = EPOCH + 7 * 3_600_000 + 12_345;

type Chance = number;

export type Act =
  | {
      readonly kind: 'order';
      readonly symbol: number;
      readonly buy: boolean;
      readonly type: Chance;
      readonly worth: number;
      readonly offset: number;
      readonly flags: number;
    }
  | {
      readonly kind: 'algo';
      readonly symbol: number;
      readonly buy: boolean;
      readonly type: number;
      readonly worth: number;
      readonly offset: number;
      readonly flags: number;
    }
  | { readonly kind: 'cancel'; readonly pick: number; readonly way: number }
  | { readonly kind: 'amend'; readonly pick: number; readonly worth: number; readonly offset: number }
  | { readonly kind: 'setting'; readonly symbol: number; readonly what: number; readonly value: number }
  | { readonly kind: 'transfer'; readonly amount: number }
  | { readonly kind: 'jump'; readonly symbol: number; readonly factor: number }
  | { readonly kind: 'pass'; readonly ms: number };

/** An account on a market of its own; equal seeds make equal ones. */
export class RandomDay {
  readonly market: Market;
  readonly engine: AccountEngine;
  readonly events: AccountEvent[] = [];
  readonly symbols: readonly EmulatedSymbol[];
  now = BEGIN;

  constructor(seed: number, isHedge: boolean) {
    this.market = createGeneratedMarket({ seed, symbols: 6, epoch: EPOCH, churn: false });
    const names = ['BTCUSDT', 'ETHUSDT', 'DOGEUSDT'];
    this.symbols = names.map((name) => this.market.find(name)!);
    const options = { market: this.market, seed, initialBalance: '5000', openedAt: BEGIN };
    this.engine = new AccountEngine(options);
    this.engine.onEvent((event) => this.events.push(event));
    if (isHedge) this.engine.settings.setPositionMode(paramsOf({ dualSidePosition: true }), this.now);
  }

  /** @param slices instants, as shares of a passing time, at which the account is looked at on the way */
  do(act: Act, slices: readonly number[] = []): void {
    if (act.kind === 'pass') {
      for (const share of [...slices].sort((a, b) => a - b)) {
        this.engine.advance(this.now + Math.floor(act.ms * share));
      }
      this.now += act.ms;
      if (slices.length > 0) this.engine.advance(this.now);
      return;
    }
    try {
      this.call(act);
    } catch (error) {
      if (!(error instanceof RestError)) throw error;
    }
  }

  private call(act: Exclude<Act, { kind: 'pass' }>): void {
    const { engine, now } = this;
    switch (act.kind) {
      case 'order':
        engine.orders.place(paramsOf(this.orderFields(act)), now);
        return;
      case 'algo':
        engine.algoOrders.place(paramsOf(this.algoFields(act)), now);
        return;
      case 'cancel':
        return this.cancel(act.pick, act.way);
      case 'amend':
        return this.amend(act);
      case 'setting':
        return this.set(act.symbol, act.what, act.value);
      case 'transfer':
        return engine.transfer(String(act.amount), now);
      case 'jump':
        this.market.shiftPrice({ symbol: this.symbols[act.symbol]!.symbol, factor: act.factor }, now);
    }
  }

  private orderFields(act: Extract<Act, { kind: 'order' }>): Record<string, unknown> {
    const facts = this.symbols[act.symbol]!;
    const price = this.priceBy(facts, act.offset);
    const isLimit = act.type < 0.6;
    const times = ['GTC', 'GTC', 'IOC', 'FOK', 'GTX', 'GTD'];
    const timeInForce = times[act.flags % 6]!;
    return {
      symbol: facts.symbol,
      side: act.buy ? 'BUY' : 'SELL',
      type: isLimit ? 'LIMIT' : 'MARKET',
      quantity: quantityFor(facts, act.worth, price),
      ...(isLimit && { timeInForce, price: price.toFixed(facts.pricePrecision) }),
      ...(isLimit && timeInForce === 'GTD' && { goodTillDate: this.now + 1_200_000 }),
      ...this.sideFields(act.flags, act.buy),
    };
  }

  private algoFields(act: Extract<Act, { kind: 'algo' }>): Record<string, unknown> {
    const facts = this.symbols[act.symbol]!;
    const price = this.priceBy(facts, act.offset);
    const types = ['STOP', 'STOP_MARKET', 'TAKE_PROFIT', 'TAKE_PROFIT_MARKET', 'TRAILING_STOP_MARKET'];
    const type = types[act.type]!;
    const text = price.toFixed(facts.pricePrecision);
    const closePosition = act.flags >= 56;
    return {
      algoType: 'CONDITIONAL',
      symbol: facts.symbol,
      side: act.buy ? 'BUY' : 'SELL',
      type,
      ...(closePosition ? { closePosition } : { quantity: quantityFor(facts, act.worth, price) }),
      ...(type === 'TRAILING_STOP_MARKET' ? { callbackRate: '0.3' } : { triggerPrice: text }),
      ...(act.type % 2 === 0 && act.type < 4 && { price: text }),
      workingType: act.flags & 1 ? 'MARK_PRICE' : 'CONTRACT_PRICE',
      ...this.sideFields(closePosition ? 0 : act.flags, act.buy),
    };
  }

  private sideFields(flags: number, isBuy: boolean): Record<string, unknown> {
    if (this.engine.settings.isHedgeMode)
      return { positionSide: (flags & 24) === 0 ? otherOf(isBuy) : isBuy ? 'LONG' : 'SHORT' };
    return (flags & 48) === 48 ? { reduceOnly: true } : {};
  }

  private cancel(pick: number, way: number): void {
    const { engine, now } = this;
    const open = engine.orders.open(paramsOf({}), now);
    const algos = engine.algoOrders.open(paramsOf({}), now);
    const order = open[pick % Math.max(1, open.length)];
    const algo = algos[pick % Math.max(1, algos.length)];
    if (way === 0 && order)
      engine.orders.cancel(paramsOf({ symbol: order.symbol, orderId: order.orderId }), now);
    if (way === 1 && algo) engine.algoOrders.cancel(paramsOf({ algoId: algo.algoId }), now);
    const name = this.symbols[pick % 3]!.symbol;
    if (way === 2) engine.orders.cancelAll(paramsOf({ symbol: name }), now);
    if (way === 3) engine.orders.countdownCancelAll(paramsOf({ symbol: name, countdownTime: 5000 }), now);
  }

  private amend({ pick, worth, offset }: { pick: number; worth: number; offset: number }): void {
    const open = this.engine.orders.open(paramsOf({}), this.now);
    const order = open[pick % Math.max(1, open.length)];
    if (order === undefined) return;
    const facts = this.market.find(order.symbol)!;
    const price = this.priceBy(facts, offset);
    const fields = { symbol: order.symbol, side: order.side, orderId: order.orderId };
    const change = { quantity: quantityFor(facts, worth, price), price: price.toFixed(facts.pricePrecision) };
    this.engine.orders.amend(paramsOf({ ...fields, ...change }), this.now);
  }

  private set(place: number, what: number, value: number): void {
    const { settings } = this.engine;
    const { symbol: name } = this.symbols[place]!;
    if (what === 0) settings.setMarginType(paramsOf({ symbol: name, marginType: 'ISOLATED' }), this.now);
    else if (what === 1) settings.setMarginType(paramsOf({ symbol: name, marginType: 'CROSSED' }), this.now);
    else if (what === 2) {
      const positionSide = settings.isHedgeMode ? 'LONG' : 'BOTH';
      const type = 1 + (value % 2);
      settings.changePositionMargin(paramsOf({ symbol: name, amount: value, type, positionSide }), this.now);
    } else settings.setLeverage(paramsOf({ symbol: name, leverage: value }), this.now);
  }

  /** Near the mark price: offsets in hundredths of a percent, on the tick. */
  private priceBy(facts: EmulatedSymbol, offset: number): number {
    const mark = Number(this.market.markPrice(facts.symbol, this.now).markPrice);
    const tick = Number(facts.tickSize);
    return Math.round((mark * (1 + offset / 10_000)) / tick) * tick;
  }
}

const otherOf = (isBuy: boolean): string => (isBuy ? 'SHORT' : 'LONG');

function quantityFor(facts: EmulatedSymbol, worth: number, price: number): string {
  const step = Number(facts.stepSize);
  return (Math.max(1, Math.round(worth / price / step)) * step).toFixed(facts.quantityPrecision);
}
