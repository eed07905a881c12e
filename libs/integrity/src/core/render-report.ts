/** A report as text for a terminal. What comes from file names and file contents is made harmless first. */
import { type Finding, type FileReport, type IntegrityReport, isoMinute, plural } from './finding';

const HEAD = ['FILE', 'ROWS', 'FROM', 'TO', 'STATE'];

/** A table with a line a series, its findings below it, and `N/M valid` as the last line. */
export function renderReport(report: IntegrityReport): string {
  const rows = report.files.map(rowOf);
  const widths = HEAD.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === 1 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd();
  const lines = report.files.length === 0 ? [] : [line(HEAD)];
  report.files.forEach((file, i) => {
    lines.push(line(rows[i]!), ...toTell(file).map(findingLine));
  });
  if (report.findings.length > 0) lines.push('beside the series:', ...report.findings.map(findingLine));
  lines.push(`${report.summary}${countsOf(report)}`);
  return `${lines.join('\n')}\n`;
}

function rowOf(file: FileReport): string[] {
  return [
    printable(file.file),
    file.rows === undefined ? '-' : String(file.rows),
    file.from === undefined ? '-' : isoMinute(file.from),
    file.to === undefined ? '-' : isoMinute(file.to),
    stateOf(file),
  ];
}

function stateOf(file: FileReport): string {
  const state = file.valid ? 'whole' : 'broken';
  const stale = file.findings.find((finding) => finding.code === 'STALE');
  return stale === undefined ? state : `${state}, stale: ${stale.message}`;
}

/** Staleness stands in the line itself: with the trader off for a while it befalls all series alike. */
function toTell(file: FileReport): Finding[] {
  return file.findings.filter((finding) => finding.code !== 'STALE');
}

function findingLine(finding: Finding): string {
  return `    ${finding.severity} ${finding.code}: ${printable(finding.message)}`;
}

function countsOf(report: IntegrityReport): string {
  const findings = [...report.files.flatMap((file) => file.findings), ...report.findings];
  if (findings.length === 0) return '';
  const errors = findings.filter((finding) => finding.severity === 'error').length;
  return ` (${plural(errors, 'error')}, ${plural(findings.length - errors, 'warning')})`;
}

/** Control characters, among them the ones that move a terminal's cursor, as `\x1b`. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (char) => {
    const code = char.charCodeAt(0);
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`;
  });
}
