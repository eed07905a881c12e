import { trendOf } from './trend';

const seriesOf = (valueAt: (minute: number) => number) =>
  Array.from({ length: 120 }, (_, i) => ({ minute: i / 10, value: valueAt(i / 10) }));

describe('trendOf', () => {
  it('sees what grows all the time', () => {
    const { isGrowing, perMinute } = trendOf(
      seriesOf((minute) => 200 + 20 * minute),
      10,
    );
    expect(isGrowing).toBe(true);
    expect(perMinute).toBeCloseTo(20);
  });

  it('does not mind a warm-up, a saw tooth, or a single peak', () => {
    expect(
      trendOf(
        seriesOf((minute) => 200 - 150 * Math.exp(-2 * minute)),
        10,
      ).isGrowing,
    ).toBe(false);
    expect(
      trendOf(
        seriesOf((minute) => 200 + 80 * (minute % 1)),
        10,
      ).isGrowing,
    ).toBe(false);
    expect(
      trendOf(
        seriesOf((minute) => (minute > 10 && minute < 10.5 ? 900 : 200)),
        10,
      ).isGrowing,
    ).toBe(false);
  });
});
