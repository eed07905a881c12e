/** Instruments for specs, with filters as the exchange has them. */
import type { Instrument, InstrumentFilters } from '@slt/domain';

export function instrumentOf(symbol: string, filters: Partial<InstrumentFilters> = {}): Instrument {
  return {
    symbol,
    contractType: 'PERPETUAL',
    status: 'trading',
    baseAsset: symbol.replace(/USDT$/, ''),
    quoteAsset: 'USDT',
    marginAsset: 'USDT',
    underlyingType: 'COIN',
    sectors: [],
    onboardTime: 0,
    deliveryTime: 4_133_404_800_000,
    filters: {
      tickSize: '0.10',
      minPrice: '0.10',
      maxPrice: '4529764',
      stepSize: '0.001',
      minQty: '0.001',
      maxQty: '1000',
      marketStepSize: '0.001',
      marketMinQty: '0.001',
      marketMaxQty: '120',
      minNotional: '5',
      ...filters,
    },
  };
}

export const BTC: Instrument = instrumentOf('BTCUSDT');

/** A symbol that is not ASCII, with prices far below 1. */
export const LIFE: Instrument = instrumentOf('币安人生USDT', {
  tickSize: '0.00010',
  minPrice: '0.00010',
  maxPrice: '200',
  stepSize: '1',
  minQty: '1',
  maxQty: '10000000',
  marketStepSize: '1',
  marketMinQty: '1',
  marketMaxQty: '2000000',
});
