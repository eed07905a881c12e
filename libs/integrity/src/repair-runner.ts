/** Carries out repair plans: moves aside, fetches, writes. One file's failure never stops the others. */
import path from 'node:path';
import { type CandleColumns, type Clock, type Hole, isAppError, mergeColumns, seriesKey } from '@slt/domain';
import { type CandleStore, quarantineFile } from '@slt/history';
import { adopt } from './adopt';
import type { Finding } from './core/finding';
import { planRepair, type RepairLimits, type RepairPlan } from './core/repair-plan';
import type { FileRepair } from './core/repair-report';
import type { FetchedHoles, FetchOptions, HoleFetcher } from './hole-fetcher';
import type { IntegrityChecker } from './integrity-checker';
import type { Inspection } from './series-inspector';

export interface RepairContext extends Omit<RepairLimits, 'now'> {
  readonly folder: string;
  /** The market that is asked, and that vouches for what it is asked for. */
  readonly source: string;
  readonly clock: Pick<Clock, 'now'>;
}

type Sum = Pick<FileRepair, 'fetched' | 'requests' | 'weight' | 'missing'>;
type FetchPlan = Extract<RepairPlan, { kind: 'fetch' }>;

const NOTHING: Sum = { fetched: 0, requests: 0, weight: 0, missing: 0 };

export class RepairRunner {
  constructor(
    private readonly checker: Pick<IntegrityChecker, 'open'>,
    private readonly store: Pick<CandleStore, 'write' | 'merge'>,
    private readonly fetcher: Pick<HoleFetcher, 'fetch'>,
    private readonly context: RepairContext,
  ) {}

  /** undefined: there was nothing to repair. @param name of a file in the folder */
  async repair(name: string, options: FetchOptions = {}): Promise<FileRepair | undefined> {
    const inspection = await this.checker.open(path.join(this.context.folder, name));
    const { wantedRows, mostRows, clock } = this.context;
    const plan = planRepair(inspection, { wantedRows, mostRows, now: clock.now() });
    if (plan.kind === 'nothing') return undefined;
    const base = baseOf(inspection, plan);
    try {
      return { ...base, ...(await this.carryOut(plan, inspection, options)) };
    } catch (error) {
      if (options.signal?.aborted) throw error;
      return { ...base, ...NOTHING, outcome: 'failed', problem: messageOf(error) };
    }
  }

  private carryOut(
    plan: Exclude<RepairPlan, { kind: 'nothing' }>,
    inspection: Inspection,
    options: FetchOptions,
  ): Promise<Sum & Pick<FileRepair, 'outcome' | 'quarantinedTo' | 'problem'>> {
    switch (plan.kind) {
      case 'adopt':
        return this.adopt(inspection, plan.columns);
      case 'set-aside':
        return this.setAside(inspection, plan.reason);
      case 'fetch':
        return plan.quarantine
          ? this.replace(plan, inspection, options)
          : this.fill(plan, inspection, options);
    }
  }

  private async adopt({ file, symbol, interval, sha256 }: Inspection, columns: CandleColumns) {
    const { folder, source, mostRows, clock } = this.context;
    const isAdopted = await adopt({
      file: path.join(folder, file),
      symbol: symbol!,
      interval: interval!,
      columns,
      sha256: sha256!,
      source,
      mostRows,
      now: clock.now(),
    });
    // Whole, but of a form that the store does not read: written anew, the original goes aside.
    if (!isAdopted) await this.store.write(symbol!, interval!, columns, { keep: columns.length });
    return { ...NOTHING, outcome: 'adopted' as const };
  }

  private async setAside(inspection: Inspection, reason: Finding) {
    return { ...NOTHING, outcome: 'set-aside' as const, ...(await this.quarantine(inspection.file, reason)) };
  }

  /** The file stands and gets what it lacks; if the exchange fails, nothing has happened. */
  private async fill(plan: FetchPlan, inspection: Inspection, options: FetchOptions) {
    const range = await this.fetcher.fetch(plan, plan.holes, options);
    if (!inspection.verified && inspection.columns) await this.adopt(inspection, inspection.columns);
    const columns = mergeColumns(plan.keep, range.columns);
    const meta = { knownHoles: knownAfter(plan, range, columns) };
    await this.store.merge(plan.symbol, plan.interval, range.columns, meta);
    return { ...sumOf(range, plan.keep), outcome: 'filled' as const };
  }

  /** The file goes aside in any case: nobody may use it. Fetched first, so that it is gone for a moment only. */
  private async replace(plan: FetchPlan, inspection: Inspection, options: FetchOptions) {
    const range = await this.fetcher.fetch(plan, plan.holes, options).catch((error: unknown) => {
      if (options.signal?.aborted) throw error;
      return error;
    });
    const aside = await this.quarantine(inspection.file, plan.reason);
    if (!isRange(range)) {
      if (plan.keep.length > 0) await this.keepSound(plan);
      return { ...NOTHING, ...aside, outcome: 'failed' as const, problem: messageOf(range) };
    }
    const columns = mergeColumns(plan.keep, range.columns);
    if (columns.length === 0) {
      const problem = 'the exchange has no candle of it';
      return { ...sumOf(range, plan.keep), ...aside, outcome: 'failed' as const, problem };
    }
    await this.store.write(plan.symbol, plan.interval, columns, {
      knownHoles: knownAfter(plan, range, columns),
    });
    const outcome = plan.keep.length > 0 ? ('mended' as const) : ('refetched' as const);
    return { ...sumOf(range, plan.keep), ...aside, outcome };
  }

  private keepSound({ symbol, interval, keep, knownHoles }: FetchPlan): Promise<void> {
    return this.store.write(symbol, interval, keep, { knownHoles: [...knownHoles] });
  }

  private async quarantine(file: string, reason: Finding): Promise<Pick<FileRepair, 'quarantinedTo'>> {
    const moved = await quarantineFile(path.join(this.context.folder, file), reason);
    return moved === undefined ? {} : { quarantinedTo: path.relative(this.context.folder, moved.path) };
  }
}

function baseOf(inspection: Inspection, plan: Exclude<RepairPlan, { kind: 'nothing' }>) {
  const { file, symbol, interval } = inspection;
  return {
    file: symbol !== undefined && interval !== undefined ? `${seriesKey(symbol, interval)}.parquet` : file,
    ...(symbol !== undefined && { symbol }),
    ...(interval !== undefined && { interval }),
    code: plan.kind === 'adopt' ? ('NO_CHECKSUM' as const) : plan.reason.code,
  };
}

/** Holes inside the series that nobody can fill; what lies before its first candle is no hole. */
function knownAfter(plan: FetchPlan, range: FetchedHoles, columns: CandleColumns): Hole[] {
  const first = columns.openTime[0] ?? Infinity;
  return [...plan.knownHoles, ...range.missing].filter((hole) => hole.from > first);
}

function sumOf({ columns, requests, weight, missing }: FetchedHoles, keep: CandleColumns): Sum {
  const first = Math.min(keep.openTime[0] ?? Infinity, columns.openTime[0] ?? Infinity);
  const inside = missing.filter((hole) => hole.from > first);
  return {
    fetched: columns.length,
    requests,
    weight,
    missing: inside.reduce((count, hole) => count + hole.count, 0),
  };
}

function isRange(value: unknown): value is FetchedHoles {
  return typeof value === 'object' && value !== null && 'columns' in value && 'requests' in value;
}

function messageOf(error: unknown): string {
  if (isAppError(error)) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
