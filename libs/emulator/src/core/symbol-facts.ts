/** Traits and exchange filters of a generated symbol, derived from its name and price level as real ones are. */
import { hashText, uniformAt } from './hash';
import { toDecimal } from './kline-text';
import type { SymbolFacts } from './market';
import type { PriceModel } from './price-model';
import { powerOfTen } from './row-buffer';
import { SECTOR_NAMES, type Ticker } from './tickers';

export interface Contract {
  readonly ticker: Ticker;
  /** Place among the liveliest, 0 being the first. */
  readonly rank: number;
  readonly symbol: string;
  readonly onboardDate: number;
  readonly contractType?: string;
  readonly quoteAsset?: string;
  readonly underlyingType?: string;
  readonly underlyingSubType?: readonly string[];
  /** Of the price of the coin itself: quarterlies trade above it. */
  readonly premium?: number;
}

/** A tenth of the lesser symbols, and one well-known one, have minutes without trades. */
const QUIET_FROM = 20;
const QUIET_EXAMPLE = '币安人生';

export function modelOf(contract: Contract): PriceModel {
  const { ticker, rank } = contract;
  const hash = hashText(ticker.base, 71);
  const luck = (index: number): number => uniformAt(hash, index);
  const leader = ticker.base === 'BTC';
  const quiet = ticker.base === QUIET_EXAMPLE || (rank >= QUIET_FROM && luck(1) < 0.12);
  const stablePrice = contract.underlyingType === 'EQUITY' || contract.underlyingType === 'COMMODITY';
  return {
    key: ticker.base,
    basePrice: ticker.price * (contract.premium ?? 1),
    beta: stablePrice ? 0.25 : leader ? 1 : 0.85 + 0.6 * luck(2),
    sector: ticker.sector,
    sectorLoad: stablePrice || leader ? 0 : 0.5 + 0.9 * luck(3),
    ownDeviation: leader ? 0.006 : stablePrice ? 0.012 : 0.016 + 0.03 * luck(4) * luck(5),
    turnover: (1_700_000 * (0.6 + 0.8 * luck(6))) / (1 + rank) ** 1.05 / (quiet ? 12 : 1),
    activity: quiet ? 0.3 + 0.5 * luck(7) : rank < 120 ? 1 : 0.99,
    tradeSize: 250 + 900 * luck(8),
    tickDecimals: tickDecimalsOf(ticker),
    quantityDecimals: quantityDecimalsOf(ticker),
  };
}

function tickDecimalsOf({ base, price }: Ticker): number {
  if (base === 'ETH') return 2;
  const magnitude = Math.floor(Math.log10(price));
  const coarse = magnitude < 0 && uniformAt(hashText(base, 72), 1) < 0.5 ? 1 : 0;
  return Math.max(1, Math.min(7, 4 - magnitude - coarse));
}

function quantityDecimalsOf({ base, price }: Ticker): number {
  if (price >= 1000) return 3;
  if (price >= 100) return uniformAt(hashText(base, 72), 2) < 0.5 ? 3 : 2;
  if (price >= 10) return uniformAt(hashText(base, 72), 2) < 0.5 ? 2 : 1;
  return price >= 1 ? 1 : 0;
}

export function factsOf(contract: Contract): SymbolFacts {
  const { ticker, symbol, rank } = contract;
  const model = modelOf(contract);
  const hash = hashText(ticker.base, 73);
  const quoteAsset = contract.quoteAsset ?? 'USDT';
  const wider = rank >= 100 && uniformAt(hash, 2) < 0.6;
  return {
    symbol,
    pair: `${ticker.base}${quoteAsset}`,
    contractType: contract.contractType ?? 'PERPETUAL',
    onboardDate: contract.onboardDate,
    baseAsset: ticker.base,
    quoteAsset,
    marginAsset: quoteAsset,
    pricePrecision: Math.min(8, model.tickDecimals + (uniformAt(hash, 1) < 0.5 ? 1 : 0)),
    quantityPrecision: model.quantityDecimals,
    baseAssetPrecision: 8,
    quotePrecision: 8,
    underlyingType: contract.underlyingType ?? 'COIN',
    underlyingSubType: contract.underlyingSubType ?? [SECTOR_NAMES[ticker.sector]!],
    ...priceFilter(model),
    ...lotFilters(model, rank),
    minNotional: minNotionalOf(ticker.base, uniformAt(hash, 3)),
    multiplierUp: wider ? '1.1500' : '1.0500',
    multiplierDown: wider ? '0.8500' : '0.9500',
    triggerProtect: wider ? '0.1500' : '0.0500',
    liquidationFee: rank < 2 ? '0.012500' : '0.015000',
    marketTakeBound: wider ? '0.15' : '0.05',
    fundingIntervalHours: rank < 12 || uniformAt(hash, 4) < 0.25 ? 8 : 4,
  };
}

function priceFilter(model: PriceModel): Pick<SymbolFacts, 'tickSize' | 'minPrice' | 'maxPrice'> {
  const decimals = model.tickDecimals;
  const tick = 1 / powerOfTen(decimals);
  return {
    tickSize: toDecimal(tick, decimals),
    minPrice: toDecimal(Math.max(tick, model.basePrice * 0.005), decimals),
    maxPrice: toDecimal(model.basePrice * 60, decimals),
  };
}

type LotFilters = Pick<
  SymbolFacts,
  'stepSize' | 'minQty' | 'maxQty' | 'marketStepSize' | 'marketMinQty' | 'marketMaxQty'
>;

function lotFilters(model: PriceModel, rank: number): LotFilters {
  const decimals = model.quantityDecimals;
  const step = toDecimal(1 / powerOfTen(decimals), decimals);
  const greatest = roundNumber((rank < 10 ? 50_000_000 : 5_000_000) / model.basePrice);
  const atMarket = roundNumber(greatest / 8);
  return {
    stepSize: step,
    minQty: step,
    maxQty: toDecimal(greatest, 0),
    marketStepSize: step,
    marketMinQty: step,
    marketMaxQty: toDecimal(atMarket, 0),
  };
}

/** The next of 1, 2, 5, 10, 20, … below; at least 1. */
function roundNumber(value: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  const lead = value / magnitude;
  return Math.max(1, (lead >= 5 ? 5 : lead >= 2 ? 2 : 1) * magnitude);
}

function minNotionalOf(base: string, luck: number): string {
  if (base === 'BTC') return '100';
  if (base === 'ETH' || base === 'LTC' || base === 'BCH') return '20';
  return luck < 0.04 ? '50' : luck < 0.1 ? '20' : luck < 0.16 ? '10' : '5';
}
