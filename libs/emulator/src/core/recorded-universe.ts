/** The symbols of a replayed recording: listed from their first candle on, settling after their last. */
import { AppError, type UtcMs } from '@slt/domain';
import { hashText } from './hash';
import { toDecimal } from './kline-text';
import { type ListedSymbol, listSymbol } from './listed-symbol';
import type { ListingRequest, SymbolEvent, SymbolFacts } from './market';
import { endOf, RecordedSource } from './recorded-source';
import { type RecordedFunding, RecordedFundings } from './recorded-fundings';
import { RecordedSeries, type RecordedColumns } from './recorded-series';
import { type Precision, powerOfTen } from './row-buffer';
import type { Life, RowSource } from './row-source';
import { endTrading, eventsOf, type Registry } from './universe';
import type { Interval } from '@slt/domain';

/** All recordings of one symbol. */
export interface SymbolRecording {
  readonly symbol: string;
  readonly series: readonly { readonly interval: Interval; readonly columns: RecordedColumns }[];
  /** Decimals on the wire: as the recording was written. */
  readonly wire: { readonly price: number; readonly quantity: number; readonly quote: number };
  /** In any order; left out: none is recorded. */
  readonly fundings?: readonly RecordedFunding[] | undefined;
}

const QUOTES = ['USDT', 'USDC', 'FDUSD', 'BUSD', 'USD1', 'USD', 'BTC', 'ETH', 'BNB'];

export class RecordedUniverse implements Registry {
  private readonly symbols = new Map<string, ListedSymbol>();
  private readonly sources = new Map<string, RecordedSource>();
  private readonly fundings = new Map<string, RecordedFundings>();

  /** @param recordings at least one */
  constructor(
    readonly identity: string,
    recordings: readonly SymbolRecording[],
  ) {
    for (const recording of recordings) this.add(recording);
  }

  listed(now: UtcMs): readonly ListedSymbol[] {
    return [...this.symbols.values()].filter((symbol) => symbol.isListed(now));
  }

  find(symbol: string): ListedSymbol | undefined {
    return this.symbols.get(symbol);
  }

  events(after: UtcMs, upTo: UtcMs): SymbolEvent[] {
    return eventsOf(this.symbols.values(), after, upTo);
  }

  sourceOf(symbol: string): RowSource | undefined {
    return this.sources.get(symbol);
  }

  fundingsOf(symbol: string): RecordedFundings | undefined {
    return this.fundings.get(symbol);
  }

  delist(symbol: string, at: UtcMs): void {
    const end = this.symbols.get(symbol)?.cycle.life.end ?? at;
    endTrading(this.symbols, symbol, Math.min(at, end));
  }

  list({ symbol }: ListingRequest): ListedSymbol {
    throw new AppError('rejected', 'MARKET.REPLAY', `there is no recording of ${symbol} to list`);
  }

  /** When all trade: the latest first candle; the earliest where not all recordings overlap. */
  start(): UtcMs {
    const lives = [...this.symbols.values()].map((symbol) => symbol.cycle.life);
    const latest = Math.max(...lives.map((life) => life.start));
    const overlap = lives.every((life) => latest < life.end);
    return overlap ? latest : Math.min(...lives.map((life) => life.start));
  }

  end(): UtcMs {
    return Math.max(...[...this.symbols.values()].map((symbol) => symbol.cycle.life.end));
  }

  private add(recording: SymbolRecording): void {
    const { symbol, wire } = recording;
    const precision: Precision = wire;
    const hash = hashText(symbol, 81);
    const series = recording.series
      .map(({ interval, columns }) => new RecordedSeries(interval, columns, { hash, precision }))
      .sort((a, b) => a.stepMs - b.stepMs);
    const base = series[0]!;
    const life: Life = { start: base.first, end: endOf(base) };
    this.sources.set(symbol, new RecordedSource(series, life, precision));
    this.fundings.set(symbol, new RecordedFundings(recording.fundings));
    this.symbols.set(
      symbol,
      listSymbol(recordedFacts(recording, base), {
        announced: -Infinity,
        life,
        delistingAnnounced: Infinity,
        removed: Infinity,
      }),
    );
  }
}

function recordedFacts(recording: SymbolRecording, base: RecordedSeries): SymbolFacts {
  const { symbol, wire } = recording;
  const exact = base.precision();
  const delivery = /^(.+)_\d{6}$/.exec(symbol);
  const pair = delivery?.[1] ?? symbol;
  const quoteAsset = QUOTES.find((quote) => pair.endsWith(quote) && pair.length > quote.length) ?? 'USDT';
  const price = base.closeAt(0);
  const step = toDecimal(1 / powerOfTen(exact.quantity), exact.quantity);
  const tick = toDecimal(1 / powerOfTen(exact.price), exact.price);
  const greatest = toDecimal(Math.max(1, Math.ceil(10_000_000 / price)), 0);
  return {
    symbol,
    pair,
    contractType: delivery === null ? 'PERPETUAL' : 'CURRENT_QUARTER',
    onboardDate: base.first,
    baseAsset: pair.endsWith(quoteAsset) ? pair.slice(0, -quoteAsset.length) : pair,
    quoteAsset,
    marginAsset: quoteAsset,
    pricePrecision: wire.price,
    quantityPrecision: wire.quantity,
    baseAssetPrecision: 8,
    quotePrecision: 8,
    underlyingType: 'COIN',
    underlyingSubType: [],
    tickSize: tick,
    minPrice: tick,
    maxPrice: toDecimal(price * 100, exact.price),
    stepSize: step,
    minQty: step,
    maxQty: greatest,
    marketStepSize: step,
    marketMinQty: step,
    marketMaxQty: greatest,
    minNotional: '5',
    ...COMMON_LIMITS,
  };
}

const COMMON_LIMITS = {
  multiplierUp: '1.0500',
  multiplierDown: '0.9500',
  triggerProtect: '0.0500',
  liquidationFee: '0.015000',
  marketTakeBound: '0.05',
  fundingIntervalHours: 8,
};
