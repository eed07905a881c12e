/** The flags of `slt history sync`, and what stands in them as values; every wrong one is told at once. */
import type { Interval, UtcMs } from '@slt/domain';
import { UsageError } from './exit';
import {
  type Bounds,
  FlagProblems,
  parseDate,
  parseInterval,
  parseNumber,
  parseSymbols,
} from './flag-values';

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

const LIMITS: Bounds = { min: 1, max: 5_000_000, isWhole: true };

/** @throws UsageError */
export function parseSyncFlags(flags: SyncFlags): SyncRequest {
  const problems = new FlagProblems();
  const symbols = problems.of(() => symbolsOf(flags.symbols));
  const interval = problems.of(() => intervalOf(flags.interval));
  const range = problems.of(() => rangeOf(flags, problems));
  problems.check();
  return { symbols: symbols!, interval: interval!, range: range! };
}

function symbolsOf(text: string | undefined): 'all' | readonly string[] {
  if (text === undefined)
    throw new UsageError(['--symbols is missing: name some, as in BTCUSDT,ETHUSDT, or say "all"']);
  return parseSymbols(text);
}

function intervalOf(text: string | undefined): Interval {
  if (text === undefined) throw new UsageError(['--interval is missing, as in --interval 1m']);
  return parseInterval(text);
}

function rangeOf(flags: SyncFlags, problems: FlagProblems): SyncRange | undefined {
  const { limit, from, to } = flags;
  if (limit !== undefined && (from !== undefined || to !== undefined)) {
    throw new UsageError(['--limit and --from/--to exclude each other']);
  }
  if (limit !== undefined) return { kind: 'newest', limit: parseNumber('--limit', limit, LIMITS) };
  if (from === undefined) throw new UsageError(['say how much: --limit N, or --from with or without --to']);
  const start = problems.of(() => parseDate('--from', from));
  const end = to === undefined ? undefined : problems.of(() => parseDate('--to', to));
  if (start === undefined || (to !== undefined && end === undefined)) return undefined;
  if (end !== undefined && end <= start)
    throw new UsageError([`--to ${to} must be later than --from ${from}`]);
  return { kind: 'span', from: start, ...(end !== undefined && { to: end }) };
}
