/**
 * Recorded funding rates beside a recording: `BTCUSDT_funding….csv`, `.csv.gz`, `BTCUSDT-fundingRate-2025-06.zip`, there
 * or in a folder `funding`; a header names a time and a rate.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeSymbol } from '@slt/domain';
import type { RecordedFunding } from '../core/recorded-fundings';
import { readRecording } from './read-recording';

export interface FundingFile {
  readonly symbol: string;
  /** In the recording's folder. */
  readonly name: string;
  readonly packing: 'plain' | 'gzip' | 'zip';
}

const NAME = /^(.+?)[-_]funding(?:rate)?(?=[-_.]).*\.(csv|csv\.gz|zip)$/i;
const FOLDER = 'funding';
const TIMES = ['timestamp', 'calctime', 'fundingtime'];
const RATES = ['fundingrate', 'lastfundingrate'];

export const isFundingFile = (fileName: string): boolean => NAME.test(fileName);

/** Ascending by name. */
export async function fundingFilesIn(folder: string): Promise<readonly FundingFile[]> {
  const own = await readdir(folder);
  const inner = own.includes(FOLDER) ? await readdir(join(folder, FOLDER)).catch(() => []) : [];
  return [...own.map((name) => ['', name] as const), ...inner.map((name) => [FOLDER, name] as const)]
    .flatMap(([place, name]): FundingFile[] => {
      const match = NAME.exec(name);
      if (match === null || name.startsWith('.')) return [];
      const ending = match[2]!.toLowerCase();
      const packing = ending === 'zip' ? 'zip' : ending === 'csv' ? 'plain' : 'gzip';
      return [{ symbol: decodeSymbol(match[1]!) ?? match[1]!, name: join(place, name), packing }];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @throws Error naming the line */
export async function readFundings(
  folder: string,
  file: FundingFile,
): Promise<{ packed: Uint8Array; fundings: readonly RecordedFunding[] }> {
  const { packed, parts } = await readRecording(join(folder, file.name), file.packing);
  return { packed, fundings: parts.flatMap((part) => parse(Buffer.from(part).toString())) };
}

function parse(text: string): RecordedFunding[] {
  const [header = '', ...rows] = text.split(/\r?\n/);
  const names = header.split(',').map((name) => name.trim().toLowerCase().replaceAll('_', ''));
  const time = names.findIndex((name) => TIMES.includes(name));
  const rate = names.findIndex((name) => RATES.includes(name));
  if (time < 0 || rate < 0) throw new Error(`the header "${header.slice(0, 80)}" names no time and rate`);
  return rows.flatMap((row, i) => {
    if (row.trim() === '') return [];
    const fields = row.split(',');
    const funding = { at: numberIn(fields[time]), rate: numberIn(fields[rate]) };
    if (Number.isSafeInteger(funding.at) && Math.abs(funding.rate) <= 1) return [funding];
    throw new Error(`line ${i + 2}: "${row.slice(0, 80)}" is no time and rate`);
  });
}

const numberIn = (field: string | undefined): number =>
  field === undefined || field.trim() === '' ? NaN : Number(field);
