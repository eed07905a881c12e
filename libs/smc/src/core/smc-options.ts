/** What can be set, with the definitions' defaults. Checked in full, so that one message names every problem. */
import { AppError, DAY_MS, MINUTE_MS, type DurationMs } from '@slt/domain';

/** By which price a block counts as mitigated: the candle's wick or its close. */
export type Mitigation = 'wick' | 'close';

export interface SmcOptions {
  /** Length of one candle: it closes at open time + this. */
  readonly intervalMs: DurationMs;
  /** Candles after a swing pivot that must stay below (above) it. */
  readonly swingSize: number;
  readonly internalSize: number;
  /** The same for the pivots that equal levels compare. */
  readonly equalSize: number;
  /** Two levels are equal below this many ATR (exclusive). */
  readonly equalThreshold: number;
  /** Candles of the ATR behind equal levels, volatility and strength. */
  readonly atrLength: number;
  /** Candles of the ATR behind the gap filter. */
  readonly gapAtrLength: number;
  /** Smallest gap, in ATR (inclusive); 0 takes all. */
  readonly gapFilter: number;
  /** A candle whose range is at least this many ATR is avoided as order block. */
  readonly volatilityFactor: number;
  readonly mitigation: Mitigation;
  /** Unmitigated order blocks kept per scale. */
  readonly blockLimit: number;
  /** Mitigated blocks and breakers kept per scale. */
  readonly breakerLimit: number;
  /** Unfilled gaps kept, and as many filled ones that may still become inverse. */
  readonly gapLimit: number;
  /** Live liquidity pools kept per side. */
  readonly poolLimit: number;
}

export const DEFAULT_SMC_OPTIONS: SmcOptions = Object.freeze({
  intervalMs: MINUTE_MS,
  swingSize: 50,
  internalSize: 5,
  equalSize: 3,
  equalThreshold: 0.1,
  atrLength: 200,
  gapAtrLength: 14,
  gapFilter: 0,
  volatilityFactor: 2,
  mitigation: 'wick',
  blockLimit: 100,
  breakerLimit: 100,
  gapLimit: 500,
  poolLimit: 100,
});

type NumericOption = Exclude<keyof SmcOptions, 'mitigation'>;

/** Both ends belong to the range. */
interface Range {
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
}

const SIZE: Range = { min: 1, max: 500, whole: true };
const LENGTH: Range = { min: 2, max: 1_000, whole: true };
const FACTOR: Range = { min: 0, max: 1e6, whole: false };
const LIMIT: Range = { min: 1, max: 10_000, whole: true };

const RANGES: Readonly<Record<NumericOption, Range>> = {
  intervalMs: { min: 1, max: DAY_MS, whole: true },
  swingSize: SIZE,
  internalSize: SIZE,
  equalSize: SIZE,
  equalThreshold: FACTOR,
  atrLength: LENGTH,
  gapAtrLength: LENGTH,
  gapFilter: FACTOR,
  volatilityFactor: FACTOR,
  blockLimit: LIMIT,
  breakerLimit: LIMIT,
  gapLimit: LIMIT,
  poolLimit: LIMIT,
};

/** The given options over the defaults; a value of undefined takes the default. */
export function completeOptions(given: Partial<SmcOptions>): SmcOptions {
  const options = parseOptions(given);
  if (typeof options !== 'string') return options;
  throw new AppError('invalid', 'SMC.OPTIONS', options);
}

/** The same as a value: whole options, or one text that names every problem. Takes anything. */
export function parseOptions(given: unknown): SmcOptions | string {
  if (typeof given !== 'object' || given === null) return `${show(given)} is no set of options`;
  const problems: string[] = [];
  const options: Record<string, unknown> = { ...DEFAULT_SMC_OPTIONS };
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const problem = problemOf(name, value);
    if (problem === undefined) options[name] = value;
    else problems.push(problem);
  }
  return problems.length > 0 ? problems.join('; ') : Object.freeze(options as unknown as SmcOptions);
}

function problemOf(name: string, value: unknown): string | undefined {
  if (name === 'mitigation') {
    return value === 'wick' || value === 'close'
      ? undefined
      : `mitigation is ${show(value)}, not wick or close`;
  }
  if (!Object.hasOwn(RANGES, name)) return `there is no option ${name}`;
  const { min, max, whole } = RANGES[name as NumericOption];
  const fits =
    typeof value === 'number' && value >= min && value <= max && (!whole || Number.isInteger(value));
  return fits
    ? undefined
    : `${name} is ${show(value)}, not ${whole ? 'a whole number' : 'a number'} ${min}…${max}`;
}

function show(value: unknown): string {
  return typeof value === 'string'
    ? `"${value.slice(0, 40)}"`
    : Array.isArray(value)
      ? 'a list'
      : String(value);
}
