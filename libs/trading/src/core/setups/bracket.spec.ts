import fc from 'fast-check';
import { signOf } from '../signal';
import { bracketOf } from './bracket';
import type { Candidate } from './setup';
import { completeSetupOptions, DEFAULT_SETUP_OPTIONS } from './setup-options';
import { poolOf, viewOf, type ViewFacts } from './spec-market';

const OPTIONS = { ...DEFAULT_SETUP_OPTIONS, stopMinAtr: 0.5, stopMinShare: 0.001 };

const candidate = (invalidation: number, given: Partial<Candidate> = {}): Candidate => ({
  setup: 'block-retest',
  direction: 'long',
  invalidation,
  evidence: { kind: 'block', scale: 'swing', strength: 5 },
  ...given,
});
const bracket = (of: Candidate, facts: ViewFacts, entry = 100) =>
  bracketOf(of, entry, viewOf(facts), OPTIONS);

describe('the stop', () => {
  it('lies a quarter of an ATR beyond the invalidation', () => {
    expect(bracket(candidate(98), { atr: 2 })).toMatchObject({ stop: 98 - 0.25 * 2 });
    expect(bracket(candidate(102, { direction: 'short' }), { atr: 2 })).toMatchObject({
      stop: 102 + 0.25 * 2,
    });
  });

  it('is never nearer than so many ATR and that share of the price', () => {
    expect(bracket(candidate(99.9), { atr: 2 })).toMatchObject({ stop: 100 - 0.5 * 2 });
    expect(bracket(candidate(99.99), { atr: 0.01 })).toMatchObject({ stop: 100 - 0.001 * 100 });
  });

  it('of a gap lies beyond the last internal pivot too, where that is of use', () => {
    const gap = candidate(99, { setup: 'gap-continuation', evidence: { kind: 'gap', height: 1 } });
    const stop = (low: number): number | undefined => bracket(gap, { atr: 1, pivots: { low } })?.stop;
    expect([stop(97), stop(99.5), stop(90)]).toEqual([96.75, 98.75, 98.75]); // 90: farther than 5 % of 100
    expect(bracket(candidate(99), { atr: 1, pivots: { low: 97 } })?.stop).toBe(98.75);
  });

  it('makes no signal without an ATR, too far away, or on the wrong side', () => {
    expect(bracket(candidate(98), { atr: null })).toBeUndefined();
    expect(bracket(candidate(94), { atr: 2 })).toBeUndefined(); // 6.5 % away
    expect(bracket(candidate(101), { atr: 2 })).toBeUndefined();
  });
});

describe('the target', () => {
  const at = (...levels: readonly number[]) =>
    bracket(candidate(98), { atr: 4, pools: levels.map((level) => poolOf('high', level)) }); // stop 97, R = 3

  it('is the next pool of the other side where that is two R away', () => {
    expect(at(110, 106, 120)).toMatchObject({ target: 106, targetIs: 'pool' });
  });

  it('is two R away where the next pool is nearer, or there is none', () => {
    expect(at(105.9, 120)).toMatchObject({ target: 106, targetIs: 'reward' });
    expect(at(99)).toMatchObject({ target: 106, targetIs: 'reward' });
  });

  it('of a short is a low', () => {
    const pools = [poolOf('low', 90), poolOf('low', 85), poolOf('high', 92)];
    const short = candidate(102, { direction: 'short' });
    expect(bracket(short, { atr: 4, pools })).toMatchObject({ stop: 103, target: 90, targetIs: 'pool' });
  });

  it('is always at least two R away, and above zero', () => {
    const price = fc.double({ min: 1e-7, max: 1e6, noNaN: true });
    const share = fc.double({ min: 0, max: 0.06, noNaN: true });
    const pools = fc.array(fc.double({ min: 0.8, max: 1.3, noNaN: true }), { maxLength: 5 });
    fc.assert(
      fc.property(price, share, share, pools, fc.boolean(), (entry, wrong, atrShare, levels, isLong) => {
        const direction = isLong ? ('long' as const) : ('short' as const);
        const sign = signOf(direction);
        const of = candidate(entry * (1 - sign * wrong), { direction });
        const side = isLong ? ('high' as const) : ('low' as const);
        const facts = { atr: entry * atrShare, pools: levels.map((level) => poolOf(side, level * entry)) };
        const found = bracket(of, facts, entry);
        if (found === undefined) return;
        const risk = sign * (entry - found.stop);
        expect(risk).toBeGreaterThan(0);
        expect(sign * (found.target - entry)).toBeGreaterThanOrEqual(2 * risk);
        expect(sign * (of.invalidation - found.stop)).toBeGreaterThanOrEqual(0);
        expect(Math.min(found.stop, found.target)).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });
});

describe('options', () => {
  it('are refused with every problem in one message', () => {
    expect(completeSetupOptions()).toEqual(DEFAULT_SETUP_OPTIONS);
    const wrong = { sweepWithin: 1.5, stopBufferAtr: -1, rewardMin: 1 };
    expect(() => completeSetupOptions(wrong)).toThrow(/stopBufferAtr.*sweepWithin.*rewardMin/);
    expect(() => completeSetupOptions({ rewardMin: 30 })).toThrow(/below zero/);
  });
});
