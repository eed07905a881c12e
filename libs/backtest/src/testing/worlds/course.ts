/**
 * How a signal is made to end as it was decided: its walk is led to one barrier and kept from the other, as a random
 * walk is that happens to end there (Doob's transform: drift = variance ÷ distance to the barrier that is not met),
 * and hurried where it would be too late.
 */
import type { Candle } from '@slt/domain';
import { type Signal, signOf } from '@slt/trading';
import { type PriceWalk, STEPS, type WalkState } from './price-walk';
import type { Dice } from './dice';
import type { Pull } from './price-walk';

export type Ending = 'target' | 'stop' | 'time';

/** Positions and labels end by time after two hours. */
export const TIME_BARRIER = 120;

type Levels = Pick<Signal, 'direction' | 'stop' | 'target'>;

/** The stop comes first where a candle touches both. */
export function touched({ direction, stop, target }: Levels, { high, low }: Candle): Ending | undefined {
  const isLong = direction === 'long';
  if (isLong ? low <= stop : high >= stop) return 'stop';
  if (isLong ? high >= target : low <= target) return 'target';
  return undefined;
}

/** How the signal ends where nobody leads the walk. @param minute of the first candle after the signal's */
export function freeEnding(
  signal: Levels,
  walk: PriceWalk,
  from: { readonly state: WalkState; readonly minute: number; readonly minutes: number },
  dice: Dice,
): Ending {
  let { state } = from;
  const last = Math.min(from.minute + TIME_BARRIER, from.minutes);
  for (let minute = from.minute; minute < last; minute++) {
    const drawn = walk.draw(state, minute, dice);
    const ending = touched(signal, drawn.candle);
    if (ending !== undefined) return ending;
    state = drawn.state;
  }
  return 'time';
}

export class Course {
  private readonly goal: number;
  private readonly wall: number;

  /**
   * @param deadline minutes after which it has ended, unless by time
   * @param tick orders are rounded to ticks: it goes one beyond the goal, and stays one from the wall
   */
  constructor(
    private readonly signal: Levels,
    readonly ending: Ending,
    private readonly deadline: number,
    private readonly tick: number,
  ) {
    const { direction, stop, target } = signal;
    const beyond = signOf(direction) * (ending === 'target' ? 1 : -1);
    const [goal, wall] = ending === 'target' ? [target, stop] : [stop, target];
    this.goal = goal / tick + beyond;
    this.wall = wall / tick + beyond;
  }

  /** Whether the candle is one that this course may have. */
  allows(candle: Candle): boolean {
    const { signal, tick } = this;
    const near = touched(shifted(signal, -tick), candle);
    return near === undefined || (near === this.ending && touched(signal, candle) === near);
  }

  /** Whether it has ended. @param minutes since the signal, this candle's included */
  endsWith(candle: Candle, minutes: number): boolean {
    return touched(shifted(this.signal, this.tick), candle) === this.ending || minutes >= TIME_BARRIER;
  }

  /** @param minutes since the signal, before the candle that is to be drawn */
  pullAfter(minutes: number): Pull | undefined {
    if (this.ending === 'time') return undefined;
    const { goal, wall } = this;
    const sign = goal > wall ? 1 : -1;
    return (ticks, variance, step) => {
      const away = Math.max(1, sign * (ticks - wall));
      const left = Math.max(1, (this.deadline - minutes) * STEPS - step);
      return sign * Math.max(variance / away, (sign * (goal - ticks)) / left, 0);
    };
  }
}

/** Both levels farther from the entry; nearer, where it is below zero. */
function shifted({ direction, stop, target }: Levels, by: number): Levels {
  const away = signOf(direction) * by;
  return { direction, stop: stop - away, target: target + away };
}
