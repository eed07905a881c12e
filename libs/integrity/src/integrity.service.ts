/**
 * The check as a part of the service: keeps the last report, looks again by itself, fills holes that it finds then, and
 * repairs the rest on request. The periodic look costs a stat a file; once a day everything is read again.
 */
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Interval as Every } from '@nestjs/schedule';
import { AppError, DAY_MS, type Clock, MINUTE_MS } from '@slt/domain';
import { type FileRepair, buildRepairReport, type RepairReport } from './core/repair-report';
import { hasFinding, type IntegrityReport } from './core/finding';
import type { IntegrityChecker } from './integrity-checker';
import type { RepairRunner } from './repair-runner';

const EVERY_MS = 5 * MINUTE_MS;

@Injectable()
export class IntegrityService implements OnApplicationShutdown {
  private readonly logger = new Logger(IntegrityService.name);
  private readonly stop = new AbortController();
  private report: IntegrityReport | undefined;
  private checking: Promise<IntegrityReport> | undefined;
  private repairing: Promise<unknown> = Promise.resolve();
  private lastFullAt = -Infinity;

  constructor(
    private readonly checker: IntegrityChecker,
    private readonly runner: RepairRunner,
    private readonly clock: Clock,
  ) {}

  onApplicationShutdown(): void {
    this.stop.abort();
  }

  /** Of the last check; undefined before the first one. */
  latest(): IntegrityReport | undefined {
    return this.report;
  }

  /** Reads everything. Who asks while a check is under way gets its answer. */
  check(): Promise<IntegrityReport> {
    return this.look(true);
  }

  @Every(EVERY_MS)
  async lookAgain(): Promise<void> {
    const full = performance.now() - this.lastFullAt > DAY_MS;
    try {
      const report = await this.look(full);
      if (report.valid < report.total) this.logger.warn(`${report.folder}: ${report.summary}`);
      await this.fillHoles(report);
    } catch (error) {
      if (!this.stop.signal.aborted)
        this.logger.warn(`the cache could not be checked: ${(error as Error).message}`);
    }
  }

  /**
   * Repairs one after the other, so that weight is left for others; a second call waits for the first.
   * @param files names inside the folder; absent: everything with an error, and what nobody vouches for
   * @throws AppError not-found `INTEGRITY.NO_FILE` naming those that are not in the folder
   */
  repair(files?: readonly string[]): Promise<RepairReport> {
    const work = this.repairing.then(() => this.repairNow(files));
    this.repairing = work.catch(() => undefined);
    return work;
  }

  /** Such as a long absence leaves: a warm-up asks for the newest candles alone. Nothing is moved aside for it. */
  private async fillHoles({ files }: IntegrityReport): Promise<void> {
    const holed = files.filter(({ findings }) => {
      const errors = findings.filter(({ severity }) => severity === 'error');
      return errors.length > 0 && errors.every(({ code }) => code === 'HOLES');
    });
    if (holed.length > 0) await this.repair(holed.map(({ file }) => file));
  }

  private async repairNow(files: readonly string[] | undefined): Promise<RepairReport> {
    const startedAt = this.clock.now();
    const before = await this.check();
    const repairs: FileRepair[] = [];
    for (const file of selectFiles(before, files)) {
      this.stop.signal.throwIfAborted();
      const repair = await this.runner.repair(file, { signal: this.stop.signal });
      if (repair === undefined) continue;
      repairs.push(repair);
      this.logger.log(
        `${repair.file}: ${repair.code} ${repair.outcome}${repair.problem ? `: ${repair.problem}` : ''}`,
      );
    }
    const after = await this.check();
    return buildRepairReport({ startedAt, finishedAt: this.clock.now(), files: repairs, after });
  }

  private look(full: boolean): Promise<IntegrityReport> {
    this.checking ??= this.lookNow(full).finally(() => {
      this.checking = undefined;
    });
    return this.checking;
  }

  private async lookNow(full: boolean): Promise<IntegrityReport> {
    const report = await this.checker.check({ full, signal: this.stop.signal });
    if (full) this.lastFullAt = performance.now();
    this.report = report;
    return report;
  }
}

/** @throws AppError not-found `INTEGRITY.NO_FILE` */
export function selectFiles(report: IntegrityReport, wanted?: readonly string[]): string[] {
  if (wanted === undefined) {
    return report.files
      .filter((file) => !file.valid || hasFinding(file, 'NO_CHECKSUM'))
      .map((file) => file.file);
  }
  const present = new Set(report.files.map((file) => file.file));
  const unknown = wanted.filter((name) => !present.has(name));
  if (unknown.length > 0) {
    throw new AppError('not-found', 'INTEGRITY.NO_FILE', `not in the cache: ${unknown.join(', ')}`);
  }
  return [...new Set(wanted)];
}
