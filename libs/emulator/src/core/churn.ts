/**
 * Listings and delistings of the generated universe: a few places whose holder changes every few days. Who holds a place
 * at which time is fixed for ever, so that a restart meets the same symbols; only within the first day of a run is the
 * change put off, so that a run begins in peace. The number of trading symbols is always the same.
 */
import { DAY_MS, HOUR_MS, MINUTE_MS, type UtcMs } from '@slt/domain';
import { hashText, mix, uniformAt } from './hash';
import type { LifeCycle } from './listed-symbol';
import { INVENTED_NAMES, inventedName, SECTOR_NAMES, type Ticker } from './tickers';

export const MAX_PLACES = 6;
const HELD_FOR = 6 * DAY_MS;
const PEACE = DAY_MS;
const ANNOUNCED_BEFORE = 12 * HOUR_MS;
const DELISTING_KNOWN_BEFORE = 2 * DAY_MS;
const LINGERS_FOR = 4 * DAY_MS;
/** Numbers below are names of lasting symbols. */
const FIRST_NUMBER = 2_000;

export interface Tenure {
  readonly number: number;
  readonly ticker: Ticker;
  readonly cycle: LifeCycle;
}

/** Those places' holders that are listed at some time in [from, to]. */
export function tenures(options: {
  seed: number;
  places: number;
  epoch: UtcMs;
  from: UtcMs;
  to: UtcMs;
}): Tenure[] {
  const first = Math.floor((options.from - LINGERS_FOR - PEACE) / HELD_FOR) - 2;
  const last = Math.floor((options.to + ANNOUNCED_BEFORE) / HELD_FOR) + 1;
  const found: Tenure[] = [];
  for (let round = first; round <= last; round++) {
    for (let place = 0; place < options.places; place++) found.push(tenure(options, place, round));
  }
  return found;
}

function tenure(options: { seed: number; epoch: UtcMs }, place: number, round: number): Tenure {
  const start = changeTime(options, place, round);
  const end = changeTime(options, place, round + 1);
  const number = FIRST_NUMBER + ((round * MAX_PLACES + place) % (INVENTED_NAMES - FIRST_NUMBER));
  const base = inventedName(number);
  const hash = hashText(base, 74);
  const price = 10 ** (uniformAt(hash, 1) * 3.5 - 2.5); // 0.003 to 10
  return {
    number,
    ticker: { base, price, sector: Math.floor(uniformAt(hash, 2) * SECTOR_NAMES.length) },
    cycle: {
      announced: start - ANNOUNCED_BEFORE,
      life: { start, end },
      delistingAnnounced: end - DELISTING_KNOWN_BEFORE,
      removed: end + LINGERS_FOR,
    },
  };
}

/** When a place changes hands; a whole minute. */
function changeTime(options: { seed: number; epoch: UtcMs }, place: number, round: number): UtcMs {
  const chance = uniformAt(mix(hashText('churn', options.seed), place), round);
  const within = (place + chance) / MAX_PLACES;
  const time = Math.floor(((round + within) * HELD_FOR) / MINUTE_MS) * MINUTE_MS;
  return time >= options.epoch && time < options.epoch + PEACE ? time + PEACE : time;
}
