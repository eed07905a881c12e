/** What a repair did, file by file. */
import type { Interval, UtcMs } from '@slt/domain';
import { plural, type FindingCode, type IntegrityReport } from './finding';
import { printable } from './render-report';

/**
 * adopted: whole, and vouched for from now on. filled: holes fetched. mended: wrong candles fetched again, the others kept.
 * refetched: fetched anew as a whole. set-aside: in quarantine, and nothing can take its place. failed: see `problem`.
 */
export type RepairOutcome = 'adopted' | 'filled' | 'mended' | 'refetched' | 'set-aside' | 'failed';

export interface FileRepair {
  readonly file: string;
  readonly symbol?: string;
  readonly interval?: Interval;
  readonly outcome: RepairOutcome;
  /** The finding that made the repair necessary. */
  readonly code: FindingCode;
  /** Where the broken file lies now. */
  readonly quarantinedTo?: string;
  /** Candles that came from the exchange. */
  readonly fetched: number;
  readonly requests: number;
  readonly weight: number;
  /** Candles that the exchange does not have. */
  readonly missing: number;
  readonly problem?: string;
}

export interface RepairReport {
  readonly startedAt: UtcMs;
  readonly finishedAt: UtcMs;
  readonly files: FileRepair[];
  readonly requests: number;
  readonly weight: number;
  readonly failed: number;
  /** What a check says afterwards. */
  readonly after: IntegrityReport;
  /** `N repaired, M failed` */
  readonly summary: string;
}

export function buildRepairReport(parts: {
  startedAt: UtcMs;
  finishedAt: UtcMs;
  files: readonly FileRepair[];
  after: IntegrityReport;
}): RepairReport {
  const files = [...parts.files];
  const failed = files.filter((file) => file.outcome === 'failed').length;
  return {
    ...parts,
    files,
    failed,
    requests: files.reduce((sum, file) => sum + file.requests, 0),
    weight: files.reduce((sum, file) => sum + file.weight, 0),
    summary: `${files.length - failed} repaired, ${failed} failed`,
  };
}

/** A line a file, and the summary as the last one. */
export function renderRepair(report: RepairReport): string {
  const lines = report.files.map(lineOf);
  lines.push(`${report.summary} (${plural(report.requests, 'request')}, weight ${report.weight})`);
  return `${lines.join('\n')}\n`;
}

function lineOf(file: FileRepair): string {
  const facts = [
    ...(file.fetched > 0 ? [`${plural(file.fetched, 'candle')} in ${plural(file.requests, 'request')}`] : []),
    ...(file.missing > 0 ? [`${plural(file.missing, 'candle')} the exchange does not have`] : []),
    ...(file.quarantinedTo === undefined ? [] : [`the old file is ${file.quarantinedTo}`]),
    ...(file.problem === undefined ? [] : [file.problem]),
  ];
  return printable(
    `${file.file}: ${file.code} ${file.outcome}${facts.length > 0 ? `, ${facts.join(', ')}` : ''}`,
  );
}
