import { UsageError } from './exit';
import { parseSyncFlags, type SyncFlags } from './sync-flags';

function problemsOf(flags: SyncFlags): readonly string[] {
  try {
    parseSyncFlags(flags);
    return [];
  } catch (error) {
    return (error as UsageError).problems;
  }
}

describe('parseSyncFlags', () => {
  it('takes the newest candles of some symbols', () => {
    expect(parseSyncFlags({ symbols: 'BTCUSDT, ETHUSDT,BTCUSDT', interval: '5m', limit: '1000' })).toEqual({
      symbols: ['BTCUSDT', 'ETHUSDT'],
      interval: '5m',
      range: { kind: 'newest', limit: 1000 },
    });
  });

  it('takes a span of time of all symbols', () => {
    expect(parseSyncFlags({ symbols: 'all', interval: '1m', from: '2025-01-01', to: '2025-02-01' })).toEqual({
      symbols: 'all',
      interval: '1m',
      range: { kind: 'span', from: Date.UTC(2025, 0, 1), to: Date.UTC(2025, 1, 1) },
    });
    expect(parseSyncFlags({ symbols: 'all', interval: '1m', from: '2025-01-01' }).range).toEqual({
      kind: 'span',
      from: Date.UTC(2025, 0, 1),
    });
  });

  it('tells every problem at once', () => {
    expect(problemsOf({})).toHaveLength(3);
    const problems = problemsOf({ symbols: 'A,,B', interval: '7m', from: 'soon', to: 'later' });
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      '--symbols',
      '--interval',
      '--from',
      '--to',
    ]);
  });

  it.each(['0', '-5', '1.5', '1e3', 'many', '', '99999999'])('refuses a limit of "%s"', (limit) => {
    expect(problemsOf({ symbols: 'all', interval: '1m', limit })).toHaveLength(1);
  });

  it('refuses a span that ends before it begins, and a limit beside a span', () => {
    expect(problemsOf({ symbols: 'all', interval: '1m', from: '2025-02-01', to: '2025-01-01' })).toHaveLength(
      1,
    );
    expect(problemsOf({ symbols: 'all', interval: '1m', from: '2025-02-01', limit: '5' })).toHaveLength(1);
  });
});
