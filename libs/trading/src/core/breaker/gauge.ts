/**
 * One measured value as a level, with hysteresis: a threshold that is reached raises the level at once; the level sinks
 * only when the value is clearly below the threshold, so that it does not flicker at its edge.
 */
import { BREAKER_LEVELS, type BreakerLevel, gradeOf } from './breaker-level';
import type { Thresholds } from './breaker-settings';

export class Gauge {
  /** null: there is nothing to measure. */
  value: number | null = null;
  level: BreakerLevel = 'normal';

  constructor(
    private readonly thresholds: Thresholds,
    private readonly releaseShare: number,
  ) {}

  /** @param value null asks for nothing; NaN is taken for the worst, since what cannot be measured cannot be trusted */
  set(value: number | null): void {
    this.value = value;
    const asked = this.levelAt(value);
    if (gradeOf(asked) >= gradeOf(this.level)) this.level = asked;
    else if (value === null) this.level = 'normal';
    else
      while (gradeOf(this.level) > gradeOf(asked) && value < this.releaseValue()) this.level = this.lower();
  }

  /** The value from which on the present level holds; null while normal. */
  get threshold(): number | null {
    return this.level === 'normal' ? null : this.thresholds[this.level];
  }

  private levelAt(value: number | null): BreakerLevel {
    if (value === null) return 'normal';
    const { warning, throttled, blocked } = this.thresholds;
    // Written so that NaN reaches every threshold.
    if (blocked !== null && !(value < blocked)) return 'blocked';
    if (throttled !== null && !(value < throttled)) return 'throttled';
    if (warning !== null && !(value < warning)) return 'warning';
    return 'normal';
  }

  /** A level without a threshold of its own cannot be the present one. */
  private releaseValue(): number {
    return (this.threshold ?? Infinity) * this.releaseShare;
  }

  private lower(): BreakerLevel {
    let grade = gradeOf(this.level) - 1;
    while (grade > 0 && this.thresholds[BREAKER_LEVELS[grade] as Exclude<BreakerLevel, 'normal'>] === null) {
      grade--;
    }
    return BREAKER_LEVELS[grade]!;
  }
}
