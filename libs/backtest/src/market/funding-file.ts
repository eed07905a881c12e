/**
 * Recorded funding rates: CSV, plain, gzipped or zipped, with a header that names a time and a rate (`timestamp,
 * funding_rate`; in Binance's archive `calc_time, funding_interval_hours, last_funding_rate`).
 */
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { AppError } from '@slt/domain';
import { unzipOne } from '@slt/history';
import type { Settlement } from '../core/funding-schedule';

const TIMES = ['timestamp', 'calctime', 'fundingtime'];
const RATES = ['fundingrate', 'lastfundingrate'];
const MOST_BYTES = 64 * 1024 * 1024;

/** @throws AppError invalid, `BACKTEST.FUNDING`, naming file and line */
export async function readFundings(files: readonly string[]): Promise<readonly Settlement[]> {
  const settlements = new Map<number, Settlement>();
  for (const file of files)
    for (const each of parse(file, await textOf(file))) settlements.set(each.at, each);
  return [...settlements.values()];
}

async function textOf(file: string): Promise<string> {
  try {
    const bytes = await readFile(file);
    if (bytes[0] === 0x1f && bytes[1] === 0x8b)
      return gunzipSync(bytes, { maxOutputLength: MOST_BYTES }).toString();
    if (bytes[0] === 0x50 && bytes[1] === 0x4b)
      return Buffer.from(await unzipOne(bytes, MOST_BYTES)).toString();
    return bytes.toString();
  } catch (cause) {
    throw problem(file, (cause as Error).message, cause);
  }
}

function parse(file: string, text: string): Settlement[] {
  const [header = '', ...rows] = text.split(/\r?\n/);
  const names = header.split(',').map((name) => name.trim().toLowerCase().replaceAll('_', ''));
  const time = names.findIndex((name) => TIMES.includes(name));
  const rate = names.findIndex((name) => RATES.includes(name));
  if (time < 0 || rate < 0) throw problem(file, `the header "${header.slice(0, 80)}" names no time and rate`);
  return rows.flatMap((row, i) => {
    if (row.trim() === '') return [];
    const fields = row.split(',');
    const settlement = { at: numberIn(fields[time]), rate: numberIn(fields[rate]) };
    if (!Number.isSafeInteger(settlement.at) || !(Math.abs(settlement.rate) <= 1)) {
      throw problem(file, `line ${i + 2}: "${row.slice(0, 80)}" is no time and rate`);
    }
    return [settlement];
  });
}

const numberIn = (field: string | undefined): number =>
  field === undefined || field.trim() === '' ? NaN : Number(field);

function problem(file: string, what: string, cause?: unknown): AppError {
  return new AppError('invalid', 'BACKTEST.FUNDING', `${file}: ${what}`, { cause });
}
