import { BlockRetest } from './block-retest';
import { blockOf, candleOf, step } from './spec-market';

/** Into the block of 99 to 101, and no further. */
const INTO = candleOf([102, 102, 100, 100.5]);
/** Out of it, rising. */
const OUT = candleOf([100.5, 102, 100.4, 101.5]);

describe('break and retest', () => {
  it('is complete when price closes back out of the block that it has touched', () => {
    const detector = new BlockRetest(10);
    expect(step(detector, INTO, [blockOf('touched')])).toEqual([]);
    expect(step(detector, OUT, [])).toEqual([
      {
        setup: 'block-retest',
        direction: 'long',
        invalidation: 99,
        evidence: { kind: 'block', scale: 'internal', strength: 5 },
      },
    ]);
    expect(step(detector, OUT, [])).toEqual([]);
  });

  it('may be one candle', () => {
    const wick = candleOf([101.2, 102, 100, 101.5]);
    expect(step(new BlockRetest(0), wick, [blockOf('touched')])).toHaveLength(1);
  });

  it('of a bearish block is a short with the top as invalidation', () => {
    const detector = new BlockRetest(10);
    step(detector, candleOf([98, 100, 98, 99.5]), [blockOf('touched', { direction: 'bearish' })]);
    expect(step(detector, candleOf([99.5, 99.6, 98, 98.5]), [])).toMatchObject([
      { direction: 'short', invalidation: 101 },
    ]);
  });

  it('asks for a candle of the direction that closes beyond the edge, not at it', () => {
    const detector = new BlockRetest(10);
    step(detector, INTO, [blockOf('touched')]);
    expect(step(detector, candleOf([102, 102, 100, 101.5]), [])).toEqual([]);
    expect(step(detector, candleOf([100, 102, 100, 101]), [])).toEqual([]);
    expect(step(detector, OUT, [])).toHaveLength(1);
  });

  it('is no return where the candle of the break itself touches', () => {
    const detector = new BlockRetest(10);
    step(detector, INTO, [blockOf('active'), blockOf('touched')]);
    expect(step(detector, OUT, [])).toEqual([]);
  });

  it.each(['mitigated', 'breaker', 'spent', 'dropped'] as const)('is over when the block is %s', (state) => {
    const detector = new BlockRetest(10);
    step(detector, INTO, [blockOf('touched')]);
    step(detector, INTO, [blockOf(state)]);
    expect(step(detector, OUT, [])).toEqual([]);
  });

  it('is over after so many candles', () => {
    const after = (candles: number): number => {
      const detector = new BlockRetest(2);
      step(detector, INTO, [blockOf('touched')]);
      for (let i = 1; i < candles; i++) step(detector, INTO, []);
      return step(detector, OUT, []).length;
    };
    expect([after(2), after(3)]).toEqual([1, 0]);
  });

  it('is told once for several blocks: the swing’s, else the strongest', () => {
    const detector = new BlockRetest(10);
    const blocks = [
      blockOf('touched', { id: 'a', strength: 9 }),
      blockOf('touched', { id: 'b', strength: null, bottom: 98, scale: 'swing' }),
      blockOf('touched', { id: 'c', strength: 12 }),
    ];
    step(detector, INTO, blocks);
    expect(step(detector, OUT, [])).toMatchObject([{ invalidation: 98, evidence: { scale: 'swing' } }]);
    step(detector, INTO, [blocks[0]!, blocks[2]!]);
    expect(step(detector, OUT, [])).toMatchObject([{ evidence: { strength: 12 } }]);
    expect(step(detector, OUT, [])).toEqual([]);
  });
});
