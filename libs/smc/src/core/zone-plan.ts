/** The steps of a life as one direction takes them: in which list to wait, and for which edge. */
import type { Direction } from './smc-event';
import type { TriggerList } from './trigger-list';
import type { ZoneLife, ZoneStep } from './zone-life';

/** By the price that is watched and the way in which it must pass. */
export interface TriggerLists {
  readonly fallingWick: TriggerList;
  readonly risingWick: TriggerList;
  readonly fallingClose: TriggerList;
  readonly risingClose: TriggerList;
}

export interface PlannedStep<State extends string> {
  readonly to: State;
  readonly list: TriggerList;
  readonly edge: 'top' | 'middle' | 'bottom';
  /** −1 where the price must rise: its list counts in −price. */
  readonly sign: 1 | -1;
  readonly isInclusive: boolean;
  readonly isLater: boolean;
}

export function planOf<State extends string>(
  life: ZoneLife<State>,
  direction: Direction,
  lists: TriggerLists,
): readonly PlannedStep<State>[] {
  return life.steps.map((step) => {
    // Price enters a bullish zone from above.
    const isRising = (direction === 'bearish') !== (step.isBack ?? false);
    return {
      to: step.to,
      list: listOf(step, isRising, lists),
      edge: edgeOf(step, direction),
      sign: isRising ? -1 : 1,
      isInclusive: step.isInclusive ?? false,
      isLater: step.isLater ?? false,
    };
  });
}

function listOf({ watch }: ZoneStep<string>, isRising: boolean, lists: TriggerLists): TriggerList {
  if (watch === 'wick') return isRising ? lists.risingWick : lists.fallingWick;
  return isRising ? lists.risingClose : lists.fallingClose;
}

function edgeOf({ level }: ZoneStep<string>, direction: Direction): PlannedStep<string>['edge'] {
  if (level === 'middle') return 'middle';
  return (level === 'near') === (direction === 'bullish') ? 'top' : 'bottom';
}
