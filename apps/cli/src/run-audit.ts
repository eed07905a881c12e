/** `slt audit`: does the journal say what the exchange says? */
import type { AuditDifference, AuditReport, Compared } from '@slt/trading';
import { openAudit } from './audit-session';
import type { CommandContext } from './context';
import { EXIT, type ExitCode } from './exit';

export interface AuditFlags {
  readonly data?: string;
  readonly json?: boolean;
}

/** @throws UsageError; AppError of journal or exchange */
export async function runAudit(flags: AuditFlags, context: CommandContext): Promise<ExitCode> {
  const session = await openAudit(context.configFor(flags.data));
  try {
    const report = await session.audit.run(context.signal);
    await context.terminal.out(
      flags.json === true ? `${JSON.stringify(report, undefined, 2)}\n` : renderAudit(report),
    );
    return report.differences.length === 0 ? EXIT.whole : EXIT.findings;
  } finally {
    await session.close();
  }
}

/** For people: what was compared, then every difference with both sides. */
export function renderAudit(report: AuditReport): string {
  const { account, mode, at, since, compared, differences } = report;
  if (since === null) return `${account}: the journal is empty, nothing has been traded\n`;
  const { orders, fills, fundings, positions, stops, walletBalance } = compared;
  const lines = [
    `${account} (${mode}), ${timeOf(since)} to ${timeOf(at)}`,
    '',
    row('', 'journal', 'exchange'),
    ...Object.entries({ orders, fills, fundings, positions }).map(countRow),
    row('resting stops', '', String(stops)),
    row('wallet, USDT', '', walletBalance ?? ''),
    '',
    ...(differences.length === 0 ? ['no difference'] : differenceLines(differences)),
  ];
  return `${lines.join('\n')}\n`;
}

const countRow = ([name, { journal, exchange }]: [string, Compared]): string =>
  row(name, String(journal), String(exchange));

function row(name: string, journal: string, exchange: string): string {
  return `  ${name.padEnd(14)}${journal.padStart(12)}${exchange.padStart(24)}`;
}

function differenceLines(differences: readonly AuditDifference[]): string[] {
  const count = differences.length === 1 ? '1 difference' : `${differences.length} differences`;
  return [
    `${count}:`,
    ...differences.map(({ subject, symbol, id, field, journal, exchange }) => {
      const what = [subject, symbol, id === symbol ? '' : id].filter((word) => word !== '').join(' ');
      return `  ${what}: ${field} is ${journal ?? 'missing'} in the journal, ${exchange ?? 'missing'} on the exchange`;
    }),
  ];
}

const timeOf = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
