/**
 * A contract of which only candles are known: tick and step as fine as its first candles are written, limits as an
 * emulator gives them that replays a recording. Causal: set-ups need more candles than are looked at here.
 */
import type { CandleColumns, Instrument } from '@slt/domain';

/** Fewer than the ATR needs, without which there is no signal. */
const LOOKED_AT = 200;
const MOST_DECIMALS = 8;
const MIN_NOTIONAL = '5';
/** The largest order, in quote asset. */
const LARGEST_NOTIONAL = 10_000_000;
const QUOTES = ['USDT', 'USDC', 'FDUSD', 'BUSD', 'USD'];
const NEVER = Date.UTC(2100, 11, 25, 8);

/** @param columns the first candles that there are, at least one */
export function recordedInstrument(symbol: string, columns: CandleColumns): Instrument {
  const looked = Math.min(columns.length, LOOKED_AT);
  const prices = [columns.open, columns.high, columns.low, columns.close];
  const tick = unitOf(Math.max(...prices.map((column) => decimalsOf(column, looked))));
  const step = unitOf(decimalsOf(columns.volume, looked));
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

function decimalsOf(column: Float64Array, length: number): number {
  let most = 0;
  for (let i = 0; i < length; i++) most = Math.max(most, decimalsIn(column[i]!));
  return Math.min(MOST_DECIMALS, most);
}

/** Of the number as written; 12 digits, since sums of floats have dust behind them. */
function decimalsIn(value: number): number {
  const [digits = '', exponent = '0'] = Number(value.toPrecision(12)).toString().split('e');
  return Math.max(0, (digits.split('.')[1]?.length ?? 0) - Number(exponent));
}

const unitOf = (decimals: number): string => (decimals === 0 ? '1' : `0.${'1'.padStart(decimals, '0')}`);
