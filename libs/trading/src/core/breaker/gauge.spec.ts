import fc from 'fast-check';
import { gradeOf } from './breaker-level';
import { Gauge } from './gauge';

const THRESHOLDS = { warning: 0.1, throttled: 0.3, blocked: 0.5 };
const levels = (gauge: Gauge, values: readonly (number | null)[]): string[] =>
  values.map((value) => {
    gauge.set(value);
    return gauge.level;
  });

describe('a gauge', () => {
  it('rises at once, at the threshold itself, by as many levels as need be', () => {
    expect(levels(new Gauge(THRESHOLDS, 0.8), [0.099, 0.1, 0.3, 0.5])).toEqual([
      'normal',
      'warning',
      'throttled',
      'blocked',
    ]);
    expect(levels(new Gauge(THRESHOLDS, 0.8), [0.7])).toEqual(['blocked']);
  });

  it('sinks only below 0.8 of the threshold of its level', () => {
    const gauge = new Gauge(THRESHOLDS, 0.8);
    // 0.8 × 0.5 = 0.4; 0.8 × 0.3 = 0.24; 0.8 × 0.1 = 0.08
    expect(levels(gauge, [0.5, 0.41, 0.39, 0.25, 0.23, 0.09, 0.07])).toEqual([
      'blocked',
      'blocked',
      'throttled',
      'throttled',
      'warning',
      'warning',
      'normal',
    ]);
  });

  it('skips a level that it never asks for', () => {
    const gauge = new Gauge({ warning: 3, throttled: null, blocked: 8 }, 0.8);
    expect(levels(gauge, [5, 8, 6, 0])).toEqual(['warning', 'blocked', 'warning', 'normal']);
    expect(levels(new Gauge({ warning: 3, throttled: 5, blocked: null }, 0.8), [99])).toEqual(['throttled']);
  });

  it('asks for nothing without a measurement, and for the worst where that is no number', () => {
    expect(levels(new Gauge(THRESHOLDS, 0.8), [0.5, null, NaN])).toEqual(['blocked', 'normal', 'blocked']);
  });

  it('is never below what the value asks for, and never above it without a cause', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 }), (values) => {
        const gauge = new Gauge(THRESHOLDS, 0.8);
        for (const value of values) {
          gauge.set(value);
          const fresh = new Gauge(THRESHOLDS, 0.8);
          fresh.set(value);
          expect(gradeOf(gauge.level)).toBeGreaterThanOrEqual(gradeOf(fresh.level));
          if (gauge.level !== fresh.level) expect(value).toBeGreaterThanOrEqual(0.8 * gauge.threshold!);
        }
      }),
    );
  });
});
