/** A market over any registry of symbols and their rows: the generator's or a recording's. */
import { AppError, DAY_MS, type Interval, intervalMs, type UtcMs } from '@slt/domain';
import { hashText } from './hash';
import { toDecimal, toKlineRow, toKlinesJson, type WirePrecision } from './kline-text';
import { formingRow, isBuiltFrom, queryRows } from './kline-query';
import type { ListedSymbol } from './listed-symbol';
import {
  type BookTicker,
  type Depth,
  type EmulatedSymbol,
  firstTradeId,
  type FundingRow,
  type KlineRange,
  type KlineRow,
  type ListingRequest,
  type Market,
  type MarketInterval,
  type MarkPrice,
  type PriceShift,
  type SymbolEvent,
  type Ticker,
} from './market';
import { bucketOf } from './market-interval';
import { bookOf, depthOf, fundingsOf, markPriceOf, type Quoted } from './quotes';
import { foldRows, roundTo, RowBuffer } from './row-buffer';
import type { RowSource } from './row-source';
import { type Shift, ShiftedSource } from './shifted-source';
import type { Registry } from './universe';

const RATE_DECIMALS = 8;
const page = new RowBuffer(1600);
const single = new RowBuffer(1);
const lastDay = new RowBuffer(1600);

export class SourceMarket implements Market {
  readonly source: string;
  private readonly shifts = new Map<string, readonly Shift[]>();
  private readonly shiftedSources = new Map<string, RowSource>();

  constructor(private readonly registry: Registry) {
    this.source = registry.identity;
  }

  listed(now: UtcMs): readonly EmulatedSymbol[] {
    return this.registry.listed(now);
  }

  find(symbol: string): EmulatedSymbol | undefined {
    return this.registry.find(symbol);
  }

  events(after: UtcMs, upTo: UtcMs): SymbolEvent[] {
    return this.registry.events(after, upTo);
  }

  klines(symbol: string, interval: MarketInterval, range: KlineRange, now: UtcMs): KlineRow[] {
    const found = this.rowsOf(symbol, interval, range, now);
    if (found === undefined) return [];
    const precision = this.precisionOf(found);
    return Array.from({ length: page.length }, (_, i) => toKlineRow(page, i, interval, precision));
  }

  klinesJson(symbol: string, interval: MarketInterval, range: KlineRange, now: UtcMs): string {
    const found = this.rowsOf(symbol, interval, range, now);
    return found === undefined ? '[]' : toKlinesJson(page, interval, this.precisionOf(found));
  }

  forming(symbol: string, interval: MarketInterval, now: UtcMs): KlineRow | undefined {
    const found = this.lookUp(symbol);
    if (found === undefined || !isBuiltFrom(found.source.base, interval)) return undefined;
    formingRow(found.source, interval, { now, hash: found.hash }, single.clear());
    return single.length === 0 || now >= found.listed.cycle.life.end
      ? undefined
      : toKlineRow(single, 0, interval, this.precisionOf(found));
  }

  tradesEmpty(symbol: string, openTime: UtcMs): boolean {
    const source = this.registry.sourceOf(symbol);
    const row = source?.baseRow(bucketOf(openTime, source.base));
    return row === undefined || row.rows.trades[row.at] === 0;
  }

  baseInterval(symbol: string): Interval {
    return this.known(symbol).source.base;
  }

  book(symbol: string, now: UtcMs): BookTicker {
    return bookOf(this.quoted(symbol, now));
  }

  depth(symbol: string, now: UtcMs, levels: number): Depth {
    return depthOf(this.quoted(symbol, now), levels);
  }

  markPrice(symbol: string, now: UtcMs): MarkPrice {
    const quoted = markPriceOf(this.quoted(symbol, now));
    const fundings = this.registry.fundingsOf?.(symbol);
    if (fundings === undefined) return quoted;
    const lastFundingRate = toDecimal(fundings.rateAt(now), RATE_DECIMALS);
    return { ...quoted, lastFundingRate, nextFundingTime: fundings.nextAfter(now) };
  }

  fundingHistory(symbol: string, from: UtcMs, to: UtcMs, limit: number): FundingRow[] {
    const found = this.known(symbol);
    const { listed, source, hash } = found;
    const fundings = this.registry.fundingsOf?.(symbol);
    if (fundings !== undefined) {
      return fundings.between(from, to, limit, listed.onboardDate + 1).map(({ at, rate }) => ({
        symbol,
        fundingRate: toDecimal(rate, RATE_DECIMALS),
        fundingTime: at,
        markPrice: toDecimal(this.lastPrice(found, at), RATE_DECIMALS),
      }));
    }
    return fundingsOf({ facts: listed, hash }, { from, to, limit }, (instant) => {
      const row = source.baseRow(bucketOf(instant, source.base));
      return row?.rows.open[row.at];
    });
  }

  ticker24h(symbol: string, now: UtcMs): Ticker {
    const found = this.known(symbol);
    const { source, hash } = found;
    const current = bucketOf(now, source.base);
    const from = current - DAY_MS + intervalMs(source.base);
    source.readSpan('1h', from, current, lastDay.clear());
    formingRow(source, source.base, { now, hash }, lastDay);
    if (lastDay.length === 0) fillFlat(lastDay, current, this.lastPrice(found, now));
    return tickerOf(lastDay, { from, now }, this.precisionOf(found), source);
  }

  start(): UtcMs | undefined {
    return this.registry.start();
  }

  end(): UtcMs | undefined {
    return this.registry.end();
  }

  delist(symbol: string, at: UtcMs): void {
    this.registry.delist(symbol, at);
  }

  list(request: ListingRequest): EmulatedSymbol {
    return this.registry.list(request);
  }

  shiftPrice(request: PriceShift, now: UtcMs): { from: UtcMs; until?: UtcMs } {
    const { symbol, factor } = request;
    const source = this.registry.sourceOf(symbol);
    if (source === undefined) throw new AppError('not-found', 'MARKET.SYMBOL', `${symbol} is not listed`);
    const span = intervalMs(source.base);
    const from = Math.max(roundUp(request.from ?? now, span), bucketOf(now, source.base) + span);
    const until = request.until === undefined ? Infinity : roundUp(request.until, span);
    if (!(factor > 0 && Number.isFinite(factor)) || !(until > from)) {
      const problem = `a price shift needs a factor above 0, and until after from (${from})`;
      throw new AppError('invalid', 'MARKET.SHIFT', problem);
    }
    const shifts = [...(this.shifts.get(symbol) ?? []), { factor, from, until }];
    this.shifts.set(symbol, shifts);
    this.shiftedSources.set(symbol, new ShiftedSource(source, shifts));
    return { from, ...(request.until === undefined ? {} : { until }) };
  }

  private rowsOf(symbol: string, interval: MarketInterval, range: KlineRange, now: UtcMs): Found | undefined {
    const found = this.lookUp(symbol);
    page.clear();
    if (found !== undefined) queryRows(found.source, interval, { range, now, hash: found.hash }, page);
    return found;
  }

  private lookUp(symbol: string): Found | undefined {
    const listed = this.registry.find(symbol);
    const source = this.shiftedSources.get(symbol) ?? this.registry.sourceOf(symbol);
    if (listed === undefined || source === undefined) return undefined;
    return { listed, source, hash: hashText(symbol, 91) };
  }

  /** @throws AppError not-found `MARKET.SYMBOL` */
  private known(symbol: string): Found {
    const found = this.lookUp(symbol);
    if (found === undefined) throw new AppError('not-found', 'MARKET.SYMBOL', `${symbol} is not listed`);
    return found;
  }

  private precisionOf({ listed, source }: Found): WirePrecision {
    return {
      price: listed.pricePrecision,
      quantity: listed.quantityPrecision,
      quote: source.precision.quote,
    };
  }

  private quoted(symbol: string, now: UtcMs): Quoted {
    const found = this.known(symbol);
    return { facts: found.listed, hash: found.hash, now, last: this.lastPrice(found, now) };
  }

  /** Of the last trade up to `now`; before the first one, the first open. */
  private lastPrice({ source, hash }: Found, now: UtcMs): number {
    const before = source.seekBack(source.base, now) ?? source.seek(source.base, now);
    if (before === undefined) return 1;
    const row = source.baseRow(before);
    if (row === undefined) return 1;
    if (before > now) return row.rows.open[row.at]!;
    if (before + intervalMs(source.base) <= now) return row.rows.close[row.at]!;
    formingRow(source, source.base, { now, hash }, single.clear());
    return single.close[0]!;
  }
}

interface Found {
  readonly listed: ListedSymbol;
  readonly source: RowSource;
  readonly hash: number;
}

function roundUp(instant: UtcMs, span: number): UtcMs {
  return Math.ceil(instant / span) * span;
}

function fillFlat(into: RowBuffer, openTime: UtcMs, price: number): void {
  into.reserve(1);
  into.length = 1;
  into.openTime[0] = openTime;
  for (const column of [into.open, into.high, into.low, into.close]) column[0] = price;
  for (const column of [into.volume, into.quoteVolume, into.trades, into.takerBase, into.takerQuote])
    column[0] = 0;
}

function tickerOf(
  rows: RowBuffer,
  time: { from: UtcMs; now: UtcMs },
  wire: WirePrecision,
  source: RowSource,
): Ticker {
  const total = new RowBuffer(1);
  foldRows(rows, { start: 0, end: rows.length, openTime: time.from }, total, source.precision);
  const open = total.open[0]!;
  const close = total.close[0]!;
  const volume = total.volume[0]!;
  const quoteVolume = total.quoteVolume[0]!;
  const average = volume === 0 ? close : quoteVolume / volume;
  const lastQuantity = Math.min(volume, roundTo(volume / Math.max(1, total.trades[0]!), wire.quantity));
  const firstId = firstTradeId(time.from);
  return {
    priceChange: toDecimal(close - open, wire.price),
    priceChangePercent: toDecimal(((close - open) / open) * 100, 3),
    weightedAvgPrice: toDecimal(average, wire.price),
    lastPrice: toDecimal(close, wire.price),
    lastQty: toDecimal(lastQuantity, wire.quantity),
    openPrice: toDecimal(open, wire.price),
    highPrice: toDecimal(total.high[0]!, wire.price),
    lowPrice: toDecimal(total.low[0]!, wire.price),
    volume: toDecimal(volume, wire.quantity),
    quoteVolume: toDecimal(quoteVolume, wire.quote),
    openTime: time.from,
    closeTime: time.now,
    firstId,
    lastId: Math.max(firstId, firstTradeId(time.now) + 1),
    count: total.trades[0]!,
  };
}
