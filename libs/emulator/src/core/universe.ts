/** The generated universe: a fixed number of tradable perpetuals at any time, and what a filter must drop. */
import { AppError, DAY_MS, MINUTE_MS, type UtcMs } from '@slt/domain';
import { MAX_PLACES, tenures } from './churn';
import { Factors } from './generated-hours';
import { GeneratedSource } from './generated-source';
import { hashText, uniformAt } from './hash';
import { type LifeCycle, type ListedSymbol, listSymbol } from './listed-symbol';
import type { ListingRequest, SymbolEvent } from './market';
import { outsiders } from './outsiders';
import type { PriceModel } from './price-model';
import type { RecordedFundings } from './recorded-fundings';
import type { RowSource } from './row-source';
import { type Contract, factsOf, modelOf } from './symbol-facts';
import { inventedName, KNOWN_TICKERS, type Ticker } from './tickers';

/** The symbols of a market and where their candles come from. */
export interface Registry {
  readonly identity: string;
  listed(now: UtcMs): readonly ListedSymbol[];
  find(symbol: string): ListedSymbol | undefined;
  /** Ascending; in (after, upTo]. */
  events(after: UtcMs, upTo: UtcMs): SymbolEvent[];
  sourceOf(symbol: string): RowSource | undefined;
  /** Where fundings are recorded; left out, or undefined: they are made by chance. */
  fundingsOf?(symbol: string): RecordedFundings | undefined;
  delist(symbol: string, at: UtcMs): void;
  list(request: ListingRequest): ListedSymbol;
  start(): UtcMs | undefined;
  end(): UtcMs | undefined;
}

export interface UniverseOptions {
  readonly seed: number;
  /** Tradable USDT perpetuals at any time but for delist() and list(), 1–600. */
  readonly symbols: number;
  /** Where the run begins: no listing or delisting in the day after it. */
  readonly epoch: UtcMs;
  /** Listings and delistings of their own accord. */
  readonly churn: boolean;
}

export const MAX_SYMBOLS = 600;
/** Part of the identity: raise it whenever the same seed gives other candles. */
const GENERATOR_VERSION = 1;
const SYMBOLS_A_PLACE = 50;
const FIRST_LISTING: UtcMs = 1_567_965_420_000; // 2019-09-08, BTCUSDT
const LAST_LISTING: UtcMs = 1_735_689_600_000; // 2025-01-01
const LINGERS_FOR = 4 * DAY_MS;

export class GeneratedUniverse implements Registry {
  readonly identity: string;
  private readonly symbols = new Map<string, ListedSymbol>();
  private readonly models = new Map<string, PriceModel>();
  private readonly sources = new Map<string, GeneratedSource>();
  private readonly factors: Factors;
  private readonly places: number;
  private churnKnownTo = -Infinity;

  /** @throws AppError invalid `MARKET.SYMBOLS` */
  constructor(private readonly options: UniverseOptions) {
    const { seed, symbols, epoch, churn } = options;
    if (!Number.isInteger(symbols) || symbols < 1 || symbols > MAX_SYMBOLS) {
      throw new AppError('invalid', 'MARKET.SYMBOLS', `${symbols} symbols: expected 1 to ${MAX_SYMBOLS}`);
    }
    this.identity = `seed=${seed},symbols=${symbols},model=${GENERATOR_VERSION}${churn ? '' : ',churn=off'}`;
    this.factors = new Factors(seed);
    this.places = churn ? Math.min(MAX_PLACES, Math.floor(symbols / SYMBOLS_A_PLACE)) : 0;
    const coins = lastingTickers(symbols - this.places);
    coins.forEach((ticker, rank) => this.addLasting(ticker, rank));
    for (const { symbol, model } of outsiders(epoch, coins)) this.add(symbol, model);
    this.learnChurn(epoch);
  }

  listed(now: UtcMs): readonly ListedSymbol[] {
    this.learnChurn(now);
    return [...this.symbols.values()].filter((symbol) => symbol.isListed(now));
  }

  find(symbol: string): ListedSymbol | undefined {
    return this.symbols.get(symbol);
  }

  events(after: UtcMs, upTo: UtcMs): SymbolEvent[] {
    this.learnChurn(upTo);
    return eventsOf(this.symbols.values(), after, upTo);
  }

  sourceOf(symbol: string): RowSource | undefined {
    const known = this.sources.get(symbol);
    const listed = this.symbols.get(symbol);
    if (known !== undefined || listed === undefined) return known;
    const source = new GeneratedSource(symbol, listed.cycle.life, this.models.get(symbol)!, this.factors);
    this.sources.set(symbol, source);
    return source;
  }

  delist(symbol: string, at: UtcMs): void {
    endTrading(this.symbols, symbol, at);
  }

  list({ symbol, at }: ListingRequest): ListedSymbol {
    if (symbol === '' || !symbol.isWellFormed()) {
      throw new AppError('invalid', 'MARKET.SYMBOL', `${JSON.stringify(symbol)} is no symbol`);
    }
    if (this.symbols.has(symbol)) {
      throw new AppError('invalid', 'MARKET.LISTED', `${symbol} is listed already`);
    }
    const start = Math.ceil(at / MINUTE_MS) * MINUTE_MS;
    const base = symbol.endsWith('USDT') && symbol.length > 4 ? symbol.slice(0, -4) : symbol;
    const price = 10 ** (uniformAt(hashText(base, 75), 1) * 3 - 2);
    const contract = { ticker: { base, price, sector: 4 }, rank: 250, symbol, onboardDate: start };
    return this.addContract(contract, { ...FOR_EVER, announced: -Infinity, life: { start, end: Infinity } });
  }

  start(): undefined {
    return undefined;
  }

  end(): undefined {
    return undefined;
  }

  private addLasting(ticker: Ticker, rank: number): void {
    const { epoch } = this.options;
    const age = rank === 0 ? 0 : uniformAt(hashText(ticker.base, 76), 1);
    const natural = FIRST_LISTING + age * (LAST_LISTING - FIRST_LISTING);
    const onboardDate = Math.floor(Math.min(natural, epoch - 30 * DAY_MS) / MINUTE_MS) * MINUTE_MS;
    const contract = { ticker, rank, symbol: `${ticker.base}USDT`, onboardDate };
    this.addContract(contract, { ...FOR_EVER, life: { start: onboardDate, end: Infinity } });
  }

  /** Adds those that come and go until some days after the instant. */
  private learnChurn(now: UtcMs): void {
    if (now < this.churnKnownTo) return;
    const { seed, epoch } = this.options;
    const { places } = this;
    const from = this.churnKnownTo === -Infinity ? epoch : this.churnKnownTo;
    this.churnKnownTo = now + 20 * DAY_MS;
    for (const { ticker, cycle } of tenures({ seed, places, epoch, from, to: this.churnKnownTo })) {
      const symbol = `${ticker.base}USDT`;
      if (this.symbols.has(symbol)) continue;
      this.addContract({ ticker, rank: 260, symbol, onboardDate: cycle.life.start }, cycle);
    }
  }

  private addContract(contract: Contract, cycle: LifeCycle): ListedSymbol {
    return this.add(listSymbol(factsOf(contract), cycle), modelOf(contract));
  }

  private add(symbol: ListedSymbol, model: PriceModel): ListedSymbol {
    this.symbols.set(symbol.symbol, symbol);
    this.models.set(symbol.symbol, model);
    return symbol;
  }
}

const FOR_EVER = { announced: -Infinity, delistingAnnounced: Infinity, removed: Infinity };

function lastingTickers(count: number): Ticker[] {
  const known = new Set(KNOWN_TICKERS.map((ticker) => ticker.base));
  const tickers = KNOWN_TICKERS.slice(0, count);
  for (let number = 0; tickers.length < count; number++) {
    const base = inventedName(number);
    if (known.has(base)) continue;
    const price = 10 ** (uniformAt(hashText(base, 77), 1) * 4 - 2.7); // 0.002 to 20
    tickers.push({ base, price, sector: number % 9 });
  }
  return tickers;
}

export function eventsOf(symbols: Iterable<ListedSymbol>, after: UtcMs, upTo: UtcMs): SymbolEvent[] {
  return [...symbols]
    .flatMap((symbol) => symbol.events())
    .filter((event) => event.at > after && event.at <= upTo)
    .sort((a, b) => a.at - b.at);
}

/** @throws AppError not-found `MARKET.SYMBOL` */
export function endTrading(symbols: ReadonlyMap<string, ListedSymbol>, symbol: string, at: UtcMs): void {
  const listed = symbols.get(symbol);
  if (listed === undefined) throw new AppError('not-found', 'MARKET.SYMBOL', `${symbol} is not listed`);
  listed.cycle.life.end = Math.ceil(at / MINUTE_MS) * MINUTE_MS;
  listed.cycle.delistingAnnounced = -Infinity;
  listed.cycle.removed = listed.cycle.life.end + LINGERS_FOR;
}
