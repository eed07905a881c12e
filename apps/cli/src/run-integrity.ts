/** `slt integrity`: is the cache whole, and if told so, make it whole. */
import path from 'node:path';
import type { AppConfig } from '@slt/config';
import { isAppError, SystemClock } from '@slt/domain';
import { ExchangeEndpoint, resolveEndpoint } from '@slt/exchange';
import {
  buildRepairReport,
  type FileRepair,
  HoleFetcher,
  IntegrityChecker,
  type IntegrityReport,
  renderRepair,
  renderReport,
  type RepairReport,
  RepairRunner,
  selectFiles,
} from '@slt/integrity';
import type { CommandContext } from './context';
import { type ExchangeSession, isOwnEmulator, openExchange } from './exchange-session';
import { EXIT, type ExitCode, UsageError } from './exit';
import { startProgress } from './progress';
import { openStore } from './store';

export interface IntegrityFlags {
  readonly data?: string;
  readonly json?: boolean;
  readonly repair?: boolean;
}

/** @throws UsageError when there is no such folder */
export async function runIntegrity(flags: IntegrityFlags, context: CommandContext): Promise<ExitCode> {
  const config = context.configFor(flags.data);
  const source = await expectedSource(config, context);
  const report = await check(new IntegrityChecker({ ...checkerBase(config), ...source }), context.signal);
  if (flags.repair === true && selectFiles(report).length > 0)
    return repair(config, report, { flags, context });
  await context.terminal.out(flags.json === true ? toJson(report) : renderReport(report));
  return isWhole(report) ? EXIT.whole : EXIT.findings;
}

function checkerBase(config: AppConfig) {
  return { folder: config.DATA_DIR, clock: new SystemClock(), wantedRows: config.HISTORY_LIMIT };
}

async function check(checker: IntegrityChecker, signal: AbortSignal): Promise<IntegrityReport> {
  try {
    return await checker.check({ full: true, signal });
  } catch (error) {
    if (isAppError(error, 'INTEGRITY.NO_FOLDER')) throw new UsageError([error.message]);
    throw error;
  }
}

/** Whose candles to expect is known only where the exchange was named; else anybody's will do. */
async function expectedSource(config: AppConfig, context: CommandContext): Promise<{ source?: string }> {
  if (!context.isExchangeNamed || isOwnEmulator(config)) return {};
  try {
    return { source: (await resolveEndpoint(config)).source };
  } catch (error) {
    context.terminal.say(`slt: whose candles these are is not checked: ${(error as Error).message}`);
    return {};
  }
}

async function repair(
  config: AppConfig,
  before: IntegrityReport,
  { flags, context }: { flags: IntegrityFlags; context: CommandContext },
): Promise<ExitCode> {
  const session = await openExchange(config, { notBefore: newestClose(before) });
  try {
    if (!context.isExchangeNamed) refuseOthersCandles(before, session.endpoint);
    const checker = new IntegrityChecker({ ...checkerBase(config), source: session.endpoint.source });
    const startedAt = session.clock.now();
    const files = await repairFiles(config, { checker, session, context });
    const after = await check(checker, context.signal);
    const report = buildRepairReport({ startedAt, finishedAt: session.clock.now(), files, after });
    await context.terminal.out(
      flags.json === true ? repairJson(report) : `${renderRepair(report)}${renderReport(after)}`,
    );
    return isWhole(after) && report.failed === 0 ? EXIT.whole : EXIT.findings;
  } finally {
    await session.close();
  }
}

async function repairFiles(
  config: AppConfig,
  {
    checker,
    session,
    context,
  }: { checker: IntegrityChecker; session: ExchangeSession; context: CommandContext },
): Promise<FileRepair[]> {
  const { clock, client } = session;
  const folder = path.resolve(config.DATA_DIR);
  const runner = new RepairRunner(checker, openStore(config, session), new HoleFetcher(client), {
    folder,
    source: session.endpoint.source,
    clock,
    wantedRows: config.HISTORY_LIMIT,
    mostRows: config.HISTORY_KEEP,
  });
  const names = selectFiles(await check(checker, context.signal));
  const progress = startProgress(context.terminal, 'files');
  const repairs: FileRepair[] = [];
  try {
    for (const [done, name] of names.entries()) {
      progress.update(done, names.length, name);
      const onWait = (waitMs: number, reason: Error): void =>
        progress.say(`slt: waiting ${Math.ceil(waitMs / 1000)} s: ${reason.message}`);
      const result = await runner.repair(name, { signal: context.signal, onWait });
      if (result !== undefined) repairs.push(result);
    }
    progress.update(names.length, names.length, '');
  } finally {
    progress.stop();
  }
  return repairs;
}

/** An emulator's candles must not end up among a real market's just because nobody named the exchange. */
function refuseOthersCandles(report: IntegrityReport, endpoint: ExchangeEndpoint): void {
  const others = new Set(report.files.flatMap((file) => (file.source === undefined ? [] : [file.source])));
  others.delete(endpoint.source);
  if (others.size === 0) return;
  const [first] = others;
  const wanted = first!.startsWith('emulator:') ? 'emulator with its EMULATOR_… settings' : first;
  throw new UsageError([
    `the candles in ${report.folder} come from ${[...others].join(', ')}; to repair them set EXCHANGE=${wanted}`,
  ]);
}

function newestClose(report: IntegrityReport): number {
  return Math.max(0, ...report.files.map((file) => file.writtenAt ?? 0));
}

function isWhole(report: IntegrityReport): boolean {
  return report.valid === report.total && report.findings.every((finding) => finding.severity !== 'error');
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** The report as without --repair, and what was done. */
function repairJson({ after, ...repairs }: RepairReport): string {
  return toJson({ ...after, repair: repairs });
}
