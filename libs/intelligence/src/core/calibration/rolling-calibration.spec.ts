import { StateFields } from '../learner/state-fields';
import { RollingCalibration } from './rolling-calibration';

describe('rolling calibration', () => {
  it('remembers the newest, oldest first', () => {
    const rolling = new RollingCalibration(3);
    [0.1, 0.2, 0.3, 0.4].forEach((probability, i) => rolling.add(probability, i % 2 === 0));
    expect(rolling.count).toBe(3);
    expect(rolling.rows()).toEqual([
      { probability: 0.2, isWin: false },
      { probability: 0.3, isWin: true },
      { probability: 0.4, isWin: false },
    ]);
    // (0.2² + 0.7² + 0.4²) ÷ 3
    expect(rolling.report().brier).toBeCloseTo((0.04 + 0.49 + 0.16) / 3, 12);
  });

  it('goes on from its snapshot as if nothing had been', () => {
    const rolling = new RollingCalibration(3);
    for (const probability of [0.1, 0.2, 0.3, 0.4]) rolling.add(probability, true);
    const written: unknown = JSON.parse(JSON.stringify(rolling.snapshot()));
    const restored = RollingCalibration.restore(new StateFields(written, 'window'), 3);
    for (const each of [rolling, restored]) each.add(0.5, false);
    expect(restored.rows()).toEqual(rolling.rows());
    expect(restored.snapshot()).toEqual(rolling.snapshot());
  });

  it('is empty once cleared', () => {
    const rolling = new RollingCalibration(2);
    rolling.add(0.5, true);
    rolling.clear();
    expect(rolling.rows()).toEqual([]);
    expect(rolling.report().ece).toBeNull();
  });
});
