/** The steps of a life as one direction takes them: in which list to wait, and for which edge. */
import type { Direction } from './smc-event';
import type { ZoneLife, ZoneStep } from './zone-life';

/** Lists by the price that is watched and the way in which it must pass, in the order of the window's `prices`. */
const FALLING_WICK = 0;
const RISING_WICK = 1;
const FALLING_CLOSE = 2;
const RISING_CLOSE = 3;

export interface PlannedStep<State extends string> {
  readonly to: State;
  /** Place of the list, and of the price that it is asked with. */
  readonly list: number;
  readonly edge: 'top' | 'middle' | 'bottom';
  /** −1 where the price must rise: its list counts in −price. */
  readonly sign: 1 | -1;
  readonly isInclusive: boolean;
  readonly isLater: boolean;
}

export interface ZonePlans<State extends string> {
  readonly life: ZoneLife<State>;
  readonly bullish: readonly PlannedStep<State>[];
  readonly bearish: readonly PlannedStep<State>[];
}

export function plansOf<State extends string>(life: ZoneLife<State>): ZonePlans<State> {
  return { life, bullish: planOf(life, 'bullish'), bearish: planOf(life, 'bearish') };
}

function planOf<State extends string>(
  life: ZoneLife<State>,
  direction: Direction,
): readonly PlannedStep<State>[] {
  return life.steps.map((step) => {
    // Price enters a bullish zone from above.
    const isRising = (direction === 'bearish') !== (step.isBack ?? false);
    return {
      to: step.to,
      list: listOf(step, isRising),
      edge: edgeOf(step, direction),
      sign: isRising ? -1 : 1,
      isInclusive: step.isInclusive ?? false,
      isLater: step.isLater ?? false,
    };
  });
}

function listOf({ watch }: ZoneStep<string>, isRising: boolean): number {
  if (watch === 'wick') return isRising ? RISING_WICK : FALLING_WICK;
  return isRising ? RISING_CLOSE : FALLING_CLOSE;
}

function edgeOf({ level }: ZoneStep<string>, direction: Direction): PlannedStep<string>['edge'] {
  if (level === 'middle') return 'middle';
  return (level === 'near') === (direction === 'bullish') ? 'top' : 'bottom';
}
