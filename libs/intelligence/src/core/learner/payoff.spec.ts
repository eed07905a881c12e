import { expectationOf, Z95 } from './expectation';
import { Payoff } from './payoff';
import { StateFields } from './state-fields';

describe('payoffs', () => {
  it('are presumed of the barriers before there are any', () => {
    const payoff = new Payoff();
    expect(payoff.win().mean).toBe(0.9);
    expect(payoff.loss().mean).toBe(-1);
  });

  it('come to what was paid', () => {
    const payoff = new Payoff();
    for (let i = 0; i < 2_000; i++) {
      payoff.add(true, 1.2, 2);
      payoff.add(false, -0.8, 2);
    }
    // about 490 of 500 count: (10 · 0.9 + 490 · 0.6) ÷ 500
    expect(payoff.win().mean).toBeCloseTo((10 * 0.9 + 491 * 0.6) / 501, 3);
    expect(payoff.loss().mean).toBeCloseTo(-0.8, 1);
    expect(Math.sqrt(payoff.win().variance)).toBeLessThan(0.01);
  });

  it('are less sure where they vary', () => {
    const [even, uneven] = [new Payoff(), new Payoff()];
    for (let i = 0; i < 100; i++) {
      even.add(false, -1, 2);
      uneven.add(false, i % 10 === 0 ? -10 : 0, 2);
    }
    expect(uneven.loss().variance).toBeGreaterThan(20 * even.loss().variance);
  });

  it('never promise more than the target', () => {
    const payoff = new Payoff();
    for (let i = 0; i < 500; i++) payoff.add(true, 20, 2);
    expect(payoff.win().mean).toBe(1);
  });

  it('take a target of nothing', () => {
    const payoff = new Payoff();
    payoff.add(true, 0, 0);
    expect(payoff.win().mean).toBeCloseTo((10 * 0.9) / 11, 12);
  });

  it('go on from their snapshot, and count for less once doubted', () => {
    const payoff = new Payoff();
    for (let i = 0; i < 50; i++) payoff.add(i % 2 === 0, i % 2 === 0 ? 1.5 : -1.1, 2);
    const restored = Payoff.restore(new StateFields(JSON.parse(JSON.stringify(payoff.snapshot())), 'payoff'));
    for (const each of [payoff, restored]) each.add(true, 1, 2);
    expect(restored.snapshot()).toEqual(payoff.snapshot());
    const before = payoff.win();
    payoff.inflate(10);
    expect(payoff.win().variance).toBeGreaterThan(before.variance);
    expect(Math.abs(payoff.win().mean - 0.9)).toBeLessThan(Math.abs(before.mean - 0.9));
  });
});

describe('an expectation', () => {
  const sure = {
    winShare: { mean: 1, variance: 0 },
    loss: { mean: -1, variance: 0 },
    rewardR: 2,
    costR: 0.1,
  };

  it('is reckoned by hand', () => {
    // 0.4 · 2 − 0.6 − 0.1; five points of doubt are worth 0.05 · 3 R
    const { expectedR, lowerBound } = expectationOf(0.4, 0.05, sure);
    expect(expectedR).toBeCloseTo(0.1, 12);
    expect(lowerBound).toBeCloseTo(0.1 - 0.15, 12);
  });

  it('adds doubts as independent ones', () => {
    const doubtful = { ...sure, loss: { mean: -1, variance: 0.01 } };
    // the payoff's: 1.645 · 0.6 · 0.1
    const { expectedR, lowerBound } = expectationOf(0.4, 0.05, doubtful);
    expect(expectedR - lowerBound).toBeCloseTo(Math.hypot(0.15, Z95 * 0.06), 12);
  });

  it('is never above the target, be costs below nothing', () => {
    expect(expectationOf(1, 0, { ...sure, costR: -5 })).toEqual({ expectedR: 2, lowerBound: 2 });
  });
});
