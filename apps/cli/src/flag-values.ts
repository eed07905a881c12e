/** What flags of several commands hold, as values. */
import { INTERVALS, type Interval, isInterval, type UtcMs } from '@slt/domain';
import { parseInstant } from './dates';
import { UsageError } from './exit';

/** Gathers what is wrong, so that all of it is told at once. */
export class FlagProblems {
  private readonly found: string[] = [];

  /** @returns undefined: it threw a UsageError, which is noted */
  of<T>(parse: () => T): T | undefined {
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      this.found.push(...error.problems);
      return undefined;
    }
  }

  add(problem: string): void {
    this.found.push(problem);
  }

  /** @throws UsageError where anything is wrong */
  check(): void {
    if (this.found.length > 0) throw new UsageError(this.found);
  }
}

/** Each once, or `all`. @throws UsageError */
export function parseSymbols(text: string): 'all' | readonly string[] {
  if (text === 'all') return 'all';
  const symbols = text.split(',').map((symbol) => symbol.trim());
  if (symbols.some((symbol) => symbol === ''))
    throw new UsageError([`--symbols "${text}" has an empty name in it`]);
  return [...new Set(symbols)];
}

/** @throws UsageError */
export function parseInterval(text: string): Interval {
  if (isInterval(text)) return text;
  throw new UsageError([`--interval "${text}" is unknown; known are ${INTERVALS.join(', ')}`]);
}

/** @throws UsageError */
export function parseDate(flag: string, text: string): UtcMs {
  try {
    return parseInstant(text);
  } catch (error) {
    throw new UsageError([`${flag} ${(error as Error).message}`]);
  }
}

export interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly isWhole?: boolean;
}

/** @param bounds inclusive @throws UsageError */
export function parseNumber(flag: string, text: string, { min, max, isWhole = false }: Bounds): number {
  const value = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max && (!isWhole || Number.isInteger(value))) return value;
  const what = isWhole ? 'whole number' : 'number';
  throw new UsageError([`${flag} "${text}" must be a ${what} from ${min} to ${max}`]);
}
