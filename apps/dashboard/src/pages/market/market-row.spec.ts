import type { MarketSymbol, Signal, SmcEvent } from '../../api/types';
import {
  changeOf,
  compareBy,
  freshnessOf,
  KEPT_CLOSES,
  type MarketFilter,
  type MarketRow,
  matches,
  rowOf,
  withCandle,
  withProofs,
  withSignal,
} from './market-row';

const answer = (change: Partial<MarketSymbol> = {}): MarketSymbol => ({
  symbol: 'BTCUSDT',
  state: 'live',
  ready: true,
  lastOpenTime: 600_000,
  closes: [100, 110],
  swing: 'bullish',
  internal: null,
  lastBreak: { kind: 'bos', scale: 'swing', direction: 'bullish', at: 540_000 },
  ...change,
});
const candle = (openTime: number, close: number) => ({
  openTime,
  open: close,
  high: close,
  low: close,
  close,
  volume: 1,
});
const proof = (event: Partial<SmcEvent>): SmcEvent => ({
  kind: 'bos',
  at: 1,
  atTime: 0,
  knownAt: 9,
  knownAtTime: 660_000,
  ...event,
});
const smc = (...events: SmcEvent[]) => ({ at: 0, symbol: 'BTCUSDT', interval: '1m', events });
const signal = (change: Partial<Signal>): Signal => ({
  id: 'x',
  symbol: 'BTCUSDT',
  interval: '1m',
  setup: 'block-retest',
  direction: 'long',
  at: 660_000,
  entry: 1,
  stop: 1,
  target: 1,
  confidence: 0.5,
  parts: {},
  decision: 'refused',
  reasons: [],
  ...change,
});
const ALL: MarketFilter = { search: '', swing: '', internal: '', setup: '', freshness: '' };

describe('a line of the market', () => {
  it('takes a candle once, and keeps so many closes', () => {
    let row = rowOf(answer());
    row = withCandle(row, candle(660_000, 121));
    expect([row.lastOpenTime, row.closes]).toEqual([660_000, [100, 110, 121]]);
    expect(withCandle(row, candle(660_000, 5))).toBe(row);
    expect(withCandle(row, candle(600_000, 5))).toBe(row);
    for (let i = 1; i <= 50; i++) row = withCandle(row, candle(660_000 + i * 60_000, i));
    expect([row.closes.length, row.closes[0], row.closes.at(-1)]).toEqual([KEPT_CLOSES, 11, 50]);
  });

  it('tells the change over what it keeps: 110 / 100 − 1', () => {
    expect(changeOf(rowOf(answer()))).toBeCloseTo(0.1, 12);
    expect(changeOf(rowOf(answer({ closes: [100] })))).toBeNull();
  });

  it('follows breaks of each scale, and names the newest event', () => {
    const row = withProofs(
      rowOf(answer()),
      smc(
        proof({ kind: 'choch', scale: 'swing', direction: 'bearish' }),
        proof({ kind: 'bos', scale: 'internal', direction: 'bearish' }),
        proof({ kind: 'liquidity', state: 'swept' }),
        proof({ kind: 'pivot' }),
      ),
    );
    expect([row.swing, row.internal]).toEqual(['bearish', 'bearish']);
    expect(row.lastEvent).toEqual({ kind: 'liquidity swept', scale: null, direction: null, at: 660_000 });
  });

  it('keeps what only events tell when it is read anew', () => {
    const row = withSignal(
      withProofs(rowOf(answer()), smc(proof({ kind: 'fair-value-gap', state: 'open' }))),
      signal({}),
    );
    const again = rowOf(answer({ closes: [], lastOpenTime: 660_000 }), row);
    expect(again).toMatchObject({
      closes: [100, 110],
      lastEvent: { kind: 'fair-value-gap' },
      setup: { name: 'block-retest' },
    });
    const later = { kind: 'choch', scale: 'swing', direction: 'bearish', at: 720_000 } as const;
    expect(rowOf(answer({ lastBreak: later }), row).lastEvent).toEqual(later);
  });

  it('keeps the newest set-up, whatever the order they are told in', () => {
    const row = withSignal(rowOf(answer()), signal({}));
    expect(withSignal(row, signal({ at: 600_000, setup: 'gap-continuation' }))).toBe(row);
    expect(withSignal(row, signal({ at: 660_000, decision: 'traded' })).setup?.decision).toBe('traded');
  });

  it('is fresh, behind, or without candles', () => {
    expect(freshnessOf(rowOf(answer()))).toBe('fresh');
    expect(freshnessOf(rowOf(answer({ ready: false })))).toBe('behind');
    expect(freshnessOf(rowOf(answer({ lastOpenTime: null, state: 'failed' })))).toBe('none');
  });
});

describe('the filter', () => {
  const row = withSignal(rowOf(answer()), signal({}));
  it.each<[Partial<MarketFilter>, boolean]>([
    [{}, true],
    [{ search: 'btc' }, true],
    [{ search: 'ETH' }, false],
    [{ swing: 'bullish' }, true],
    [{ swing: 'none' }, false],
    [{ internal: 'none' }, true],
    [{ setup: 'any' }, true],
    [{ setup: 'block-retest' }, true],
    [{ setup: 'sweep-reversal' }, false],
    [{ freshness: 'fresh' }, true],
    [{ freshness: 'behind' }, false],
    [{ search: 'BTC', swing: 'bearish' }, false],
  ])('%j lets it through: %p', (filter, isShown) => {
    expect(matches(row, { ...ALL, ...filter })).toBe(isShown);
  });
});

describe('the order', () => {
  const a = rowOf(answer({ symbol: 'A', closes: [1, 2] }));
  const b = rowOf(answer({ symbol: 'B', closes: [1, 3] }));
  const none = rowOf(answer({ symbol: 'C', closes: [], lastOpenTime: null }));
  const order = (rows: MarketRow[], ...by: Parameters<typeof compareBy>) =>
    [...rows].sort(compareBy(...by)).map(({ symbol }) => symbol);

  it('goes up and down, with what has no value last both ways', () => {
    expect(order([none, b, a], 'price', false)).toEqual(['A', 'B', 'C']);
    expect(order([none, b, a], 'price', true)).toEqual(['B', 'A', 'C']);
  });

  it('goes by symbol where the rest is equal', () => {
    expect(order([b, a], 'swing', true)).toEqual(['A', 'B']);
  });
});
