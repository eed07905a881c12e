/**
 * Indicators, one candle at a time: `step` takes the next closed candle (or its close, or volume) and allocates nothing,
 * `value` is that of the candles so far and NaN as long as there are too few, `toJSON` and `restore` go on where it was.
 */
export { Adx, type AdxState } from './adx';
export { Atr, type AtrState } from './atr';
export { BollingerBands, type BollingerState } from './bollinger';
export { Ema, type EmaState } from './ema';
export { Macd, type MacdState } from './macd';
export { RelativeVolume, type RelativeVolumeState } from './relative-volume';
export { RollingVwap, type RollingVwapState } from './rolling-vwap';
export { Rsi, type RsiState } from './rsi';
export { SessionVwap, type SessionVwapState } from './session-vwap';
