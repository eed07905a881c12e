import fc from 'fast-check';
import type { Direction as SmcDirection, PoolSource, SessionName } from '@slt/smc';
import { clampedSum, type ScoreInput, scoreByParts } from './confidence';
import { viewOf, type ViewFacts } from './setups/spec-market';

const inputOf = (facts: ViewFacts, given: Partial<ScoreInput> = {}): ScoreInput => ({
  symbol: 'BTCUSDT',
  interval: '1m',
  at: 60_000,
  series: undefined,
  setup: 'block-retest',
  direction: 'long',
  entry: 100,
  stop: 99,
  target: 102,
  targetIs: 'reward',
  evidence: { kind: 'block', scale: 'internal', strength: 2 },
  view: viewOf(facts),
  relativeVolume: undefined,
  ...given,
});

const partsOf = (facts: ViewFacts, given: Partial<ScoreInput> = {}): Readonly<Record<string, number>> =>
  scoreByParts(inputOf(facts, given)).parts;

describe('the heuristic', () => {
  it('is a half where nothing speaks for or against', () => {
    expect(scoreByParts(inputOf({}))).toEqual({
      confidence: 0.5,
      parts: {
        base: 0.5,
        swingBias: 0,
        internalBias: 0,
        location: 0,
        evidence: 0,
        session: 0,
        volume: 0,
        target: 0,
      },
    });
  });

  it('of a good set-up is between 0.6 and 0.8', () => {
    const facts = {
      swingBias: 'bullish',
      internalBias: 'bullish',
      position: 0.3,
      sessions: ['london'],
    } as const;
    const evidence = { kind: 'block', scale: 'internal', strength: 7 } as const;
    // 0.5 + 0.08 + 0.04 + 0.08 × (1 − 2 × 0.3) + 0.1 × (7 − 2) ÷ (12 − 2) + 0.03 = 0.732
    expect(scoreByParts(inputOf(facts, { evidence })).confidence).toBeCloseTo(0.732, 9);
  });

  it('likes the bias of swing and internal structure, and is against what goes against them', () => {
    expect(partsOf({ swingBias: 'bullish', internalBias: 'bearish' })).toMatchObject({
      swingBias: 0.08,
      internalBias: -0.04,
    });
    expect(partsOf({ swingBias: 'bullish' }, { direction: 'short' })).toMatchObject({ swingBias: -0.08 });
  });

  it('buys at the bottom of the range and sells at its top', () => {
    expect(partsOf({ position: 0 })).toMatchObject({ location: 0.08 });
    expect(partsOf({ position: 0.5 })).toMatchObject({ location: 0 });
    expect(partsOf({ position: 1.2 })).toMatchObject({ location: -0.08 });
    expect(partsOf({ position: 1 }, { direction: 'short' })).toMatchObject({ location: 0.08 });
  });

  it('weighs what was swept, how strong the block and how wide the gap is', () => {
    const evidence = (of: ScoreInput['evidence']): number => partsOf({ atr: 2 }, { evidence: of }).evidence!;
    expect(evidence({ kind: 'sweep', source: 'day', depth: 1 })).toBe(0.08);
    expect(evidence({ kind: 'block', scale: 'internal', strength: 12 })).toBeCloseTo(0.1, 12);
    expect(evidence({ kind: 'block', scale: 'swing', strength: null })).toBeCloseTo(0.05, 12);
    expect(evidence({ kind: 'gap', height: 3.5 })).toBeCloseTo(0.1 * ((3.5 / 2 - 0.5) / 2.5), 12);
  });

  it('likes kill zones more than sessions, much volume, and a pool as target', () => {
    expect(partsOf({ sessions: ['london', 'london-kill-zone'] }).session).toBe(0.05);
    expect(partsOf({ sessions: ['new-york'] }).session).toBe(0.03);
    expect(partsOf({ sessions: ['sydney', 'tokyo'] }).session).toBe(0);
    const volume = (relativeVolume: number | undefined): number => partsOf({}, { relativeVolume }).volume!;
    expect([volume(1), volume(2), volume(4), volume(99), volume(0.5)]).toEqual([0, 0.03, 0.06, 0.06, -0.03]);
    expect([volume(undefined), volume(NaN), volume(0)]).toEqual([0, 0, 0]);
    expect(partsOf({}, { targetIs: 'pool' }).target).toBe(0.03);
  });

  it('is in [0, 1] and the sum of its parts, whatever it is asked', () => {
    const bias = fc.constantFrom<SmcDirection | null>('bullish', 'bearish', null);
    const number = fc.double({ noNaN: false });
    fc.assert(
      fc.property(
        bias,
        bias,
        fc.double({ min: -1, max: 2, noNaN: true }),
        fc.subarray<SessionName>(['london', 'new-york', 'london-kill-zone', 'tokyo']),
        fc.oneof(
          fc
            .constantFrom<PoolSource>('swing', 'equal', 'day', 'week', 'month', 'tokyo', 'london-kill-zone')
            .map((source) => ({ kind: 'sweep', source, depth: 1 }) as const),
          fc.nat(50).map((strength) => ({ kind: 'block', scale: 'swing', strength }) as const),
          fc.nat(50).map((height) => ({ kind: 'gap', height }) as const),
        ),
        number,
        (swingBias, internalBias, position, sessions, evidence, relativeVolume) => {
          const facts = { swingBias, internalBias, position, sessions, atr: 0 };
          const { confidence, parts } = scoreByParts(inputOf(facts, { evidence, relativeVolume }));
          expect(confidence).toBe(clampedSum(parts));
          expect(confidence).toBeGreaterThanOrEqual(0);
          expect(confidence).toBeLessThanOrEqual(1);
          for (const part of Object.values(parts)) expect(Number.isFinite(part)).toBe(true);
        },
      ),
    );
  });
});
