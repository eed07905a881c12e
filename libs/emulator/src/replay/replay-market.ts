/** A market from a folder of recorded candles: all files are read and judged before the first answer. */
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, type Interval } from '@slt/domain';
import type { Market } from '../core/market';
import type { RecordedFunding } from '../core/recorded-fundings';
import { RecordedUniverse, type SymbolRecording } from '../core/recorded-universe';
import { SourceMarket } from '../core/source-market';
import { isRecording, parseRecordingName, type RecordingName } from './file-name';
import { joinParts } from './join-parts';
import { type ParsedCandles, parseCandles } from './parse-candles';
import { fundingFilesIn, isFundingFile, readFundings } from './read-fundings';
import { readRecording } from './read-recording';

export interface ReplayMarketOptions {
  /** Its files, not those of folders in it; see parseRecordingName for their names. */
  readonly folder: string;
}

interface ParsedFile {
  readonly name: RecordingName;
  readonly parts: readonly ParsedCandles[];
}

/** Decimals of quote volumes where a recording has none. */
const DERIVED_QUOTE_DECIMALS = 4;

/** @throws AppError invalid, `REPLAY.FOLDER` or `REPLAY.UNREADABLE` with all problems of all files */
export async function createReplayMarket(options: ReplayMarketOptions): Promise<Market> {
  const { folder } = options;
  const fileNames = await recordingsIn(folder);
  const problems: string[] = [];
  const files: ParsedFile[] = [];
  const identity = createHash('sha256');
  for (const fileName of fileNames) {
    const file = await parseFile(folder, fileName, { identity, problems });
    if (file !== undefined) files.push(file);
  }
  const fundings = await fundingsIn(folder, { identity, problems });
  if (problems.length > 0) {
    throw new AppError('invalid', 'REPLAY.UNREADABLE', `The recording in ${folder}:\n${problems.join('\n')}`);
  }
  const recordings = groupBySymbol(files)
    .map(toRecording)
    .map((recording) => ({ ...recording, fundings: fundings.get(recording.symbol) }));
  return new SourceMarket(new RecordedUniverse(`replay=${identity.digest('hex').slice(0, 16)}`, recordings));
}

interface Sink {
  readonly identity: ReturnType<typeof createHash>;
  readonly problems: string[];
}

/** By symbol. */
async function fundingsIn(folder: string, sink: Sink): Promise<Map<string, readonly RecordedFunding[]>> {
  const found = new Map<string, readonly RecordedFunding[]>();
  for (const file of await fundingFilesIn(folder)) {
    try {
      const { packed, fundings } = await readFundings(folder, file);
      sink.identity.update(file.name).update('\0').update(createHash('sha256').update(packed).digest());
      found.set(file.symbol, [...(found.get(file.symbol) ?? []), ...fundings]);
    } catch (error) {
      sink.problems.push(`${file.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return found;
}

async function recordingsIn(folder: string): Promise<string[]> {
  let names: string[];
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    names = entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
  } catch (cause) {
    throw new AppError('invalid', 'REPLAY.FOLDER', `Cannot read the folder ${folder} of recordings`, {
      cause,
    });
  }
  const recordings = names.filter((name) => isRecording(name) && !isFundingFile(name)).sort();
  if (recordings.length > 0) return recordings;
  throw new AppError(
    'invalid',
    'REPLAY.FOLDER',
    `No .csv, .csv.gz or .zip recording in the folder ${folder}`,
  );
}

async function parseFile(folder: string, fileName: string, sink: Sink): Promise<ParsedFile | undefined> {
  const name = parseRecordingName(fileName);
  if (name === undefined) {
    sink.problems.push(
      `${fileName}: its name does not tell symbol and interval, as BTCUSDT-1m-2025-06.csv does`,
    );
    return undefined;
  }
  try {
    const { packed, parts } = await readRecording(join(folder, fileName), name.packing);
    sink.identity.update(fileName).update('\0').update(createHash('sha256').update(packed).digest());
    const parsed = parts.map((bytes) => parseCandles(bytes, name.interval));
    for (const problem of parsed.flatMap((part) => part.problems))
      sink.problems.push(`${fileName}: ${problem}`);
    return { name, parts: parsed };
  } catch (error) {
    sink.problems.push(`${fileName}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function groupBySymbol(files: readonly ParsedFile[]): ParsedFile[][] {
  const groups = new Map<string, ParsedFile[]>();
  for (const file of files) {
    const group = groups.get(file.name.symbol) ?? [];
    group.push(file);
    groups.set(file.name.symbol, group);
  }
  return [...groups.values()];
}

function toRecording(files: readonly ParsedFile[]): SymbolRecording {
  const byInterval = new Map<Interval, ParsedCandles[]>();
  for (const { name, parts } of files) {
    byInterval.set(name.interval, [...(byInterval.get(name.interval) ?? []), ...parts]);
  }
  const all = files.flatMap((file) => file.parts);
  const most = (of: (part: ParsedCandles) => number): number => Math.max(...all.map(of));
  const whole = all.some((part) => part.whole);
  return {
    symbol: files[0]!.name.symbol,
    series: [...byInterval].map(([interval, parts]) => ({ interval, columns: joinParts(parts) })),
    wire: {
      price: most((part) => part.decimals.price),
      quantity: most((part) => part.decimals.quantity),
      quote: whole ? most((part) => part.decimals.quote) : DERIVED_QUOTE_DECIMALS,
    },
  };
}
