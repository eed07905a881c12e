/**
 * One series file: the bytes against their side-car first, then their form, then their rows. Parquet is parsed in the
 * sandbox only, also where the checksum is right: a checksum says that the bytes are those that were written, not that
 * they were written well.
 */
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type CandleColumns, type Interval, parseSeriesKey } from '@slt/domain';
import { entryFor, SERIES_SUFFIX, sha256Of, type SideCar, type SideCarEntry } from '@slt/history';
import { checkName } from './core/check-name';
import { checkSchema } from './core/check-schema';
import { checkSeries } from './core/check-series';
import { error, type Finding, warning } from './core/finding';
import { type FileRead, readRegularFile } from './read-file';
import type { ParquetAnswer, ParquetSandbox } from './sandbox/parquet-sandbox';
import { readSideCarOf, type SideCarRead } from './side-car';

const MOST_BYTES = 256 * 1024 * 1024;
/** A pair that is being replaced may look torn for a moment. */
const LOOKS = 3;
const BETWEEN_LOOKS_MS = 15;

/** What a file holds, whenever one looks: without staleness and the like. */
export interface Inspection {
  readonly file: string;
  readonly symbol?: string;
  readonly interval?: Interval;
  readonly findings: readonly Finding[];
  readonly columns?: CandleColumns;
  /** What the side-car says of these bytes; of the newest ones, if it does not know these. */
  readonly sideCar?: SideCarEntry;
  /** Of bytes that nobody vouches for. */
  readonly sha256?: string;
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

  /** @param file any path; may be anything at all */
  async inspect(file: string): Promise<Inspection> {
    const base = identityOf(file);
    const { read, sideCar, trust } = await look(file, base);
    const findings = [...nameFindings(base), ...trust.findings, ...this.sourceFindings(trust.entry)];
    const result = { ...base, ...(trust.entry && { sideCar: trust.entry }), verified: trust.verified };
    if (read.kind === 'refused') return { ...result, findings: [...findings, read.finding] };
    if (read.kind === 'absent') return { ...result, findings: [...findings, missing(sideCar)] };
    if (trust.damaged) return { ...result, findings };
    const content = await this.contentOf(read.bytes, result);
    const sha256 = trust.verified ? undefined : sha256Of(read.bytes);
    return {
      ...result,
      ...(sha256 !== undefined && { sha256 }),
      ...content,
      findings: [...findings, ...content.findings],
    };
  }

  private sourceFindings(entry: SideCarEntry | undefined): Finding[] {
    const { source } = this.options;
    if (entry === undefined || source === undefined || entry.source === source) return [];
    return [
      error('FOREIGN', `its candles come from ${entry.source}, not from ${source}`, {
        found: entry.source,
        expected: source,
      }),
    ];
  }

  private async contentOf(
    bytes: Buffer,
    file: { readonly interval?: Interval; readonly sideCar?: SideCarEntry; readonly verified: boolean },
  ): Promise<{ findings: readonly Finding[]; columns?: CandleColumns }> {
    if (bytes.length === 0) return { findings: [error('EMPTY', 'it has no bytes')] };
    const answer = await this.sandbox.read(bytes);
    if (answer.kind !== 'parsed') return { findings: [verdictOf(answer)] };
    const { findings, columns } = checkSchema(answer);
    if (columns === undefined || file.interval === undefined) return { findings };
    const named = checkName(columns, file.interval);
    const rows = checkSeries(columns, {
      interval: file.interval,
      ...(file.verified &&
        file.sideCar && { knownHoles: file.sideCar.knownHoles, expectedRows: file.sideCar.rows }),
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

interface Identity {
  readonly file: string;
  readonly symbol?: string;
  readonly interval?: Interval;
}

function identityOf(file: string): Identity {
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

interface Look {
  readonly read: FileRead;
  readonly sideCar: SideCarRead;
  readonly trust: Trust;
}

async function look(file: string, identity: Identity): Promise<Look> {
  for (let attempt = 1; ; attempt++) {
    const sideCar = await readSideCarOf(file);
    const read = await readRegularFile(file, MOST_BYTES);
    const trust = read.kind === 'bytes' ? compare(read.bytes, sideCar, identity) : withoutBytes(sideCar);
    if (!trust.damaged || attempt === LOOKS) return { read, sideCar, trust };
    await wait(BETWEEN_LOOKS_MS);
  }
}

interface Trust {
  readonly findings: readonly Finding[];
  readonly verified: boolean;
  readonly entry?: SideCarEntry;
  /** Proven not to be what was written: there is no use in parsing it. */
  readonly damaged: boolean;
}

function withoutBytes(sideCar: SideCarRead): Trust {
  return {
    findings: [],
    verified: false,
    damaged: false,
    ...(sideCar.kind === 'valid' && { entry: sideCar.value }),
  };
}

function compare(bytes: Buffer, sideCar: SideCarRead, file: Identity): Trust {
  switch (sideCar.kind) {
    case 'absent':
      return {
        findings: [warning('NO_CHECKSUM', 'no checksum vouches for it')],
        verified: false,
        damaged: false,
      };
    case 'broken':
      return { findings: [sideCar.finding], verified: false, damaged: false };
    case 'valid':
      return compareWith(sideCar.value, bytes, file);
  }
}

function compareWith(sideCar: SideCar, bytes: Buffer, file: Identity): Trust {
  const entry = entryFor(sideCar, bytes);
  const findings: Finding[] = [];
  if (entry === undefined) {
    const sameLength = bytes.length === sideCar.bytes;
    const message = sameLength
      ? 'its bytes are not those that were written'
      : `${bytes.length} bytes, written were ${sideCar.bytes}`;
    findings.push(error('CHECKSUM', message, { bytes: bytes.length, expected: sideCar.bytes }));
  }
  if (file.symbol !== undefined && (file.symbol !== sideCar.symbol || file.interval !== sideCar.interval)) {
    findings.push(error('NAME', `it was written as ${sideCar.symbol} ${sideCar.interval}`));
  }
  const isKnown = entry !== undefined;
  return { findings, verified: isKnown, damaged: !isKnown, entry: entry ?? sideCar };
}
