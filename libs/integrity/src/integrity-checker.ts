/**
 * Is the cache whole? Looks at a folder of series, changes nothing, and survives whatever lies in it. Remembers what it
 * saw: a later look costs a stat for each file that has not changed since.
 */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError, type Clock, type UtcMs } from '@slt/domain';
import { checkAgainstNow } from './core/check-times';
import { classifyEntry, type FolderEntry } from './core/folder-entries';
import { buildReport, type FileReport, type Finding, hasErrors, type IntegrityReport } from './core/finding';
import { sameSignature, type Signature, signatureOf } from './read-file';
import { ParquetSandbox } from './sandbox/parquet-sandbox';
import { type Inspection, type InspectionOptions, SeriesInspector } from './series-inspector';
import { sideCarPath } from './side-car';

/** Read and hashed at once; parsing has one process anyway. */
const AT_ONCE = 8;
const STALE_AFTER_MS = 10 * 60_000;
/** Wall time. */
const LEFTOVER_AFTER_MS = 60_000;

export interface CheckerOptions extends InspectionOptions {
  readonly folder: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly staleAfterMs?: number;
  /** Lent for many checks, and closed by whoever made it; without one each check starts a process of its own. */
  readonly sandbox?: ParquetSandbox;
}

export interface CheckOptions {
  readonly folder?: string;
  readonly now?: UtcMs;
  /** Reads every file again, also those that seem unchanged: finds what a disk forgot by itself. */
  readonly full?: boolean;
  readonly signal?: AbortSignal;
}

interface Seen {
  readonly series: Signature | undefined;
  readonly sideCar: Signature | undefined;
  readonly inspection: Summary;
}

/** An inspection whose candles were let go. */
interface Summary extends Omit<Inspection, 'columns'> {
  readonly rows?: number;
  readonly from?: UtcMs;
  readonly to?: UtcMs;
}

export class IntegrityChecker {
  private readonly seen = new Map<string, Seen>();

  constructor(private readonly options: CheckerOptions) {}

  /** @throws AppError not-found `INTEGRITY.NO_FOLDER` when there is no such folder or it cannot be listed */
  async check(options: CheckOptions = {}): Promise<IntegrityReport> {
    const folder = path.resolve(options.folder ?? this.options.folder);
    const now = options.now ?? this.options.clock.now();
    const entries = await listFolder(folder);
    const series = new Set(entries.flatMap((entry) => (entry.kind === 'series' ? [entry.series] : [])));
    const findings: Finding[] = entries.flatMap((entry) => ('finding' in entry ? [entry.finding] : []));
    const files = await this.withInspector((inspector) =>
      inBatches([...series], AT_ONCE, async (name) => {
        options.signal?.throwIfAborted();
        const file = path.join(folder, name);
        const inspection = await this.inspect(inspector, file, { full: options.full ?? false });
        return reportOf(inspection, now, this.options.staleAfterMs ?? STALE_AFTER_MS);
      }),
    );
    this.forgetOthers(folder, series);
    return buildReport({ checkedAt: now, folder, files, findings });
  }

  /** One file; its name need not end in .parquet. */
  async checkFile(file: string, now: UtcMs = this.options.clock.now()): Promise<FileReport> {
    return this.withInspector(async (inspector) => {
      const inspection = await this.inspect(inspector, path.resolve(file), { full: true });
      return reportOf(inspection, now, this.options.staleAfterMs ?? STALE_AFTER_MS);
    });
  }

  /** Everything about one file, its candles included; for a repair. */
  async open(file: string): Promise<Inspection> {
    return this.withInspector((inspector) => inspector.inspect(path.resolve(file)));
  }

  private async inspect(
    inspector: SeriesInspector,
    file: string,
    options: { full: boolean },
  ): Promise<Summary> {
    const [series, sideCar] = await Promise.all([signatureOf(file), signatureOf(sideCarPath(file))]);
    const before = this.seen.get(file);
    if (
      !options.full &&
      before &&
      sameSignature(before.series, series) &&
      sameSignature(before.sideCar, sideCar)
    ) {
      return before.inspection;
    }
    const inspection = summarize(await inspector.inspect(file));
    this.seen.set(file, { series, sideCar, inspection });
    return inspection;
  }

  private async withInspector<T>(work: (inspector: SeriesInspector) => Promise<T>): Promise<T> {
    const lent = this.options.sandbox;
    const sandbox = lent ?? new ParquetSandbox();
    try {
      return await work(new SeriesInspector(sandbox, this.options));
    } finally {
      if (lent === undefined) sandbox.close();
    }
  }

  private forgetOthers(folder: string, present: ReadonlySet<string>): void {
    for (const file of this.seen.keys()) {
      if (path.dirname(file) === folder && !present.has(path.basename(file))) this.seen.delete(file);
    }
  }
}

function summarize({ columns, ...rest }: Inspection): Summary {
  if (columns === undefined) return rest;
  const { length, openTime } = columns;
  if (length === 0) return { ...rest, rows: 0 };
  return { ...rest, rows: length, from: openTime[0]!, to: openTime[length - 1]! };
}

function reportOf(inspection: Summary, now: UtcMs, staleAfterMs: number): FileReport {
  const { file, symbol, interval, rows, from, to, sideCar, verified } = inspection;
  const timely =
    to === undefined || interval === undefined
      ? []
      : checkAgainstNow(to, {
          interval,
          now,
          staleAfterMs,
          ...(verified && sideCar && { writtenAt: sideCar.writtenAt }),
        });
  const findings = [...inspection.findings, ...timely];
  return {
    file,
    ...(symbol !== undefined && { symbol }),
    ...(interval !== undefined && { interval }),
    valid: !hasErrors(findings),
    ...(rows !== undefined && { rows }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(sideCar && { source: sideCar.source }),
    ...(verified && sideCar && { writtenAt: sideCar.writtenAt }),
    findings,
  };
}

async function listFolder(folder: string): Promise<FolderEntry[]> {
  try {
    if (!(await stat(folder)).isDirectory()) {
      throw new AppError('invalid', 'INTEGRITY.NO_FOLDER', `${folder} is not a folder`);
    }
    const entries = await readdir(folder, { withFileTypes: true });
    const names = new Set(entries.map((entry) => entry.name));
    return await withoutYoung(
      folder,
      entries.map((entry) => classifyEntry(entry.name, entry.isFile(), names)),
    );
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code;
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be listed (${code})`;
    throw new AppError('not-found', 'INTEGRITY.NO_FOLDER', `the folder ${folder} ${why}`, { cause });
  }
}

/** A temporary file that is still young may have a writer. */
async function withoutYoung(folder: string, entries: readonly FolderEntry[]): Promise<FolderEntry[]> {
  const kept: FolderEntry[] = [];
  for (const entry of entries) {
    const changed =
      entry.kind === 'leftover' ? (await signatureOf(path.join(folder, entry.name)))?.mtimeMs : 0;
    if (changed !== undefined && Date.now() - changed > LEFTOVER_AFTER_MS) kept.push(entry);
  }
  return kept;
}

/** In the order of the items. */
async function inBatches<T, R>(
  items: readonly T[],
  size: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (let i = 0; i < items.length; i += size) {
    results.push(...(await Promise.all(items.slice(i, i + size).map(work))));
  }
  return results;
}
