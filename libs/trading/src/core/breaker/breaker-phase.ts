/**
 * The life of the breaker as one table: up at once and as far as need be, down one grade at a time, and from `blocked`
 * only through `half-open`. Whatever the table does not hold is a broken invariant.
 */
import { AppError } from '@slt/domain';
import { type BreakerLevel, type BreakerPhase, gradeOf, levelOf } from './breaker-level';

export const BREAKER_MOVES = [
  'worsen-to-warning',
  'worsen-to-throttled',
  'worsen-to-blocked',
  /** Every source was better than the level for the time of recovery. */
  'calm',
  /** The cool-down of a block is over, and no source asks for the block any more. */
  'cool',
  /** Enough calls went well while half-open. */
  'prove',
  /** One did not. */
  'disprove',
  /** By hand. */
  'reset',
] as const;
export type BreakerMove = (typeof BREAKER_MOVES)[number];

const MOVES: Readonly<Record<BreakerPhase, Partial<Record<BreakerMove, BreakerPhase>>>> = {
  normal: {
    'worsen-to-warning': 'warning',
    'worsen-to-throttled': 'throttled',
    'worsen-to-blocked': 'blocked',
  },
  warning: {
    'worsen-to-throttled': 'throttled',
    'worsen-to-blocked': 'blocked',
    calm: 'normal',
    reset: 'normal',
  },
  throttled: { 'worsen-to-blocked': 'blocked', calm: 'warning', reset: 'normal' },
  // Calm alone does not open it: an exchange that nobody calls looks calm.
  blocked: { cool: 'half-open', reset: 'normal' },
  'half-open': {
    prove: 'throttled',
    disprove: 'blocked',
    'worsen-to-blocked': 'blocked',
    reset: 'normal',
  },
};

/** @throws AppError broken-invariant, `BREAKER.ILLEGAL_MOVE`, for a move the table does not know */
export function nextBreakerPhase(phase: BreakerPhase, move: BreakerMove): BreakerPhase {
  const next = MOVES[phase][move];
  if (next !== undefined) return next;
  throw new AppError('broken-invariant', 'BREAKER.ILLEGAL_MOVE', `"${move}" cannot happen while ${phase}`);
}

/** The move up that the sources call for, if any. Half-open counts as throttled here: only a new block ends it. */
export function worsening(phase: BreakerPhase, asked: BreakerLevel): BreakerMove | undefined {
  const present = phase === 'half-open' ? 'throttled' : levelOf(phase);
  if (asked === 'normal' || gradeOf(asked) <= gradeOf(present)) return undefined;
  return `worsen-to-${asked}`;
}
