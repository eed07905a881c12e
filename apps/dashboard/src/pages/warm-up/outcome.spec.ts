import type { SymbolProgress } from '../../api/types';
import { outcomeOf, tally } from './outcome';

const symbol = (change: Partial<SymbolProgress>): SymbolProgress => ({
  symbol: 'BTCUSDT',
  state: 'live',
  ready: true,
  origin: 'fetched',
  gapsRepaired: 0,
  failure: null,
  ...change,
});
const failure = { code: 'EXCHANGE.BAD_RESPONSE', message: 'HTML' };

it.each<[Partial<SymbolProgress>, string]>([
  [{}, 'fetched'],
  [{ origin: 'topped-up' }, 'fetched'],
  [{ origin: 'aggregated' }, 'fetched'],
  [{ origin: 'cache' }, 'cached'],
  [{ origin: 'cache', gapsRepaired: 1 }, 'repaired'],
  [{ state: 'repairing' }, 'repaired'],
  [{ state: 'loading', origin: null }, 'pending'],
  [{ state: 'failed', origin: null, failure }, 'failed'],
  [{ state: 'live', failure }, 'failed'],
])('%j is %s', (change, outcome) => {
  expect(outcomeOf(symbol(change))).toBe(outcome);
});

it('counts each', () => {
  const all = [symbol({}), symbol({ origin: 'cache' }), symbol({ origin: 'cache' }), symbol({ failure })];
  expect(tally(all)).toEqual({ pending: 0, cached: 2, fetched: 1, repaired: 0, failed: 1 });
});
