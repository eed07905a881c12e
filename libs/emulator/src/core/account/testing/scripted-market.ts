/** A market for specs that does what it is told: one perpetual, BTCUSDT by default, whose prices are set by instant. */
import { HOUR_MS, type Interval, MINUTE_MS, type UtcMs } from '@slt/domain';
import {
  type BookTicker,
  type Depth,
  type EmulatedSymbol,
  type FundingRow,
  type KlineRange,
  type KlineRow,
  type Market,
  type MarketInterval,
  type MarkPrice,
  type SymbolEvent,
  type SymbolFacts,
  type SymbolStatus,
  type Ticker,
} from '../../market';

interface Trade {
  readonly at: UtcMs;
  readonly price: number;
  readonly volume: number;
}

const FUNDING_SPAN = 8 * HOUR_MS;

export const FACTS: SymbolFacts = {
  symbol: 'BTCUSDT',
  pair: 'BTCUSDT',
  contractType: 'PERPETUAL',
  onboardDate: 0,
  baseAsset: 'BTC',
  quoteAsset: 'USDT',
  marginAsset: 'USDT',
  pricePrecision: 2,
  quantityPrecision: 3,
  baseAssetPrecision: 8,
  quotePrecision: 8,
  underlyingType: 'COIN',
  underlyingSubType: [],
  tickSize: '0.1',
  minPrice: '100',
  maxPrice: '1000000',
  stepSize: '0.001',
  minQty: '0.001',
  maxQty: '1000',
  marketStepSize: '0.001',
  marketMinQty: '0.001',
  marketMaxQty: '120',
  minNotional: '100',
  multiplierUp: '1.0500',
  multiplierDown: '0.9500',
  triggerProtect: '0.0500',
  liquidationFee: '0.012500',
  marketTakeBound: '0.05',
  fundingIntervalHours: 8,
};

export interface Script {
  readonly facts?: Partial<SymbolFacts>;
  /** Of every level of the book; the best bid is the last price, the best ask one tick above. */
  readonly levelQuantity?: string;
  readonly levels?: number;
  readonly price: number;
  readonly start: UtcMs;
}

export class ScriptedMarket implements Market {
  readonly source = 'scripted';
  status: (now: UtcMs) => SymbolStatus = () => 'TRADING';
  fundingRate = '0.0001';
  /** Added to the last price. */
  markOffset = 0;
  private readonly trades: Trade[];
  private readonly symbol: EmulatedSymbol;

  constructor(private readonly script: Script) {
    this.trades = [{ at: script.start, price: script.price, volume: 0 }];
    this.symbol = {
      ...FACTS,
      ...script.facts,
      statusAt: (now) => this.status(now),
      deliveryDateAt: () => Infinity,
    };
  }

  /** From the instant on the last price is this one. Instants ascend. */
  trade(at: UtcMs, price: number, volume = 0): void {
    this.trades.push({ at, price, volume });
  }

  lastAt(now: UtcMs): number {
    return (this.trades.findLast((trade) => trade.at <= now) ?? this.trades[0]!).price;
  }

  listed(): readonly EmulatedSymbol[] {
    return [this.symbol];
  }

  find(symbol: string): EmulatedSymbol | undefined {
    return symbol === this.symbol.symbol ? this.symbol : undefined;
  }

  events(): SymbolEvent[] {
    return [];
  }

  klines(_symbol: string, _interval: MarketInterval, range: KlineRange, now: UtcMs): KlineRow[] {
    const rows: KlineRow[] = [];
    const first = Math.max(Math.ceil(range.from / MINUTE_MS), Math.floor(this.script.start / MINUTE_MS));
    for (let open = first * MINUTE_MS; open <= Math.min(range.to, now); open += MINUTE_MS) {
      rows.push(this.row(open, Math.min(now, open + MINUTE_MS - 1)));
    }
    return range.fromEnd ? rows.slice(-range.limit) : rows.slice(0, range.limit);
  }

  klinesJson(): string {
    return '[]';
  }

  forming(_symbol: string, _interval: MarketInterval, now: UtcMs): KlineRow | undefined {
    if (this.status(now) !== 'TRADING') return undefined;
    return this.row(Math.floor(now / MINUTE_MS) * MINUTE_MS, now);
  }

  tradesEmpty(): boolean {
    return false;
  }

  baseInterval(): Interval {
    return '1m';
  }

  book(symbol: string, now: UtcMs): BookTicker {
    const { bids, asks } = this.depth(symbol, now, 1);
    return { bidPrice: bids[0]![0], bidQty: bids[0]![1], askPrice: asks[0]![0], askQty: asks[0]![1] };
  }

  depth(_symbol: string, now: UtcMs, levels: number): Depth {
    const { levelQuantity = '1.000', levels: most = 1000 } = this.script;
    const tick = Number(this.symbol.tickSize);
    const last = Math.round(this.lastAt(now) / tick);
    const count = Math.min(levels, most);
    const rows = (first: number, way: number): [string, string][] =>
      Array.from({ length: count }, (_, i) => [((first + way * i) * tick).toFixed(2), levelQuantity]);
    return { bids: rows(last, -1), asks: rows(last + 1, 1) };
  }

  markPrice(_symbol: string, now: UtcMs): MarkPrice {
    const price = (this.lastAt(now) + this.markOffset).toFixed(8);
    const nextFundingTime = (Math.floor(now / FUNDING_SPAN) + 1) * FUNDING_SPAN;
    return { markPrice: price, indexPrice: price, lastFundingRate: this.fundingRate, nextFundingTime };
  }

  fundingHistory(symbol: string, from: UtcMs, to: UtcMs, limit: number): FundingRow[] {
    const rows: FundingRow[] = [];
    for (let at = Math.ceil(from / FUNDING_SPAN) * FUNDING_SPAN; at <= to; at += FUNDING_SPAN) {
      const markPrice = this.lastAt(at).toFixed(8);
      rows.push({ symbol, fundingRate: this.fundingRate, fundingTime: at, markPrice });
    }
    return rows.slice(0, limit);
  }

  ticker24h(): Ticker {
    throw new Error('not scripted');
  }

  start(): UtcMs | undefined {
    return undefined;
  }

  end(): UtcMs | undefined {
    return undefined;
  }

  delist(_symbol: string, at: UtcMs): void {
    this.status = (now) => (now < at ? 'TRADING' : 'SETTLING');
  }

  list(): EmulatedSymbol {
    throw new Error('not scripted');
  }

  shiftPrice(): { from: UtcMs } {
    throw new Error('not scripted');
  }

  private row(open: UtcMs, until: UtcMs): KlineRow {
    const inside = this.trades.filter(({ at }) => at >= open && at <= until);
    const prices = [this.lastAt(open), ...inside.map(({ price }) => price)];
    const volume = inside.reduce((total, trade) => total + trade.volume, 0);
    return {
      openTime: open,
      open: prices[0]!.toFixed(2),
      high: Math.max(...prices).toFixed(2),
      low: Math.min(...prices).toFixed(2),
      close: prices.at(-1)!.toFixed(2),
      volume: volume.toFixed(3),
      closeTime: open + MINUTE_MS - 1,
      quoteVolume: '0',
      trades: inside.length,
      takerBuyBase: '0',
      takerBuyQuote: '0',
    };
  }
}
