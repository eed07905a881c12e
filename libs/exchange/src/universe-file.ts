/** The last good list of instruments on disk. Read back through a check, for files are edited and broken. */
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { temporarySuffix } from '@slt/database';
import type { Instrument, InstrumentFilters, UtcMs } from '@slt/domain';
import { isDecimalText, isInstant } from './core/decimal';

export interface SavedUniverse {
  readonly source: string;
  readonly at: UtcMs;
  readonly malformed: number;
  readonly instruments: readonly Instrument[];
}

const VERSION = 2;
const TEXTS = [
  'symbol',
  'contractType',
  'status',
  'baseAsset',
  'quoteAsset',
  'marginAsset',
  'underlyingType',
] as const;
const FILTERS: readonly (keyof InstrumentFilters)[] = [
  'tickSize',
  'minPrice',
  'maxPrice',
  'stepSize',
  'minQty',
  'maxQty',
  'marketStepSize',
  'marketMinQty',
  'marketMaxQty',
  'minNotional',
];

export async function saveUniverse(path: string, universe: SavedUniverse): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = path + temporarySuffix();
  const file = await open(temporary, 'w');
  try {
    await file.writeFile(JSON.stringify({ version: VERSION, ...universe }));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}

/** Undefined when there is none, when it is of another market, and when anything in it is wrong. */
export async function loadUniverse(path: string, source: string): Promise<SavedUniverse | undefined> {
  try {
    const saved = JSON.parse(await readFile(path, 'utf8')) as Partial<SavedUniverse> & { version?: unknown };
    const usable =
      saved.version === VERSION &&
      saved.source === source &&
      isInstant(saved.at) &&
      isInstant(saved.malformed) &&
      Array.isArray(saved.instruments) &&
      saved.instruments.length > 0 &&
      saved.instruments.every(isInstrument);
    return usable ? (saved as SavedUniverse) : undefined;
  } catch {
    return undefined;
  }
}

function isInstrument(value: unknown): value is Instrument {
  if (typeof value !== 'object' || value === null) return false;
  const row = value as Record<string, unknown>;
  const filters = row['filters'] as Record<string, unknown> | null | undefined;
  return (
    TEXTS.every((field) => typeof row[field] === 'string') &&
    row['symbol'] !== '' &&
    Array.isArray(row['sectors']) &&
    row['sectors'].every((sector) => typeof sector === 'string') &&
    isInstant(row['onboardTime']) &&
    isInstant(row['deliveryTime']) &&
    typeof filters === 'object' &&
    filters !== null &&
    FILTERS.every((field) => isDecimalText(filters[field]))
  );
}
