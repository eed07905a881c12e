import type { PositionStatus, TradingEvent, TradingStatus } from '@slt/trading';
import type { LearningEvent } from '@slt/intelligence';
import { LearningStory } from './learning-story';
import { MarketStory } from './market-story';
import { TradingStory } from './trading-story';

const position = (changes: Partial<PositionStatus> = {}): PositionStatus => ({
  id: 'BTCUSDT:1m:block-retest:long:60000',
  symbol: 'BTCUSDT',
  setup: 'block-retest',
  direction: 'long',
  quantity: 0.01,
  entryPrice: 90_000,
  price: 90_000,
  stop: 89_000,
  target: null,
  openedAt: 60_000,
  unrealizedPnl: 0,
  unrealizedR: 0,
  fees: 0,
  funding: 0,
  confidence: 0.7,
  isProtected: true,
  ...changes,
});
const held = (told: PositionStatus | null, at = 61_000): TradingEvent => ({
  type: 'position',
  at,
  symbol: 'BTCUSDT',
  position: told,
});
const noReason = (): Pick<TradingStatus, 'halt' | 'obstacle'> => ({});

describe('the story of trading', () => {
  it('tells of start, stop and halt, not of what lies between', () => {
    const story = new TradingStory();
    const halt = { reason: 'breaker', detail: 'the drawdown limit is reached' } as const;
    const states = [
      'reconciling',
      'on',
      'reconciling',
      'on',
      'halted',
      'reconciling',
      'on',
      'stopping',
      'off',
    ];
    const told = states.map((state) =>
      story.told({ type: 'trading', at: 1, state } as TradingEvent, () =>
        state === 'halted' ? { halt } : {},
      ),
    );
    expect(told.map((draft) => draft?.title)).toEqual([
      undefined,
      'Trading started',
      undefined,
      undefined,
      'Trading halted',
      undefined,
      'Trading started',
      undefined,
      'Trading stopped',
    ]);
    expect(told[4]).toMatchObject({
      severity: 'critical',
      text: 'breaker: the drawdown limit is reached',
      facts: { reason: 'breaker' },
    });
  });

  it('makes more of a stop that nobody asked for', () => {
    const story = new TradingStory();
    story.told({ type: 'trading', at: 1, state: 'on' }, noReason);
    expect(
      story.told({ type: 'trading', at: 2, state: 'off' }, () => ({ obstacle: 'another process holds it' })),
    ).toMatchObject({ severity: 'critical', text: 'another process holds it' });
  });

  it('tells of a position when it opens and grows', () => {
    const story = new TradingStory();
    const told = [
      held(position()),
      held(position({ price: 91_000 })),
      held(position({ quantity: 0.03 })),
      held(position({ quantity: 0.02 })),
      held(null),
      held(position()),
    ].map((event) => story.told(event, noReason)?.title);
    const opened = 'BTCUSDT: long opened';
    expect(told).toEqual([opened, undefined, 'BTCUSDT: long added to', undefined, undefined, opened]);
    expect(story.told(held(position({ quantity: 1 })), noReason)?.text).toBe('1 at 90000, stop 89000');
  });

  it('does not take a position for a new one that was held before', () => {
    expect(new TradingStory().told(held(position(), 600_000), noReason)).toBeUndefined();
  });

  it('tells of a trade what it earned, and of the breaker why', () => {
    const story = new TradingStory();
    const trade = {
      positionId: 'p',
      symbol: 'BTCUSDT',
      setup: 'block-retest',
      direction: 'long',
      quantity: '0.01',
      entryTime: 1,
      entryPrice: '90000',
      exitTime: 2,
      exitPrice: '89000',
      exitReason: 'stop',
      realizedPnl: '-10',
      fees: '1',
      funding: '0',
      netPnl: '-11',
      r: -1.1,
      confidence: 0.7,
    } as const;
    expect(story.told({ type: 'trade', at: 1, trade }, noReason)).toMatchObject({
      severity: 'info',
      title: 'BTCUSDT: long closed, -11.00 USDT',
      text: 'by stop at 89000 (-1.10 R)',
      facts: { netPnl: -11 },
    });
    const liquidated = { ...trade, exitReason: 'liquidation' } as const;
    expect(story.told({ type: 'trade', at: 1, trade: liquidated }, noReason)?.severity).toBe('critical');
    const transition = {
      from: 'normal',
      to: 'blocked',
      move: 'worsen-to-blocked',
      at: 1,
      reasons: [{ code: 'ERROR_RATE', value: 0.66667, threshold: 0.5 }],
    } as const;
    expect(story.told({ type: 'breaker', at: 1, transition }, noReason)).toMatchObject({
      severity: 'critical',
      title: 'Circuit breaker: normal to blocked',
      text: 'ERROR_RATE 0.6667 of 0.5',
    });
  });
});

describe('the story of learning', () => {
  it('tells who judges, and makes more of a champion that had to go', () => {
    const story = new LearningStory();
    const promoted = {
      type: 'model',
      at: 1,
      model: 'forest-1',
      previous: 'online',
      detail: 'on 900 signals',
    } as const;
    expect(story.told({ ...promoted, reason: 'better' })).toMatchObject({
      kind: 'model',
      severity: 'info',
      title: 'Model promoted: forest-1',
      text: 'forest-1 judges instead of online (better): on 900 signals',
    });
    const demoted = { ...promoted, model: 'online', previous: 'forest-1', reason: 'drift' } as const;
    expect(story.told(demoted)).toMatchObject({ severity: 'warning', title: 'Model demoted: forest-1' });
  });

  it('tells of a lost edge once', () => {
    const story = new LearningStory();
    const drifts = ['warning', 'drifted', 'drifted', 'none', 'drifted'] as const;
    const told = drifts.map((drift) =>
      story.told({ type: 'drift', at: 1, drift, model: 'online' } as LearningEvent),
    );
    expect(told.map((draft) => draft?.title)).toEqual([
      undefined,
      'Edge lost',
      undefined,
      undefined,
      'Edge lost',
    ]);
  });
});

describe('the story of the market', () => {
  it('tells that data is ready, degraded and whole again, each once', () => {
    const story = new MarketStory();
    const phases = [
      'discovering',
      'warming',
      'streaming',
      'streaming',
      'degraded',
      'degraded',
      'streaming',
    ] as const;
    const told = phases.map((phase) => story.told({ type: 'phase', at: 1, phase, reason: '3 of 6' }));
    expect(told.map((draft) => draft && [draft.severity, draft.title, draft.text])).toEqual([
      undefined,
      undefined,
      ['info', 'Market data ready', ''],
      undefined,
      ['warning', 'Market data degraded', '3 of 6'],
      undefined,
      ['info', 'Market data whole again', ''],
    ]);
  });
});
