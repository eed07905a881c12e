import { type Candle, columnsOf } from '@slt/domain';
import { recordedInstrument } from './recorded-instrument';

const candle = (close: number, volume: number, minute = 0): Candle => ({
  openTime: minute * 60_000,
  open: close,
  high: close,
  low: close,
  close,
  volume,
});

const filtersOf = (candles: readonly Candle[]) => recordedInstrument('SOLUSDT', columnsOf(candles)).filters;

describe('a recorded instrument', () => {
  it('has tick and step as fine as its candles', () => {
    expect(filtersOf([candle(150, 3), candle(150.25, 2.125)])).toMatchObject({
      tickSize: '0.01',
      minPrice: '0.01',
      stepSize: '0.001',
      minQty: '0.001',
      // 10,000,000 ÷ 150
      maxQty: '66667',
      minNotional: '5',
    });
    expect(filtersOf([candle(1e-7, 12)])).toMatchObject({ tickSize: '0.0000001', stepSize: '1' });
  });

  it('takes no dust of floats for decimals', () => {
    expect(filtersOf([candle(0.1 + 0.2, 1)]).tickSize).toBe('0.1');
  });

  it('looks at no candle that a signal might come before', () => {
    const many = Array.from({ length: 200 }, (_, i) => candle(100.5, 1, i));
    expect(filtersOf([...many, candle(100.123, 0.5, 200)])).toEqual(filtersOf(many));
  });

  it('knows its assets', () => {
    expect(recordedInstrument('BTCUSDC', columnsOf([candle(1, 1)]))).toMatchObject({
      baseAsset: 'BTC',
      quoteAsset: 'USDC',
    });
  });
});
