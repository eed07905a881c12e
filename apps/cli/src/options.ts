/** What stands on the command line, as values; every wrong one is told at once. */
import { INTERVALS, type Interval, isInterval, type UtcMs } from '@slt/domain';
import { parseInstant } from './dates';
import { UsageError } from './exit';

export interface SyncFlags {
  readonly symbols?: string;
  readonly interval?: string;
  readonly limit?: string;
  readonly from?: string;
  readonly to?: string;
}

export type SyncRange =
  | { readonly kind: 'newest'; readonly limit: number }
  /** `to` undefined: up to now. Both are instants, not necessarily open times. */
  | { readonly kind: 'span'; readonly from: UtcMs; readonly to?: UtcMs };

export interface SyncRequest {
  readonly symbols: 'all' | readonly string[];
  readonly interval: Interval;
  readonly range: SyncRange;
}

const LARGEST_LIMIT = 5_000_000;

/** @throws UsageError */
export function parseSyncFlags(flags: SyncFlags): SyncRequest {
  const problems: string[] = [];
  const tell = <T>(parse: () => T): T | undefined => {
    try {
      return parse();
    } catch (error) {
      problems.push((error as Error).message);
      return undefined;
    }
  };
  const symbols = tell(() => parseSymbols(flags.symbols));
  const interval = tell(() => parseIntervalFlag(flags.interval));
  const range = tell(() => parseRange(flags, tell));
  if (problems.length > 0) throw new UsageError(problems);
  return { symbols: symbols!, interval: interval!, range: range! };
}

function parseSymbols(text: string | undefined): 'all' | readonly string[] {
  if (text === undefined)
    throw new Error('--symbols is missing: name some, as in BTCUSDT,ETHUSDT, or say "all"');
  if (text === 'all') return 'all';
  const symbols = text.split(',').map((symbol) => symbol.trim());
  if (symbols.some((symbol) => symbol === '')) throw new Error(`--symbols "${text}" has an empty name in it`);
  return [...new Set(symbols)];
}

function parseIntervalFlag(text: string | undefined): Interval {
  if (text === undefined) throw new Error('--interval is missing, as in --interval 1m');
  if (isInterval(text)) return text;
  throw new Error(`--interval "${text}" is unknown; known are ${INTERVALS.join(', ')}`);
}

function parseRange(flags: SyncFlags, tell: <T>(parse: () => T) => T | undefined): SyncRange | undefined {
  const { limit, from, to } = flags;
  if (limit !== undefined && (from !== undefined || to !== undefined)) {
    throw new Error('--limit and --from/--to exclude each other');
  }
  if (limit !== undefined) return { kind: 'newest', limit: parseLimit(limit) };
  if (from === undefined) throw new Error('say how much: --limit N, or --from with or without --to');
  const start = tell(() => parseFlagDate('--from', from));
  const end = to === undefined ? undefined : tell(() => parseFlagDate('--to', to));
  if (start === undefined || (to !== undefined && end === undefined)) return undefined;
  if (end !== undefined && end <= start) throw new Error(`--to ${to} must be later than --from ${from}`);
  return { kind: 'span', from: start, ...(end !== undefined && { to: end }) };
}

function parseFlagDate(flag: string, text: string): UtcMs {
  try {
    return parseInstant(text);
  } catch (error) {
    throw new Error(`${flag} ${(error as Error).message}`, { cause: error });
  }
}

function parseLimit(text: string): number {
  const limit = /^\d+$/.test(text) ? Number(text) : NaN;
  if (limit >= 1 && limit <= LARGEST_LIMIT) return limit;
  throw new Error(`--limit "${text}" must be a whole number from 1 to ${LARGEST_LIMIT}`);
}
