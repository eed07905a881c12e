import { metricsOf } from './model-metrics';

const row = (probability: number, lowerBound: number, r: number) => ({
  prediction: { probability, lowerBound },
  r,
});

describe('metrics of a model', () => {
  it('are reckoned by hand', () => {
    const metrics = metricsOf([
      row(0.8, 0.2, 1.9),
      row(0.8, 0.1, -1.1),
      row(0.2, -0.3, -1.1),
      row(0.2, 0, 0),
    ]);
    expect(metrics).toMatchObject({ samples: 4, traded: 2 });
    // those with a bound above zero: (1.9 − 1.1) ÷ 2
    expect(metrics.expectancyR).toBeCloseTo(0.4, 12);
    expect(metrics.brier).toBeCloseTo((0.04 + 0.64 + 0.04 + 0.04) / 4, 12);
    // 0.8 was said of two of which one won, 0.2 of two of which none did
    expect(metrics.ece).toBeCloseTo(0.5 * 0.3 + 0.5 * 0.2, 12);
    expect(metrics.logLoss).toBeCloseTo(-(3 * Math.log(0.8) + Math.log(0.2)) / 4, 12);
  });

  it('are not known of nothing, and of nothing traded', () => {
    expect(metricsOf([])).toEqual({
      samples: 0,
      logLoss: null,
      brier: null,
      ece: null,
      traded: 0,
      expectancyR: null,
    });
    expect(metricsOf([row(0.5, -0.1, 2)]).expectancyR).toBeNull();
  });
});
