import fc from 'fast-check';
import { href, parseHash } from './address';

it.each([
  ['', [], ''],
  ['#/', [], ''],
  ['#/market', ['market'], ''],
  ['#/market?search=BTC&sort=price', ['market'], 'search=BTC&sort=price'],
  ['#/chart/%E5%B8%81%E5%AE%89USDT', ['chart', '币安USDT'], ''],
  ['#/chart/%E5', ['chart', '%E5'], ''],
  ['#//chart//', ['chart'], ''],
])('reads %s', (hash, path, query) => {
  const read = parseHash(hash);
  expect([read.path, read.query.toString()]).toEqual([path, query]);
});

it('leaves out what is empty', () => {
  expect(href('market', { search: '', sort: 'price' })).toBe('#/market?sort=price');
  expect(href('market', { search: '' })).toBe('#/market');
});

it('reads what it made, whatever a symbol is called', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1 });
  fc.assert(
    fc.property(text, text, (symbol, search) => {
      const { path, query } = parseHash(href('chart', symbol, { search }));
      expect([path, query.get('search')]).toEqual([['chart', symbol], search]);
    }),
  );
});
