import { SymbolPipe } from './symbol';

const pipe = new SymbolPipe();

it.each([
  'BTCUSDT',
  '币安人生USDT',
  '1000PEPEUSDT',
  'BTCUSDT_260327',
  'A.B',
  'x'.repeat(64),
  '1/2USDT',
  '<img/src=x/onerror=window.trapped=1>USDT',
])('takes %s', (symbol) => {
  expect(pipe.transform(symbol)).toBe(symbol);
});

it.each([
  '',
  '.',
  '..',
  '../x',
  '/',
  '/etc',
  'a/',
  'a//b',
  'a/../b',
  'a/..',
  `${'x'.repeat(32)}/${'x'.repeat(32)}`,
  'a\\b',
  'a\0b',
  'a b',
  'a\nb',
  '\u202eBTC',
  '\ud800',
  'x'.repeat(65),
  '\ufeffBTC',
])('refuses %j', (symbol) => {
  expect(() => pipe.transform(symbol)).toThrow(/is no symbol/);
});
