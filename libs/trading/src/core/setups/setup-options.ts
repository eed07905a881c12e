/** What can be set about the set-ups, with its defaults. Checked in full: one message names every problem. */
import { AppError } from '@slt/domain';

export interface SetupOptions {
  /** Candles from a sweep to the break that confirms it, both included in the count of the later one: 0 is the same candle. */
  readonly sweepWithin: number;
  /** Candles from the first touch of a block or gap to the close back out of it; 0 is the same candle. */
  readonly retestWithin: number;
  /** Between invalidation and stop, in ATR. */
  readonly stopBufferAtr: number;
  /** The stop is at least so many ATR from the entry, and … */
  readonly stopMinAtr: number;
  /** … at least this share of the price, so that costs do not eat what is risked. */
  readonly stopMinShare: number;
  /** A stop farther than this share of the price makes no signal. */
  readonly stopMaxShare: number;
  /** Smallest gap, in ATR. */
  readonly gapMinAtr: number;
  /** Weakest block, in ATR from block to break. */
  readonly blockMinStrength: number;
  /** Least reward, in R. */
  readonly rewardMin: number;
}

export const DEFAULT_SETUP_OPTIONS: SetupOptions = Object.freeze({
  sweepWithin: 15,
  retestWithin: 10,
  stopBufferAtr: 0.25,
  stopMinAtr: 1,
  stopMinShare: 0.003,
  stopMaxShare: 0.05,
  gapMinAtr: 1,
  blockMinStrength: 4,
  rewardMin: 2,
});

/** The given options over the defaults. @throws AppError invalid, `SETUP.OPTIONS`, naming every problem */
export function completeSetupOptions(given: Partial<SetupOptions> = {}): SetupOptions {
  const options = { ...DEFAULT_SETUP_OPTIONS, ...given };
  const problems = (Object.keys(DEFAULT_SETUP_OPTIONS) as (keyof SetupOptions)[]).flatMap((name) =>
    options[name] >= 0 && options[name] < Infinity ? [] : [`${name} is ${options[name]}`],
  );
  for (const name of ['sweepWithin', 'retestWithin'] as const) {
    if (!Number.isInteger(options[name]) || options[name] > 500)
      problems.push(`${name} is not a whole number 0…500`);
  }
  if (options.rewardMin < 2) problems.push(`rewardMin is ${options.rewardMin}, below 2`);
  if (!(options.stopMaxShare > options.stopMinShare && options.stopMaxShare < 0.5)) {
    problems.push('stopMaxShare is not between stopMinShare and 0.5');
  }
  if (!(options.rewardMin * options.stopMaxShare < 1)) {
    problems.push('a target at rewardMin × stopMaxShare of the price lies below zero');
  }
  if (problems.length > 0) throw new AppError('invalid', 'SETUP.OPTIONS', problems.join('; '));
  return Object.freeze(options);
}
