import { GapContinuation } from './gap-continuation';
import { candleOf, gapOf, step } from './spec-market';

const INTO = candleOf([102, 102, 100.5, 100.6]);
const OUT = candleOf([100.5, 102, 100.4, 101.5]);

describe('gap continuation', () => {
  it('is complete when price closes back out of the gap that it has entered', () => {
    const detector = new GapContinuation(10);
    expect(step(detector, INTO, [gapOf('touched'), gapOf('half')])).toEqual([]);
    expect(step(detector, OUT, [])).toEqual([
      {
        setup: 'gap-continuation',
        direction: 'long',
        invalidation: 99,
        evidence: { kind: 'gap', height: 2 },
      },
    ]);
    // Half filled later on, it is not told again.
    expect(step(detector, OUT, [gapOf('half')])).toEqual([]);
  });

  it('of a bearish gap is a short', () => {
    const detector = new GapContinuation(10);
    step(detector, candleOf([98, 99.5, 98, 99.4]), [gapOf('touched', { direction: 'bearish' })]);
    expect(step(detector, candleOf([99.4, 99.4, 98, 98.5]), [])).toMatchObject([
      { direction: 'short', invalidation: 101 },
    ]);
  });

  it('is over when the gap is dropped', () => {
    const detector = new GapContinuation(10);
    step(detector, INTO, [gapOf('touched')]);
    step(detector, INTO, [gapOf('dropped')]);
    expect(step(detector, OUT, [])).toEqual([]);
  });

  it('is over when a wick fills the gap, on the candle of the touch or of the close as well', () => {
    // The gap is from 99 to 101.
    const filledAt = (low: number, place: number): number => {
      const detector = new GapContinuation(10);
      const bars = [INTO, INTO, OUT].map((candle, i) => (i === place ? { ...candle, low } : candle));
      const told = bars.map((candle, i) => step(detector, candle, i === 0 ? [gapOf('touched')] : []));
      return told.flat().length;
    };
    for (const place of [0, 1, 2]) expect([filledAt(98.9, place), filledAt(99, place)]).toEqual([0, 1]);
  });

  it('of a bearish gap is over when a wick goes above it', () => {
    const [into, out] = [candleOf([98, 101, 98, 100]), candleOf([100, 100.5, 98, 98.5])];
    const told = (high: number): number => {
      const detector = new GapContinuation(10);
      step(detector, { ...into, high }, [gapOf('touched', { direction: 'bearish' })]);
      return step(detector, out, []).length;
    };
    expect([told(101.1), told(101)]).toEqual([0, 1]);
  });

  it('of several gaps is told once, of the widest', () => {
    const detector = new GapContinuation(10);
    step(detector, INTO, [gapOf('touched', { id: 'a' }), gapOf('touched', { id: 'b', bottom: 95 })]);
    expect(step(detector, OUT, [])).toMatchObject([{ invalidation: 95, evidence: { height: 6 } }]);
    expect(step(detector, OUT, [])).toEqual([]);
  });
});
