import { count, inR, instant, money, percent, price, span } from './format';

it.each([
  [97_012.4, '97,012.40'],
  [1.23456, '1.2346'],
  [0.0067614, '0.0067614'],
  [0.00001234, '0.00001234'],
  [0, '0.00'],
  [-2.5, '-2.50'],
  [null, '–'],
  [NaN, '–'],
])('shows the price %p as %s', (value, text) => {
  expect(price(value)).toBe(text);
});

it.each([
  [0, '0 ms'],
  [420, '420 ms'],
  [1_000, '1 s'],
  [59_999, '59 s'],
  [80_000, '1 min 20 s'],
  [3_600_000, '1 h'],
  [3_605_000, '1 h'], // seconds of an hour are noise
  [7_260_000, '2 h 1 min'],
  [90_000_000, '1 d 1 h'],
  [-80_000, '−1 min 20 s'],
  [undefined, '–'],
])('shows %p ms as %s', (ms, text) => {
  expect(span(ms)).toBe(text);
});

it('shows shares, money, risk and counts', () => {
  expect([percent(0.0123, 2, true), percent(-0.5), percent(0, 1, true), percent(null)]).toEqual([
    '+1.23 %',
    '−50.0 %',
    '0.0 %',
    '–',
  ]);
  expect([money(10_021.7), money(-4.2, ''), money(null)]).toEqual(['10,021.70 USDT', '−4.20', '–']);
  expect([inR(1.672), inR(-1), inR(undefined)]).toEqual(['+1.67 R', '−1.00 R', '–']);
  expect([count(1234567), count(null)]).toEqual(['1,234,567', '–']);
});

it('shows an instant in UTC, to the second', () => {
  expect(instant(Date.UTC(2026, 10, 23, 0, 4, 9), 'utc')).toBe('23 Nov 2026, 00:04:09');
  expect(instant(Date.UTC(2026, 10, 23, 23, 59, 59), 'utc', 'time')).toBe('23:59:59');
  expect(instant(Date.UTC(2026, 10, 23, 0, 4, 9), 'utc', 'minute')).toBe('00:04');
});
