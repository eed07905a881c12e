/** Remembers on disk until when the exchange wants no calls, so that a restart does not walk into the ban again. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { temporarySuffix } from '@slt/database';
import type { UtcMs } from '@slt/domain';
import { shortName } from './budget-store';

export interface RecordedBan {
  /** By the exchange's clock. */
  readonly until: UtcMs;
  /** By this machine's clock, for the time before the exchange's is known. */
  readonly wallUntil: UtcMs;
}

export function banFilePath(folder: string, source: string): string {
  return join(folder, `exchange-ban-${shortName(source)}.json`);
}

/** Undefined when there is none or it cannot be read: a ban is then learnt from the exchange. */
export async function readBan(path: string): Promise<RecordedBan | undefined> {
  try {
    const ban = JSON.parse(await readFile(path, 'utf8')) as Partial<RecordedBan>;
    return Number.isFinite(ban.until) && Number.isFinite(ban.wallUntil) ? (ban as RecordedBan) : undefined;
  } catch {
    return undefined;
  }
}

export async function writeBan(path: string, ban: RecordedBan): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = path + temporarySuffix();
  await writeFile(temporary, JSON.stringify(ban));
  await rename(temporary, path);
}
