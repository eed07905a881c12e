import type { LiquidityEvent } from '@slt/smc';
import { type Bar, breakOf, candleOf, sweepOf, step } from './spec-market';
import { SweepReversal } from './sweep-reversal';

const QUIET: Bar = [100, 100.5, 99.8, 100];
const SWEEP: Bar = [100, 100.2, 98, 100.1];
const QUIET_CANDLE = candleOf(QUIET);

describe('sweep and reversal', () => {
  it('is complete with the break that follows the sweep; the extreme is the invalidation', () => {
    const detector = new SweepReversal(15);
    expect(step(detector, candleOf(SWEEP), [sweepOf('low', 'day')])).toEqual([]);
    expect(step(detector, QUIET_CANDLE, [])).toEqual([]);
    expect(step(detector, candleOf([100, 102, 99.9, 101.8]), [breakOf('choch', 'bullish')])).toEqual([
      {
        setup: 'sweep-reversal',
        direction: 'long',
        invalidation: 98,
        // The pool lies at 100.
        evidence: { kind: 'sweep', source: 'day', depth: 2 },
      },
    ]);
  });

  it('of highs is a short', () => {
    const detector = new SweepReversal(15);
    step(detector, candleOf([100, 102, 99.8, 99.9]), [sweepOf('high')]);
    expect(step(detector, candleOf([100, 100, 98, 98.2]), [breakOf('bos', 'bearish')])).toMatchObject([
      { direction: 'short', invalidation: 102 },
    ]);
  });

  it('may be one candle, the wick before the close', () => {
    const detector = new SweepReversal(0);
    const events = [breakOf('choch', 'bullish'), sweepOf('low')];
    expect(step(detector, candleOf([100, 103, 98, 102.9]), events)).toMatchObject([{ invalidation: 98 }]);
  });

  it('takes any change of character, and breaks of the internal structure only', () => {
    const complete = (event: ReturnType<typeof breakOf>): boolean => {
      const detector = new SweepReversal(15);
      step(detector, candleOf(SWEEP), [sweepOf('low')]);
      return step(detector, QUIET_CANDLE, [event]).length > 0;
    };
    expect(complete(breakOf('choch', 'bullish', 'swing'))).toBe(true);
    expect(complete(breakOf('bos', 'bullish', 'internal'))).toBe(true);
    expect(complete(breakOf('bos', 'bullish', 'swing'))).toBe(false);
    expect(complete(breakOf('choch', 'bearish'))).toBe(false);
  });

  it('is over after so many candles', () => {
    const after = (candles: number): number => {
      const detector = new SweepReversal(3);
      step(detector, candleOf(SWEEP), [sweepOf('low')]);
      for (let i = 1; i < candles; i++) step(detector, QUIET_CANDLE, []);
      return step(detector, QUIET_CANDLE, [breakOf('choch', 'bullish')]).length;
    };
    expect([after(3), after(4)]).toEqual([1, 0]);
  });

  it('is over with a close beyond the extreme; a deeper wick moves the extreme', () => {
    const detector = new SweepReversal(15);
    step(detector, candleOf(SWEEP), [sweepOf('low')]);
    step(detector, candleOf([100, 100, 97, 98]), []);
    expect(step(detector, QUIET_CANDLE, [breakOf('choch', 'bullish')])).toMatchObject([{ invalidation: 97 }]);
    step(detector, candleOf(SWEEP), [sweepOf('low')]);
    step(detector, candleOf([100, 100, 97, 97.9]), []);
    expect(step(detector, QUIET_CANDLE, [breakOf('choch', 'bullish')])).toEqual([]);
  });

  it('is told once; several sweeps are one, of the greatest source and the deepest extreme', () => {
    const detector = new SweepReversal(15);
    step(detector, candleOf(SWEEP), [sweepOf('low', 'week')]);
    step(detector, candleOf([100, 100, 97.5, 99]), [sweepOf('low', 'tokyo')]);
    const done = [breakOf('choch', 'bullish')];
    expect(step(detector, QUIET_CANDLE, done)).toMatchObject([
      { invalidation: 97.5, evidence: { source: 'week', depth: 2.5 } },
    ]);
    expect(step(detector, QUIET_CANDLE, done)).toEqual([]);
  });

  it('measures the depth from the level of the pool that is told', () => {
    const depthOf = (first: LiquidityEvent, second: LiquidityEvent): unknown => {
      const detector = new SweepReversal(15);
      step(detector, candleOf(SWEEP), [first]);
      step(detector, candleOf([100, 100, 97.5, 99]), [second]);
      return step(detector, QUIET_CANDLE, [breakOf('choch', 'bullish')])[0]?.evidence;
    };
    const [near, deep] = [sweepOf('low', 'day'), { ...sweepOf('low', 'week'), level: 97.75 }];
    expect(depthOf(near, deep)).toEqual({ kind: 'sweep', source: 'week', depth: 0.25 });
    expect(depthOf(sweepOf('low', 'week'), { ...deep, source: 'day' })).toMatchObject({ depth: 2.5 });
    // Above a high the depth is upwards: 102 − 100.
    const detector = new SweepReversal(15);
    step(detector, candleOf([100, 102, 99.8, 99.9]), [sweepOf('high')]);
    expect(step(detector, candleOf([100, 100, 98, 98.2]), [breakOf('bos', 'bearish')])).toMatchObject([
      { evidence: { depth: 2 } },
    ]);
  });

  it('forgets at a reset, and hands out the same list while there is nothing', () => {
    const detector = new SweepReversal(15);
    const nothing = step(detector, candleOf(SWEEP), [sweepOf('low')]);
    detector.reset();
    expect(step(detector, QUIET_CANDLE, [breakOf('choch', 'bullish')])).toBe(nothing);
  });
});
