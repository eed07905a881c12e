import { GapContinuation } from './gap-continuation';
import { candleOf, gapOf } from './spec-market';

const INTO = candleOf([102, 102, 100.5, 100.6]);
const OUT = candleOf([100.5, 102, 100.4, 101.5]);

describe('gap continuation', () => {
  it('is complete when price closes back out of the gap that it has entered', () => {
    const detector = new GapContinuation(10);
    expect(detector.step(INTO, [gapOf('touched'), gapOf('half')])).toEqual([]);
    expect(detector.step(OUT, [])).toEqual([
      {
        setup: 'gap-continuation',
        direction: 'long',
        invalidation: 99,
        evidence: { kind: 'gap', height: 2 },
      },
    ]);
    // Half filled later on, it is not told again.
    expect(detector.step(OUT, [gapOf('half')])).toEqual([]);
  });

  it('of a bearish gap is a short', () => {
    const detector = new GapContinuation(10);
    detector.step(candleOf([98, 99.5, 98, 99.4]), [gapOf('touched', { direction: 'bearish' })]);
    expect(detector.step(candleOf([99.4, 99.4, 98, 98.5]), [])).toMatchObject([
      { direction: 'short', invalidation: 101 },
    ]);
  });

  it.each(['filled', 'inverse', 'dropped'] as const)('is over when the gap is %s', (state) => {
    const detector = new GapContinuation(10);
    detector.step(INTO, [gapOf('touched')]);
    detector.step(INTO, [gapOf(state)]);
    expect(detector.step(OUT, [])).toEqual([]);
  });

  it('of several gaps is told once, of the widest', () => {
    const detector = new GapContinuation(10);
    detector.step(INTO, [gapOf('touched', { id: 'a' }), gapOf('touched', { id: 'b', bottom: 95 })]);
    expect(detector.step(OUT, [])).toMatchObject([{ invalidation: 95, evidence: { height: 6 } }]);
    expect(detector.step(OUT, [])).toEqual([]);
  });
});
