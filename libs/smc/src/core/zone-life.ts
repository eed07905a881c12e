/** The life of a zone as a table: which price must pass which level to bring it from each state to the next. */
import type { Mitigation } from './smc-options';

export interface ZoneStep<State extends string> {
  /** The state that is reached. */
  readonly to: State;
  /** `wick`: the candle's low, or its high where the price must rise. */
  readonly watch: 'wick' | 'close';
  /** `near`: the edge where price enters the zone; `far`: the opposite one. */
  readonly level: 'near' | 'middle' | 'far';
  /** Reaching the level is enough; else the price must go beyond. */
  readonly isInclusive?: boolean;
  /** The price must pass the level on its way back. */
  readonly isBack?: boolean;
  /** Not on the candle that led to the state before. */
  readonly isLater?: boolean;
}

export interface ZoneLife<State extends string> {
  readonly first: State;
  /** After the last one the zone is over. */
  readonly steps: readonly ZoneStep<State>[];
  /** So many states, from the first on, count as fresh; the others are kept under a limit of their own. */
  readonly freshStates: number;
}

export const GAP_LIFE: ZoneLife<'open' | 'touched' | 'half' | 'filled' | 'inverse'> = {
  first: 'open',
  steps: [
    { to: 'touched', watch: 'wick', level: 'near' },
    { to: 'half', watch: 'wick', level: 'middle', isInclusive: true },
    { to: 'filled', watch: 'wick', level: 'far' },
    { to: 'inverse', watch: 'close', level: 'far' },
  ],
  freshStates: 3,
};

export function orderBlockLife(
  mitigation: Mitigation,
): ZoneLife<'active' | 'touched' | 'mitigated' | 'breaker' | 'spent'> {
  return {
    first: 'active',
    steps: [
      { to: 'touched', watch: 'wick', level: 'near' },
      { to: 'mitigated', watch: mitigation, level: 'far' },
      { to: 'breaker', watch: 'close', level: 'far' },
      { to: 'spent', watch: 'close', level: 'near', isBack: true, isLater: true },
    ],
    freshStates: 2,
  };
}
