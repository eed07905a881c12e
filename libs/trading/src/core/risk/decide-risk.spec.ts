import fc from 'fast-check';
import { anAssessment } from '../../testing/assessments';
import { FULL_PERMIT, NO_PERMIT, PROBE_PERMIT } from '../breaker';
import { type Refusal, type Signal, signOf } from '../signal';
import type { Exposure } from './correlation';
import { decideRisk, type RiskDecision } from './decide-risk';
import { bracketOf, liquidationPrice, type MarginBracket } from './liquidation';
import type { EntrySize } from './position-size';
import type { RiskContext } from './risk-context';
import { DEFAULT_RISK_LIMITS, type RiskLimits } from './risk-limits';

const NOW = Date.UTC(2025, 4, 6, 12, 0, 2);
const BRACKETS: readonly MarginBracket[] = [
  { notionalCap: 50_000, maxLeverage: 20, maintenanceRate: 0.01, maintenanceAmount: 0 },
  { notionalCap: 250_000, maxLeverage: 10, maintenanceRate: 0.025, maintenanceAmount: 750 },
];

const SIGNAL: Signal = {
  id: 'AAAUSDT:1m:block-retest:long:0',
  symbol: 'AAAUSDT',
  interval: '1m',
  setup: 'block-retest',
  direction: 'long',
  at: NOW - 2_000,
  entry: 100,
  stop: 98,
  target: 104,
  confidence: 0.65,
  parts: { base: 0.65 },
};

const CONTEXT: RiskContext = {
  now: NOW,
  isTradingOn: true,
  permit: FULL_PERMIT,
  account: { equity: 10_000, availableBalance: 10_000, initialMargin: 0 },
  market: {
    isTradable: true,
    hasOrders: false,
    tickSize: 0.01,
    stepSize: 0.001,
    minQuantity: 0.001,
    minNotional: 5,
    brackets: BRACKETS,
    sectors: ['L1'],
  },
  exposures: [],
  losses: { dailyPnl: 0, dailyLoss: 0, drawdown: 0, losingStreak: 0, coolDownUntil: 0 },
};

const held = (symbol: string, given: Partial<Exposure> = {}): Exposure => ({
  symbol,
  direction: 'long',
  notional: 1_000,
  margin: 200,
  sectors: [symbol],
  ...given,
});

const withMarket = (market: Partial<RiskContext['market']>): RiskContext => ({
  ...CONTEXT,
  market: { ...CONTEXT.market, ...market },
});

function decide(
  signal: Partial<Signal> = {},
  context: Partial<RiskContext> = {},
  limits: Partial<RiskLimits> = {},
): RiskDecision {
  return decideRisk(
    { ...SIGNAL, ...signal },
    { ...CONTEXT, ...context },
    { ...DEFAULT_RISK_LIMITS, ...limits },
  );
}

function sizeOf(decision: RiskDecision): EntrySize {
  if (decision.kind === 'refused') throw new Error(`refused: ${decision.refused.join(', ')}`);
  return decision.accepted;
}

const refusalsOf = (decision: RiskDecision): readonly Refusal[] =>
  decision.kind === 'refused' ? decision.refused : [];

describe('the size', () => {
  // Per unit: 100 − 98 = 2, and 0.0007 × (100 + 98) = 0.1386 of fees and slippage.
  const LOSS = 2 + 0.0007 * 198;

  it('loses half a per cent of equity at the stop, costs included', () => {
    // 10,000 × 0.005 ÷ 2.1386 = 23.38; × 100 = 2,338, below 0.1 × 10,000 × 5 = 5,000
    const size = sizeOf(decide());
    expect(size.quantity).toBeCloseTo(50 / LOSS, 9);
    expect(size.riskMoney).toBeCloseTo(50, 9);
    expect(size.notional).toBeCloseTo(5_000 / LOSS, 9);
    expect(size.leverage).toBe(5);
  });

  it('loses one per cent from 0.70 on', () => {
    expect(sizeOf(decide({ confidence: 0.7 })).riskMoney).toBeCloseTo(100, 9); // notional 4,676
  });

  it('loses the share of it that the learner allows', () => {
    // 10,000 × 0.005 × 0.05 = 2.5; half of that where the breaker halves
    const assessment = anAssessment({ riskScale: 0.05 });
    expect(sizeOf(decide({ assessment })).riskMoney).toBeCloseTo(2.5, 9);
    const permit = { kind: 'reduced', sizeFactor: 0.5, minConfidence: 0.6 } as const;
    expect(sizeOf(decide({ assessment }, { permit })).riskMoney).toBeCloseTo(1.25, 9);
    expect(sizeOf(decide({ assessment: anAssessment() })).riskMoney).toBeCloseTo(50, 9);
  });

  it('is at most a tenth of equity as margin, at the leverage cap', () => {
    // Two per cent would be 200 ÷ 2.1386 × 100 = 9,352.
    const size = sizeOf(decide({ confidence: 0.85 }));
    expect(size.notional).toBe(0.1 * 10_000 * 5);
    expect(size.riskMoney).toBeCloseTo(50 * LOSS, 9);
  });

  it('mirrors for a short', () => {
    const size = sizeOf(decide({ direction: 'short', stop: 102, target: 96 }));
    expect(size.quantity).toBeCloseTo(50 / (2 + 0.0007 * 202), 9);
  });

  it('is reckoned from the price of now where that is known', () => {
    const size = sizeOf(decide({}, withMarket({ price: 100.5 })));
    expect(size.quantity).toBeCloseTo(50 / (2.5 + 0.0007 * 198.5), 9);
  });

  it('is halved where the breaker throttles', () => {
    const permit = { kind: 'reduced', sizeFactor: 0.5, minConfidence: 0.6 } as const;
    expect(sizeOf(decide({}, { permit })).riskMoney).toBeCloseTo(25, 9);
  });

  it('is the least that the exchange takes as a probe, with a step to spare', () => {
    // 5 ÷ 100 = 0.05 is the least; one step more
    expect(sizeOf(decide({}, { permit: PROBE_PERMIT })).quantity).toBeCloseTo(0.051, 9);
  });

  it('stays within the largest market order', () => {
    expect(sizeOf(decide({}, withMarket({ maxQuantity: 3 }))).quantity).toBe(3);
  });

  it('takes less leverage where the bracket or the liquidation asks for it', () => {
    const strict = [{ ...BRACKETS[0]!, maxLeverage: 3 }];
    // 0.1 × 10,000 × 3 = 3,000
    expect(sizeOf(decide({ confidence: 0.85 }, withMarket({ brackets: strict })))).toMatchObject({
      leverage: 3,
      notional: 3_000,
    });
    // Stop 4 away, liquidation at least 16: at 20 x (1 − 1/20) ÷ 0.99 it is 4.04 away; at 6 x 15.8; at 5 x 19.2.
    const limits = { leverageCap: 20, liquidationFactor: 4 };
    expect(sizeOf(decide({ stop: 96, target: 108 }, {}, limits)).leverage).toBe(5);
  });
});

describe('refusals', () => {
  const cases: [Refusal, Partial<Signal>, Partial<RiskContext>][] = [
    ['TRADING_OFF', {}, { isTradingOn: false }],
    ['SYMBOL_NOT_TRADABLE', {}, withMarket({ isTradable: false })],
    ['SIGNAL_STALE', { at: NOW - 30_001 }, {}],
    ['SIGNAL_STALE', { at: NOW + 30_001 }, {}],
    ['SIGNAL_STALE', {}, withMarket({ price: 101.01 })], // more than half of 2
    ['BREAKER_BLOCKED', {}, { permit: NO_PERMIT }],
    ['BREAKER_THROTTLED', {}, { permit: { kind: 'reduced', sizeFactor: 0.5, minConfidence: 0.85 } }],
    ['CONFIDENCE_TOO_LOW', { confidence: 0.59 }, {}],
    ['POSITION_EXISTS', {}, { exposures: [held('AAAUSDT', { notional: 10, margin: 2 })] }],
    ['POSITION_EXISTS', {}, withMarket({ hasOrders: true })],
    ['TOO_MANY_POSITIONS', {}, { exposures: ['B', 'C', 'D', 'E', 'F'].map((symbol) => held(symbol)) }],
    ['STOP_TOO_CLOSE', { stop: 99.8, target: 101 }, {}], // 0.2 < 1.5 × 0.0007 × 199.8
    ['STOP_TOO_CLOSE', { stop: 98 }, withMarket({ tickSize: 0.5 })], // 2 < 5 × 0.5
    ['STOP_TOO_FAR', { stop: 94.9, target: 120 }, {}], // 5.1 > 0.05 × 100
    ['STOP_TOO_FAR', {}, withMarket({ atr: 0.05 })], // 2 > 30 × 0.05
    ['DAILY_LOSS_LIMIT', {}, { losses: { ...CONTEXT.losses, dailyLoss: 0.05 } }],
    ['DRAWDOWN_LIMIT', {}, { losses: { ...CONTEXT.losses, drawdown: 0.15 } }],
    ['COOL_DOWN', {}, { losses: { ...CONTEXT.losses, coolDownUntil: NOW + 1 } }],
    ['NO_EQUITY', {}, { account: { equity: 0, availableBalance: 0, initialMargin: 0 } }],
    ['BELOW_MIN_QUANTITY', {}, withMarket({ minQuantity: 24, stepSize: 1 })],
    ['BELOW_MIN_NOTIONAL', {}, withMarket({ minNotional: 3_000 })],
    // 23.38 units become 23 on the exchange's step
    ['BELOW_MIN_NOTIONAL', {}, withMarket({ minNotional: 2_310, stepSize: 1, minQuantity: 1 })],
    // 2,338 ÷ 5 = 468 of margin: 5,600 + 468 > 0.6 × 10,000
    ['MARGIN_EXHAUSTED', {}, { account: { equity: 10_000, availableBalance: 9_000, initialMargin: 5_600 } }],
    ['MARGIN_EXHAUSTED', {}, { exposures: [held('B', { margin: 5_600 })] }],
    ['MARGIN_EXHAUSTED', {}, { account: { equity: 10_000, availableBalance: 460, initialMargin: 0 } }],
    // 0.25 × 10,000 × 5 = 12,500 is the cap; 11,000 + 2,338 above it
    ['CORRELATION_CAP', {}, { exposures: [held('B', { notional: 11_000, sectors: ['L1'] })] }],
  ];

  it.each(cases)('%s, and nothing else', (code, signal, context) => {
    expect(refusalsOf(decide(signal, context))).toEqual([code]);
  });

  it.each<[string, Refusal]>([
    ['sees no edge', 'NO_EDGE'],
    ['has no proof of one', 'EDGE_UNPROVEN'],
    ['has lost it', 'EDGE_LOST'],
    ['knows too little', 'LEARNING'],
  ])('come from the learner that %s', (_, code) => {
    expect(refusalsOf(decide({ assessment: anAssessment({ refusals: [code] }) }))).toEqual([code]);
  });

  it('LIQUIDATION_TOO_NEAR where no leverage keeps it far enough', () => {
    // Short at 100, stop 104.9: liquidation at 1 x is 100 × 2 ÷ (1 + 0.9) = 105.26, less than 9.8 away.
    const brackets = [{ ...BRACKETS[0]!, maintenanceRate: 0.9 }];
    const signal = { direction: 'short', stop: 104.9, target: 90 } as const;
    expect(refusalsOf(decide(signal, withMarket({ brackets })))).toEqual(['LIQUIDATION_TOO_NEAR']);
  });

  it('are all told, in the order of the rules', () => {
    const decision = decide(
      { confidence: 0.2, stop: 94, at: 0, assessment: anAssessment({ refusals: ['NO_EDGE', 'EDGE_LOST'] }) },
      { isTradingOn: false, permit: NO_PERMIT, exposures: [held('AAAUSDT', { margin: 5_900 })] },
    );
    expect(refusalsOf(decision)).toEqual([
      'TRADING_OFF',
      'SIGNAL_STALE',
      'BREAKER_BLOCKED',
      'CONFIDENCE_TOO_LOW',
      'POSITION_EXISTS',
      'STOP_TOO_FAR',
      'MARGIN_EXHAUSTED',
      'NO_EDGE',
      'EDGE_LOST',
    ]);
  });

  it('do not come at the limits themselves', () => {
    const losses = { ...CONTEXT.losses, dailyLoss: 0.0499, drawdown: 0.1499, coolDownUntil: NOW };
    expect(decide({ at: NOW - 30_000, confidence: 0.6 }, { losses }).kind).toBe('accepted');
    expect(decide({}, { exposures: ['B', 'C', 'D', 'E'].map((symbol) => held(symbol)) }).kind).toBe(
      'accepted',
    );
    // Two full positions that move together are within the cap of 2.5.
    const full = held('B', { notional: 5_000, sectors: ['L1'], margin: 1_000 });
    expect(decide({ confidence: 0.85 }, { exposures: [full] }).kind).toBe('accepted');
  });

  it('spare a hedge of what moves together', () => {
    const exposures = [held('B', { notional: 12_500, sectors: ['L1'] })];
    expect(decide({ direction: 'short', stop: 102, target: 96 }, { exposures }).kind).toBe('accepted');
  });

  it('go by measured correlation', () => {
    const exposures = [held('B', { notional: 12_000, sectors: ['Meme'] })];
    const measured = (value: number): RiskContext => ({
      ...withMarket({ correlation: () => value }),
      exposures,
    });
    expect(refusalsOf(decide({}, measured(0.95)))).toEqual(['CORRELATION_CAP']); // 11,400 + 2,338
    expect(decide({}, measured(0.8)).kind).toBe('accepted'); // 9,600 + 2,338
    expect(decide({}, measured(-0.95)).kind).toBe('accepted');
  });
});

describe('whatever is asked', () => {
  const positive = (max: number): fc.Arbitrary<number> => fc.double({ min: 1e-4, max, noNaN: true });
  const exposure = fc.record({
    symbol: fc.constantFrom('B', 'C', 'D', 'E'),
    direction: fc.constantFrom('long' as const, 'short' as const),
    notional: positive(20_000),
    margin: positive(4_000),
    sectors: fc.constantFrom(['L1'], ['Meme'], []),
  });
  const question = fc.record({
    direction: fc.constantFrom('long' as const, 'short' as const),
    confidence: fc.double({ min: 0.5, max: 1, noNaN: true }),
    stopShare: fc.double({ min: 0.0005, max: 0.08, noNaN: true }),
    equity: positive(1e6),
    leverageCap: fc.integer({ min: 1, max: 20 }),
    exposures: fc.uniqueArray(exposure, { maxLength: 4, selector: ({ symbol }) => symbol }),
    used: fc.double({ min: 0, max: 1, noNaN: true }),
  });

  it('an accepted size keeps every limit', () => {
    let accepted = 0;
    fc.assert(
      fc.property(question, ({ direction, confidence, stopShare, equity, leverageCap, exposures, used }) => {
        const stop = 100 * (1 - signOf(direction) * stopShare);
        const limits = { ...DEFAULT_RISK_LIMITS, leverageCap };
        const account = { equity, availableBalance: equity, initialMargin: used * equity };
        const decision = decide({ direction, confidence, stop }, { account, exposures }, limits);
        if (decision.kind === 'refused') {
          expect(decision.refused.length).toBeGreaterThan(0);
          expect(new Set(decision.refused).size).toBe(decision.refused.length);
          return;
        }
        accepted++;
        const { quantity, riskMoney, leverage, notional } = decision.accepted;
        const tier = confidence >= 0.85 ? 0.02 : confidence >= 0.7 ? 0.01 : 0.005;
        const most = 1 + 1e-9;
        expect(confidence).toBeGreaterThanOrEqual(0.6);
        expect(quantity * 100 * stopShare).toBeLessThan(riskMoney);
        expect(riskMoney).toBeLessThanOrEqual(tier * equity * most);
        expect(notional).toBeLessThanOrEqual(0.1 * equity * leverage * most);
        expect(leverage).toBeLessThanOrEqual(leverageCap);
        expect(used * equity + notional / leverage).toBeLessThanOrEqual(0.6 * equity * most);
        const bracket = bracketOf(notional, BRACKETS)!;
        const at = liquidationPrice({ direction, quantity, entry: 100, leverage, bracket });
        expect(signOf(direction) * (100 - at)).toBeGreaterThanOrEqual(2 * 100 * stopShare * (1 - 1e-9));
      }),
      { numRuns: 1_000 },
    );
    expect(accepted).toBeGreaterThan(50);
  });

  it('never accepts on a number that is none', () => {
    const bad = fc.constantFrom(NaN, Infinity, -Infinity);
    const broken: fc.Arbitrary<RiskDecision> = fc.oneof(
      fc
        .tuple(fc.constantFrom('entry' as const, 'stop' as const, 'at' as const), bad)
        .map(([field, value]) => decide({ [field]: value })),
      fc.constantFrom(NaN, -Infinity).map((confidence) => decide({ confidence })),
      fc
        .constantFrom(NaN, Infinity, -Infinity, 0, -0.5, 1.01)
        .map((riskScale) => decide({ assessment: anAssessment({ riskScale }) })),
      bad.map((equity) => decide({}, { account: { ...CONTEXT.account, equity } })),
      fc
        .constantFrom('availableBalance' as const, 'initialMargin' as const)
        .map((field) => decide({}, { account: { ...CONTEXT.account, [field]: NaN } })),
      fc
        .tuple(fc.constantFrom('tickSize', 'stepSize', 'minQuantity', 'minNotional', 'price'), bad)
        .map(([field, value]) => decide({}, withMarket({ [field]: value }))),
      fc
        .constantFrom('dailyLoss', 'drawdown', 'coolDownUntil')
        .map((field) => decide({}, { losses: { ...CONTEXT.losses, [field]: NaN } })),
      fc
        .constantFrom('notional', 'margin')
        .map((field) => decide({}, { exposures: [held('B', { sectors: ['L1'], [field]: NaN })] })),
    );
    fc.assert(fc.property(broken, (decision) => decision.kind === 'refused' && decision.refused.length > 0));
  });

  it('is the same at another scale of prices', () => {
    const scaled = (factor: number): EntrySize =>
      sizeOf(
        decide(
          { entry: 100 * factor, stop: 98 * factor, target: 104 * factor },
          withMarket({ tickSize: 0.01 * factor, stepSize: 0.001 / factor, minQuantity: 0.001 / factor }),
        ),
      );
    for (const factor of [0.0001, 7, 1_000]) {
      expect(scaled(factor).notional).toBeCloseTo(scaled(1).notional, 6);
      expect(scaled(factor).riskMoney).toBeCloseTo(50, 6);
    }
  });
});
