import fc from 'fast-check';
import { decodeSymbol, encodeSymbol, parseSeriesKey, seriesKey } from './symbol';

describe('encodeSymbol', () => {
  it.each([
    ['BTCUSDT', 'BTCUSDT'],
    ['BTCUSDT_260327', 'BTCUSDT_260327'],
    ['币安人生USDT', '%E5%B8%81%E5%AE%89%E4%BA%BA%E7%94%9FUSDT'],
    ['../../etc/passwd', '%2E%2E%2F%2E%2E%2Fetc%2Fpasswd'],
    ['.', '%2E'],
  ])('%s becomes %s', (symbol, encoded) => {
    expect(encodeSymbol(symbol)).toBe(encoded);
  });

  it('is reversible and never leaves its folder', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 15, unit: 'grapheme' }), (symbol) => {
        fc.pre(symbol.isWellFormed());
        const encoded = encodeSymbol(symbol);
        expect(encoded).toMatch(/^[A-Za-z0-9_%-]+$/);
        expect(decodeSymbol(encoded)).toBe(symbol);
        expect(parseSeriesKey(seriesKey(symbol, '15m'))).toEqual({ symbol, interval: '15m' });
      }),
    );
  });

  it.each(['', '\ud800', 'x'.repeat(300)])('refuses %j', (symbol) => {
    expect(() => encodeSymbol(symbol)).toThrow(
      expect.objectContaining({ kind: 'invalid', code: 'SYMBOL.INVALID' }),
    );
  });

  it.each(['%2e', 'a b', '%E5%B8', '%41', ''])('decodes nothing it never writes: %j', (text) => {
    expect(decodeSymbol(text)).toBeUndefined();
  });

  it.each(['BTCUSDT', '_1m', 'BTCUSDT_7m', 'BTCUSDT_'])('parses no series key from %j', (text) => {
    expect(parseSeriesKey(text)).toBeUndefined();
  });
});
