/**
 * A contract of which only candles are known: tick and step as fine as its first candles are written, limits as an
 * emulator gives them that replays a recording. Causal: set-ups need more candles than are looked at here.
 */
import { type CandleColumns, type Instrument, recordedPrecision } from '@slt/domain';

const MIN_NOTIONAL = '5';
/** The largest order, in quote asset. */
const LARGEST_NOTIONAL = 10_000_000;
const QUOTES = ['USDT', 'USDC', 'FDUSD', 'BUSD', 'USD'];
const NEVER = Date.UTC(2100, 11, 25, 8);

/** @param columns the first candles that there are, at least one */
export function recordedInstrument(symbol: string, columns: CandleColumns): Instrument {
  const { price, quantity } = recordedPrecision(columns);
  const tick = unitOf(price);
  const step = unitOf(quantity);
  const most = String(Math.max(1, Math.ceil(LARGEST_NOTIONAL / columns.close[0]!)));
  const quote = QUOTES.find((each) => symbol.endsWith(each) && symbol.length > each.length) ?? 'USDT';
  return {
    symbol,
    contractType: 'PERPETUAL',
    status: 'trading',
    baseAsset: symbol.endsWith(quote) ? symbol.slice(0, -quote.length) : symbol,
    quoteAsset: quote,
    marginAsset: quote,
    underlyingType: 'COIN',
    sectors: [],
    onboardTime: columns.openTime[0]!,
    deliveryTime: NEVER,
    filters: {
      tickSize: tick,
      minPrice: tick,
      // 0: none.
      maxPrice: '0',
      stepSize: step,
      minQty: step,
      maxQty: most,
      marketStepSize: step,
      marketMinQty: step,
      marketMaxQty: most,
      minNotional: MIN_NOTIONAL,
    },
  };
}

const unitOf = (decimals: number): string => (decimals === 0 ? '1' : `0.${'1'.padStart(decimals, '0')}`);
