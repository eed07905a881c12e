import fc from 'fast-check';
import { exact, fromFloat, plain, sumOf } from './decimal';

describe('decimal', () => {
  it('is written plainly: no exponent, no dust, no minus zero', () => {
    expect(plain(exact('1e-8'))).toBe('0.00000001');
    expect(plain(exact('1e21'))).toBe('1000000000000000000000');
    expect(plain(exact('10.500'))).toBe('10.5');
    expect(plain(exact('-0'))).toBe('0');
    expect(plain(exact('0.1').minus('0.1').neg())).toBe('0');
  });

  it('adds cents exactly', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1e9, max: 1e9 })), (cents) => {
        const sum = sumOf(cents.map((cent) => plain(exact(String(cent)).div(100))));
        expect(plain(sum.times(100))).toBe(String(cents.reduce((a, b) => a + b, 0)));
      }),
    );
  });

  it('takes a float at 12 digits, without the dust of binary arithmetic', () => {
    expect(plain(fromFloat(0.1 + 0.2))).toBe('0.3'); // 0.30000000000000004
    expect(plain(fromFloat(100.3 * 3))).toBe('300.9'); // 300.90000000000003
    expect(plain(fromFloat(1.5e-9))).toBe('0.0000000015');
  });

  it.each(['', 'abc', '1,5', 'NaN', 'Infinity', '0x1f'])('refuses %p', (text) => {
    expect(() => exact(text)).toThrow(
      expect.objectContaining({ code: 'DECIMAL.MALFORMED', kind: 'invalid' }),
    );
  });

  it('refuses what is no number', () => {
    expect(() => fromFloat(NaN)).toThrow(expect.objectContaining({ code: 'DECIMAL.MALFORMED' }));
    expect(() => fromFloat(-Infinity)).toThrow(expect.objectContaining({ code: 'DECIMAL.MALFORMED' }));
  });
});
