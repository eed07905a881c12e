/**
 * One series file: the bytes against their side-car first, then their form, then their rows. Parquet is parsed in the
 * sandbox only, also where the checksum is right: a checksum says that the bytes are those that were written, not that
 * they were written well.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { type CandleColumns, type Interval, parseSeriesKey } from '@slt/domain';
import { checkName } from './core/check-name';
import { checkSchema } from './core/check-schema';
import { checkSeries } from './core/check-series';
import { error, type Finding, hasErrors, warning } from './core/finding';
import { readRegularFile } from './read-file';
import type { ParquetAnswer, ParquetSandbox } from './sandbox/parquet-sandbox';
import { parseSideCar, type SideCar, SIDE_CAR_SUFFIX } from './side-car';

export const SERIES_SUFFIX = '.parquet';
const MOST_BYTES = 256 * 1024 * 1024;
const MOST_SIDE_CAR_BYTES = 4 * 1024 * 1024;

/** What a file holds, whenever one looks: without staleness and the like. */
export interface Inspection {
  readonly file: string;
  readonly symbol?: string;
  readonly interval?: Interval;
  readonly findings: readonly Finding[];
  readonly columns?: CandleColumns;
  readonly sideCar?: SideCar;
  /** The bytes are those that the side-car vouches for. */
  readonly verified: boolean;
}

export interface InspectionOptions {
  /** Whose candles are expected; undefined: anybody's. */
  readonly source?: string;
  /** Candles a warm-up wants. */
  readonly wantedRows?: number;
}

export class SeriesInspector {
  constructor(
    private readonly sandbox: ParquetSandbox,
    private readonly options: InspectionOptions,
  ) {}

  /** @param file a path that ends in .parquet; may be anything at all */
  async inspect(file: string): Promise<Inspection> {
    const base = identityOf(file);
    const read = await readRegularFile(file, MOST_BYTES);
    const sideCar = await readSideCar(`${file}${SIDE_CAR_SUFFIX}`);
    if (read.kind !== 'bytes') {
      const finding = read.kind === 'refused' ? read.finding : missing(sideCar);
      return {
        ...base,
        ...sideCarPart(sideCar),
        findings: [...nameFindings(base), finding],
        verified: false,
      };
    }
    const trust = compare(read.bytes, sideCar, base);
    const findings = [...nameFindings(base), ...trust.findings, ...this.sourceFindings(sideCar)];
    const result = { ...base, ...sideCarPart(sideCar), verified: trust.verified };
    if (trust.damaged) return { ...result, findings };
    const content = await this.contentOf(read.bytes, result);
    return { ...result, ...content, findings: [...findings, ...content.findings] };
  }

  private sourceFindings(sideCar: SideCarRead): Finding[] {
    const { source } = this.options;
    if (sideCar.kind !== 'valid' || source === undefined || sideCar.value.source === source) return [];
    const found = sideCar.value.source;
    return [
      error('FOREIGN', `its candles come from ${found}, not from ${source}`, { found, expected: source }),
    ];
  }

  private async contentOf(
    bytes: Buffer,
    file: { readonly interval?: Interval; readonly sideCar?: SideCar },
  ): Promise<{ findings: readonly Finding[]; columns?: CandleColumns }> {
    if (bytes.length === 0) return { findings: [error('EMPTY', 'it has no bytes')] };
    const answer = await this.sandbox.read(bytes);
    if (answer.kind !== 'parsed') return { findings: [verdictOf(answer)] };
    const { findings, columns } = checkSchema(answer);
    if (columns === undefined || file.interval === undefined) return { findings };
    const named = checkName(columns, file.interval);
    const rows = checkSeries(columns, {
      interval: file.interval,
      ...(file.sideCar && { knownHoles: file.sideCar.knownHoles, expectedRows: file.sideCar.rows }),
      ...(this.options.wantedRows !== undefined && { wantedRows: this.options.wantedRows }),
    });
    return { findings: [...findings, ...named, ...rows], columns };
  }
}

function verdictOf(answer: Exclude<ParquetAnswer, { kind: 'parsed' }>): Finding {
  switch (answer.kind) {
    case 'unreadable':
      return error('UNREADABLE', `it is no readable Parquet: ${answer.reason}`);
    case 'crashed':
      return error('CRASHES_PARSER', `it kills the process that parses it (${answer.reason})`);
    case 'timeout':
      return error('TIMEOUT', `parsing it takes longer than ${answer.timeoutMs} ms`);
  }
}

function identityOf(file: string): { file: string; symbol?: string; interval?: Interval } {
  const name = path.basename(file);
  const key = name.endsWith(SERIES_SUFFIX) ? parseSeriesKey(name.slice(0, -SERIES_SUFFIX.length)) : undefined;
  return { file: name, ...key };
}

function nameFindings(file: { readonly symbol?: string }): Finding[] {
  if (file.symbol !== undefined) return [];
  return [error('NAME', 'the name is not {SYMBOL}_{interval}.parquet')];
}

function missing(sideCar: SideCarRead): Finding {
  const rows = sideCar.kind === 'valid' ? ` for ${sideCar.value.rows} candles` : '';
  return error('MISSING', `there is a side-car${rows}, the series itself is gone`);
}

type SideCarRead =
  | { readonly kind: 'absent' }
  | { readonly kind: 'broken'; readonly finding: Finding }
  | { readonly kind: 'valid'; readonly value: SideCar };

async function readSideCar(file: string): Promise<SideCarRead> {
  const read = await readRegularFile(file, MOST_SIDE_CAR_BYTES);
  if (read.kind === 'absent') return { kind: 'absent' };
  if (read.kind === 'refused') {
    return { kind: 'broken', finding: error('SIDE_CAR', `its side-car: ${read.finding.message}`) };
  }
  const value = parseSideCar(read.bytes.toString('utf8'));
  if (value !== undefined) return { kind: 'valid', value };
  return { kind: 'broken', finding: error('SIDE_CAR', 'its side-car is not one of ours') };
}

function sideCarPart(read: SideCarRead): { sideCar?: SideCar } {
  return read.kind === 'valid' ? { sideCar: read.value } : {};
}

interface Trust {
  readonly findings: readonly Finding[];
  readonly verified: boolean;
  /** Proven not to be what was written: there is no use in parsing it. */
  readonly damaged: boolean;
}

function compare(bytes: Buffer, sideCar: SideCarRead, file: { symbol?: string; interval?: Interval }): Trust {
  if (sideCar.kind === 'absent') {
    const finding = warning('NO_CHECKSUM', 'no checksum vouches for it');
    return { findings: [finding], verified: false, damaged: false };
  }
  if (sideCar.kind === 'broken') return { findings: [sideCar.finding], verified: false, damaged: false };
  const { value } = sideCar;
  const findings: Finding[] = [];
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (bytes.length !== value.bytes) {
    findings.push(error('CHECKSUM', `${bytes.length} bytes, written were ${value.bytes}`));
  } else if (sha256 !== value.sha256) {
    findings.push(
      error('CHECKSUM', 'its bytes are not those that were written', {
        found: sha256,
        expected: value.sha256,
      }),
    );
  }
  const damaged = hasErrors(findings);
  if (file.symbol !== undefined && (file.symbol !== value.symbol || file.interval !== value.interval)) {
    findings.push(error('NAME', `it was written as ${value.symbol} ${value.interval}`));
  }
  return { findings, verified: !damaged, damaged };
}
