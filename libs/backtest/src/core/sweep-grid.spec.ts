import fc from 'fast-check';
import { isAppError } from '@slt/domain';
import { gridOf, sectionOf } from './sweep-grid';

const SWEEPABLE = { limits: ['leverageCap', 'drawdown'], setups: ['rewardMin'] };

describe('the grid of a sweep', () => {
  it('has each value of a key with each value of the others', () => {
    expect(gridOf(['limits.leverageCap=5,10', 'setups.rewardMin=2, 2.5'], SWEEPABLE)).toEqual([
      { 'limits.leverageCap': 5, 'setups.rewardMin': 2 },
      { 'limits.leverageCap': 5, 'setups.rewardMin': 2.5 },
      { 'limits.leverageCap': 10, 'setups.rewardMin': 2 },
      { 'limits.leverageCap': 10, 'setups.rewardMin': 2.5 },
    ]);
  });

  it('has as many combinations as the product of its values, no two alike', () => {
    const values = fc.uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(values, values, (some, others) => {
        const points = gridOf([`limits.drawdown=${some}`, `setups.rewardMin=${others}`], SWEEPABLE);
        expect(new Set(points.map((point) => JSON.stringify(point))).size).toBe(some.length * others.length);
      }),
    );
  });

  it.each([
    [
      ['limits.size=1'],
      /"limits.size" cannot be swept; known are limits.{leverageCap,drawdown} setups.{rewardMin}/,
    ],
    [['rewardMin=1'], /"rewardMin" cannot be swept/],
    [['setups.rewardMin'], /"" in "setups.rewardMin" is no number/],
    [['setups.rewardMin=2,,3'], /is no number/],
    [['setups.rewardMin=2,2.0'], /has a value twice/],
    [['setups.rewardMin=2', 'setups.rewardMin=3'], /swept twice/],
    [['limits.constructor=1'], /cannot be swept/],
    [['toString.length=1'], /cannot be swept/],
    [
      [
        `limits.drawdown=${Array.from({ length: 200 }, (_, i) => i)}`,
        `setups.rewardMin=${Array.from({ length: 51 }, (_, i) => i)}`,
      ],
      /10200 combinations are more than 10000/,
    ],
  ])('refuses %j', (texts, expected) => {
    let caught: unknown;
    try {
      gridOf(texts, SWEEPABLE);
    } catch (error) {
      caught = error;
    }
    expect(isAppError(caught, 'SWEEP.GRID')).toBe(true);
    expect((caught as Error).message).toMatch(expected);
  });

  it('is read by section', () => {
    const point = { 'limits.drawdown': 0.2, 'setups.rewardMin': 2 };
    expect(sectionOf(point, 'limits')).toEqual({ drawdown: 0.2 });
    expect(sectionOf(point, 'exits')).toEqual({});
  });
});
