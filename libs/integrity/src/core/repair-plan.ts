/** What to do about a file: the least that makes it whole. A decision only; RepairRunner carries it out. */
import {
  type CandleColumns,
  EMPTY_COLUMNS,
  findHoles,
  type Hole,
  type Interval,
  intervalMs,
  lastClosedOpenTime,
  type UtcMs,
} from '@slt/domain';
import { withoutKnown } from './check-times';
import { type Finding, type FindingCode, hasErrors } from './finding';
import { salvage } from './salvage';

export interface BrokenSeries {
  readonly symbol?: string;
  readonly interval?: Interval;
  readonly findings: readonly Finding[];
  readonly columns?: CandleColumns;
  /** The bytes are those that the side-car vouches for. */
  readonly verified: boolean;
  readonly sideCar?: {
    readonly from?: UtcMs;
    readonly to?: UtcMs;
    readonly knownHoles: readonly Hole[];
    readonly writtenAt: UtcMs;
  };
}

export interface RepairLimits {
  readonly now: UtcMs;
  /** Candles of a series of which nothing is known any more. */
  readonly wantedRows: number;
  /** The most a file keeps. */
  readonly mostRows: number;
}

export type RepairPlan =
  | { readonly kind: 'nothing' }
  /** Whole, but nobody vouches for it: from now on we do. */
  | { readonly kind: 'adopt'; readonly columns: CandleColumns }
  /** Cannot be fetched again, because nobody knows what it is. */
  | { readonly kind: 'set-aside'; readonly reason: Finding }
  | {
      readonly kind: 'fetch';
      readonly symbol: string;
      readonly interval: Interval;
      readonly reason: Finding;
      /** What stays; empty when nothing of the file can be trusted. */
      readonly keep: CandleColumns;
      /** What is asked of the exchange, and nothing else. */
      readonly holes: readonly Hole[];
      readonly knownHoles: readonly Hole[];
      /** The file is wrong, not only incomplete: it is moved aside. */
      readonly quarantine: boolean;
    };

/** Rows are wrong, but the file is as it was written: its other rows stand. */
const ROW_ERRORS: readonly FindingCode[] = [
  'HOLES',
  'MISALIGNED',
  'DUPLICATES',
  'ORDER',
  'NOT_FINITE',
  'NEGATIVE',
  'OHLC',
  'FORMING',
  'FUTURE',
];
/** The times cannot be trusted, so neither can first and last. */
const TIME_ERRORS: readonly FindingCode[] = ['NAME', 'MISALIGNED', 'ORDER', 'FUTURE', 'FOREIGN'];

export function planRepair(series: BrokenSeries, limits: RepairLimits): RepairPlan {
  const { symbol, interval, columns, findings } = series;
  const errors = findings.filter((finding) => finding.severity === 'error');
  if (!hasErrors(findings)) {
    const unvouched = findings.some((finding) => finding.code === 'NO_CHECKSUM');
    return unvouched && columns ? { kind: 'adopt', columns } : { kind: 'nothing' };
  }
  const reason = errors[0]!;
  if (symbol === undefined || interval === undefined) return { kind: 'set-aside', reason };
  const incomplete = errors.every((finding) => finding.code === 'HOLES');
  const mendable =
    incomplete || (series.verified && errors.every((finding) => ROW_ERRORS.includes(finding.code)));
  const window = windowOf(series, interval, limits);
  const keep =
    mendable && columns ? salvage(columns, interval, closedPart(series, interval, window)) : EMPTY_COLUMNS;
  const knownHoles = mendable ? (series.sideCar?.knownHoles ?? []) : [];
  return {
    kind: 'fetch',
    symbol,
    interval,
    reason,
    keep,
    holes: findHoles(keep, interval, window.from, window.to).flatMap((hole) =>
      withoutKnown(hole, knownHoles, intervalMs(interval)),
    ),
    knownHoles,
    quarantine: !incomplete,
  };
}

/** As before, where that is known: by the side-car, else by the rows; never longer than a file may be, never the forming candle. */
function windowOf(
  series: BrokenSeries,
  interval: Interval,
  limits: RepairLimits,
): { from: UtcMs; to: UtcMs } {
  const step = intervalMs(interval);
  const newest = lastClosedOpenTime(latestKnown(series, limits.now), interval);
  const before = trustedSpan(series, interval);
  const to = Math.min(newest, before?.to ?? newest);
  const length =
    before === undefined ? limits.wantedRows : Math.min(limits.mostRows, (to - before.from) / step + 1);
  if (!(length >= 1)) return { from: newest - (limits.wantedRows - 1) * step, to: newest };
  return { from: to - (length - 1) * step, to };
}

/** A candle that was forming when it was written is not to be kept, however long ago that was. */
function closedPart<T extends { to: UtcMs }>(series: BrokenSeries, interval: Interval, window: T): T {
  if (!series.verified || series.sideCar === undefined) return window;
  return { ...window, to: Math.min(window.to, lastClosedOpenTime(series.sideCar.writtenAt, interval)) };
}

/** Our clock may be behind the one that wrote the file, as with an emulator that runs faster. */
function latestKnown({ verified, sideCar }: BrokenSeries, now: UtcMs): UtcMs {
  return verified && sideCar ? Math.max(now, sideCar.writtenAt) : now;
}

function trustedSpan(series: BrokenSeries, interval: Interval): { from: UtcMs; to: UtcMs } | undefined {
  const { sideCar, columns, findings } = series;
  const codes = new Set(findings.map((finding) => finding.code));
  if (codes.has('FOREIGN') || codes.has('NAME')) return undefined;
  if (isSpan(sideCar?.from, sideCar?.to, interval)) return { from: sideCar!.from!, to: sideCar!.to! };
  if (columns === undefined || TIME_ERRORS.some((code) => codes.has(code))) return undefined;
  const [from, to] = [columns.openTime[0], columns.openTime[columns.length - 1]];
  return isSpan(from, to, interval) ? { from: from!, to: to! } : undefined;
}

function isSpan(from: UtcMs | undefined, to: UtcMs | undefined, interval: Interval): boolean {
  const step = intervalMs(interval);
  return (
    from !== undefined && to !== undefined && from > 0 && from <= to && from % step === 0 && to % step === 0
  );
}
