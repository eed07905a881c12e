/** What a check can find, and the reports that carry it. */
import type { Interval, UtcMs } from '@slt/domain';

/** An error makes the file invalid: it must not be used as it is. A warning is for a person to look at. */
export type Severity = 'error' | 'warning';

/** Stable names, for machines. */
export type FindingCode =
  // the file as such
  | 'MISSING'
  | 'NOT_A_FILE'
  | 'NO_ACCESS'
  | 'TOO_LARGE'
  | 'EMPTY'
  | 'NAME'
  | 'LEFTOVER'
  | 'UNKNOWN_FILE'
  // its side-car
  | 'CHECKSUM'
  | 'NO_CHECKSUM'
  | 'SIDE_CAR'
  | 'FOREIGN'
  // its form
  | 'UNREADABLE'
  | 'CRASHES_PARSER'
  | 'TIMEOUT'
  | 'SCHEMA'
  | 'EXTRA_COLUMNS'
  | 'NULLS'
  // its rows
  | 'NO_ROWS'
  | 'ROW_COUNT'
  | 'SHORT'
  | 'MISALIGNED'
  | 'DUPLICATES'
  | 'ORDER'
  | 'HOLES'
  | 'KNOWN_HOLES'
  | 'FUTURE'
  | 'FORMING'
  | 'STALE'
  // its values
  | 'NOT_FINITE'
  | 'NEGATIVE'
  | 'OHLC'
  | 'VOLUME_OUTLIER'
  | 'PRICE_JUMP';

export interface Finding {
  readonly severity: Severity;
  readonly code: FindingCode;
  /** For people; names the value found. */
  readonly message: string;
  readonly detail?: Record<string, unknown>;
}

export interface FileReport {
  /** Name inside the folder. */
  readonly file: string;
  readonly symbol?: string;
  readonly interval?: Interval;
  /** Without any error; warnings do not count. */
  readonly valid: boolean;
  readonly rows?: number;
  /** Open time of the first candle. */
  readonly from?: UtcMs;
  /** Open time of the last candle. */
  readonly to?: UtcMs;
  /** The market its candles come from, by the side-car. */
  readonly source?: string;
  /** By the clock of the market it comes from; only of a file that is as it was written. */
  readonly writtenAt?: UtcMs;
  readonly findings: Finding[];
}

export interface IntegrityReport {
  readonly checkedAt: UtcMs;
  readonly folder: string;
  /** One entry per series, ordered by name. */
  readonly files: FileReport[];
  /** What lies in the folder beside the series. */
  readonly findings: Finding[];
  readonly valid: number;
  readonly total: number;
  /** `N/M valid` */
  readonly summary: string;
}

export function error(code: FindingCode, message: string, detail?: Finding['detail']): Finding {
  return { severity: 'error', code, message, ...(detail && { detail }) };
}

export function warning(code: FindingCode, message: string, detail?: Finding['detail']): Finding {
  return { severity: 'warning', code, message, ...(detail && { detail }) };
}

export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.severity === 'error');
}

export function hasFinding(report: FileReport, ...codes: readonly FindingCode[]): boolean {
  return report.findings.some((finding) => codes.includes(finding.code));
}

/** Counts what was found; `files` in any order. */
export function buildReport(parts: {
  checkedAt: UtcMs;
  folder: string;
  files: readonly FileReport[];
  findings: Finding[];
}): IntegrityReport {
  const files = [...parts.files].sort((a, b) => (a.file < b.file ? -1 : 1));
  const valid = files.filter((file) => file.valid).length;
  return {
    ...parts,
    files,
    valid,
    total: files.length,
    summary: `${valid}/${files.length} valid`,
  };
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `2025-01-31T12:00Z` for whole minutes, with seconds and milliseconds where there are any. */
export function isoMinute(instant: UtcMs): string {
  if (!Number.isFinite(instant) || Math.abs(instant) > 8.64e15) return String(instant);
  return new Date(instant).toISOString().replace(/(:00)?\.000Z$/, 'Z');
}
