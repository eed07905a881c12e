/** An account on a scripted market, with short words for specs. */
import type { UtcMs } from '@slt/domain';
import { RestError } from '../../rest-error';
import type { AccountOptions } from '../account';
import { AccountEngine } from '../account-engine';
import type { AccountEvent } from '../account-event';
import type { AlgoSnapshot } from '../algo-order';
import type { OrderSnapshot } from '../order';
import type { PlacedOrder } from '../order-desk';
import { paramsOf } from '../params';
import { ScriptedMarket, type Script } from './scripted-market';

export type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Whole minute, one hour before a funding. */
export const START: UtcMs = Date.UTC(2026, 2, 1, 7);

export class AccountBench {
  readonly market: ScriptedMarket;
  readonly engine: AccountEngine;
  readonly events: AccountEvent[] = [];
  now: UtcMs = START + 100;

  constructor(script: Partial<Script> = {}, options: Partial<AccountOptions> = {}) {
    this.market = new ScriptedMarket({ price: 50_000, start: START, ...script });
    this.engine = new AccountEngine({
      market: this.market,
      seed: 1,
      initialBalance: '10000',
      openedAt: START,
      ...options,
    });
    this.engine.onEvent((event) => this.events.push(event));
  }

  /** The price from an instant on, in milliseconds after now; time goes there. */
  move(price: number, afterMs = 1000, volume = 0): void {
    this.now += afterMs;
    this.market.trade(this.now, price, volume);
    this.pass(1000 - (this.now % 1000) || 1000);
  }

  pass(ms: number): void {
    this.now += ms;
    this.engine.advance(this.now);
  }

  place(fields: Fields): PlacedOrder {
    return this.engine.orders.place(paramsOf({ symbol: 'BTCUSDT', ...fields }), this.now);
  }

  trade(side: 'BUY' | 'SELL', quantity: string, fields: Fields = {}): OrderSnapshot {
    return this.place({ side, type: 'MARKET', quantity, ...fields }).result;
  }

  limit(side: 'BUY' | 'SELL', quantity: string, price: string, fields: Fields = {}): OrderSnapshot {
    return this.place({ side, type: 'LIMIT', timeInForce: 'GTC', quantity, price, ...fields }).result;
  }

  algo(fields: Fields): AlgoSnapshot {
    const all = { algoType: 'CONDITIONAL', symbol: 'BTCUSDT', ...fields };
    return this.engine.algoOrders.place(paramsOf(all), this.now);
  }

  order(orderId: bigint): OrderSnapshot {
    return this.engine.orders.find(paramsOf({ symbol: 'BTCUSDT', orderId: String(orderId) }), this.now);
  }

  algoOf(algoId: bigint): AlgoSnapshot {
    return this.engine.algoOrders.find(paramsOf({ algoId: String(algoId) }), this.now);
  }

  setting(name: 'setLeverage' | 'setMarginType' | 'changePositionMargin', fields: Fields): void {
    this.engine.settings[name](paramsOf({ symbol: 'BTCUSDT', ...fields }), this.now);
  }

  hedge(): void {
    this.engine.settings.setPositionMode(paramsOf({ dualSidePosition: true }), this.now);
  }

  position(): ReturnType<AccountEngine['reports']['positions']>[number] | undefined {
    return this.engine.reports.positions(paramsOf({}), this.now)[0];
  }

  balance(): ReturnType<AccountEngine['reports']['balance']> {
    return this.engine.reports.balance(this.now);
  }

  /** What happened, told in short. */
  story(): string[] {
    return this.events.map((event) => {
      switch (event.kind) {
        case 'order-trade-update':
          return `order ${event.execution} ${event.order.status}`;
        case 'algo-update':
          return `algo ${event.algo.algoStatus}`;
        case 'account-update':
          return `account ${event.reason}`;
        default:
          return event.kind;
      }
    });
  }
}

/** The code it is refused with; 'accepted' otherwise. */
export function codeOf(act: () => unknown): number | 'accepted' {
  try {
    act();
    return 'accepted';
  } catch (error) {
    if (error instanceof RestError) return error.code;
    throw error;
  }
}
