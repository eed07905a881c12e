/** A paper account for specs, with short words for orders and prices. */
import type { Instrument, UtcMs } from '@slt/domain';
import { BTC, LIFE } from './instruments';
import type { BrokerEvent, Fill, LimitOrder, MarketOrder, OrderReport, TriggerOrder } from '../core/broker';
import { PaperAccount } from '../core/paper/paper-account';
import { PAPER_DEFAULTS, type PaperSettings } from '../core/paper/paper-settings';
import type { PaperCandle, Quote } from '../core/paper/quote';

export const T0: UtcMs = Date.UTC(2026, 10, 2, 10, 30);
export const SYMBOL = BTC.symbol;

/** Nothing moves the price, so that every fill can be reckoned by hand. */
export const FLAT: Partial<PaperSettings> = {
  impact: { touchNotional: 1e9, bpsAtMinuteVolume: 0, minuteVolume: 1, maxBps: 0 },
};

const LISTED = new Map<string, Instrument>([BTC, LIFE].map((each) => [each.symbol, each]));

export class SpecAccount {
  readonly events: BrokerEvent[] = [];
  onEvent: (event: BrokerEvent) => void = () => undefined;
  account: PaperAccount;
  private ids = 0;

  constructor(readonly settings: Partial<PaperSettings> = FLAT) {
    this.account = this.create();
  }

  /** As a process that ended here and began again. */
  restore(): void {
    this.restoreFrom(JSON.parse(JSON.stringify(this.account.snapshot())));
  }

  restoreFrom(snapshot: unknown): void {
    this.account = this.create(snapshot);
  }

  market(side: 'buy' | 'sell', quantity: string, more: Partial<MarketOrder> = {}): MarketOrder {
    return { ...this.base(side, quantity), kind: 'market', ...more };
  }

  limit(side: 'buy' | 'sell', quantity: string, price: string, more: Partial<LimitOrder> = {}): LimitOrder {
    return { ...this.base(side, quantity), kind: 'limit', price, timeInForce: 'GTC', ...more };
  }

  trigger(
    kind: TriggerOrder['kind'],
    side: 'buy' | 'sell',
    quantity: string,
    triggerPrice: string,
    more: Partial<TriggerOrder> = {},
  ): TriggerOrder {
    const base = { ...this.base(side, quantity), reduceOnly: true };
    return { ...base, kind, triggerPrice, workingType: 'contract', ...more };
  }

  fills(): Fill[] {
    return this.events.flatMap((event) => (event.kind === 'fill' ? [event.fill] : []));
  }

  reports(): OrderReport[] {
    return this.events.flatMap((event) => (event.kind === 'order' ? [event.report] : []));
  }

  position(symbol = SYMBOL): string {
    const { positions } = this.account.account(0);
    return positions.find((position) => position.symbol === symbol)?.quantity ?? '0';
  }

  private base(side: 'buy' | 'sell', quantity: string) {
    return { symbol: SYMBOL, clientOrderId: `o${++this.ids}`, side, quantity, reduceOnly: false };
  }

  private create(snapshot?: unknown): PaperAccount {
    return new PaperAccount({
      instrument: (symbol) => LISTED.get(symbol),
      settings: { ...PAPER_DEFAULTS, ...this.settings },
      listener: (event) => {
        this.events.push(event);
        this.onEvent(event);
      },
      ...(snapshot === undefined ? {} : { snapshot }),
    });
  }
}

/** A book of one tick around the price; the mark is the price. */
export function quoteAt(price: number, at: UtcMs = T0, more: Partial<Quote> = {}): Quote {
  return { bid: round(price - 0.1), ask: round(price + 0.1), last: price, mark: price, at, ...more };
}

const round = (value: number): number => Number(value.toFixed(8));

/** The i-th minute after T0. */
export function candle(
  i: number,
  prices: readonly [open: number, high: number, low: number, close: number],
): PaperCandle {
  const [open, high, low, close] = prices;
  const openTime = T0 + i * 60_000;
  return { open, high, low, close, openTime, closeTime: openTime + 59_999 };
}
