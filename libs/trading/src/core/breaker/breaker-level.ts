/** The four grades of the breaker, best first, and the fifth phase in which it tries itself out. */

export const BREAKER_LEVELS = ['normal', 'warning', 'throttled', 'blocked'] as const;
export type BreakerLevel = (typeof BREAKER_LEVELS)[number];

/** `half-open` is a blocked breaker that lets a few entries of the smallest size through, to see what becomes of them. */
export type BreakerPhase = BreakerLevel | 'half-open';

const GRADES: Readonly<Record<BreakerLevel, number>> = { normal: 0, warning: 1, throttled: 2, blocked: 3 };

/** 0 for `normal` to 3 for `blocked`. */
export const gradeOf = (level: BreakerLevel): number => GRADES[level];

/** What the world is told of a phase. */
export const levelOf = (phase: BreakerPhase): BreakerLevel => (phase === 'half-open' ? 'blocked' : phase);

export function worseOf(a: BreakerLevel, b: BreakerLevel): BreakerLevel {
  return gradeOf(a) >= gradeOf(b) ? a : b;
}
