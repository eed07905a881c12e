/**
 * Damaged cache files are moved aside with the reason, never deleted: `quarantine/` of the same folder holds them and
 * one `.reason.json` each.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isAppError } from '@slt/domain';

export const QUARANTINE_FOLDER = 'quarantine';

export interface QuarantineReason {
  /** Of an AppError or an integrity finding. */
  readonly code: string;
  readonly message: string;
}

export interface Quarantined {
  /** Where the file lies now. */
  readonly path: string;
  readonly reasonPath: string;
  /** Side-cars that went with it. */
  readonly companions: readonly string[];
}

/** A file that lies in quarantine, as its reason tells. */
export interface QuarantineEntry {
  /** Its name there. */
  readonly file: string;
  /** The name that it had. */
  readonly original: string;
  readonly code: string;
  readonly message: string;
  /** Wall clock; 0 when its reason does not tell. */
  readonly quarantinedAt: number;
  readonly bytes: number;
}

const REASON_SUFFIX = '.reason.json';
const MAX_NAME_LENGTH = 200;
let sequence = 0;

/**
 * Moves the file, or whatever bears its name, and its side-cars (`{name}.*`) into `quarantine/` beside it.
 * @returns undefined when there is no such file: somebody else was faster
 */
export async function quarantineFile(path: string, reason: unknown): Promise<Quarantined | undefined> {
  const folder = join(dirname(path), QUARANTINE_FOLDER);
  await mkdir(folder, { recursive: true });
  const name = uniqueName(basename(path));
  const target = join(folder, name);
  if (!(await move(path, target))) return undefined;
  const companions = await moveCompanions(path, target);
  const reasonPath = `${target}${REASON_SUFFIX}`;
  const record = { file: basename(path), quarantinedAt: new Date().toISOString(), ...describe(reason) };
  await writeFile(reasonPath, `${JSON.stringify(record, undefined, 2)}\n`);
  return { path: target, reasonPath, companions };
}

/** What lies in the quarantine of a folder, newest first; a reason that cannot be read is told as such. */
export async function listQuarantine(folder: string): Promise<QuarantineEntry[]> {
  const aside = join(folder, QUARANTINE_FOLDER);
  const names = await readdir(aside).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const reasons = names.filter((name) => name.endsWith(REASON_SUFFIX));
  const entries = await Promise.all(reasons.map((name) => readEntry(aside, name)));
  return entries.sort((a, b) => b.quarantinedAt - a.quarantinedAt || (a.file < b.file ? -1 : 1));
}

async function readEntry(aside: string, reasonName: string): Promise<QuarantineEntry> {
  const file = reasonName.slice(0, -REASON_SUFFIX.length);
  const [text, bytes] = await Promise.all([
    readFile(join(aside, reasonName), 'utf8').catch(() => ''),
    stat(join(aside, file)).then(
      ({ size }) => size,
      () => 0,
    ),
  ]);
  const told = parseRecord(text);
  const at = Date.parse(String(told['quarantinedAt']));
  return {
    file,
    original: typeof told['file'] === 'string' ? told['file'] : file,
    ...(isReason(told)
      ? { code: told.code, message: told.message }
      : { code: 'UNKNOWN', message: 'the reason cannot be read' }),
    quarantinedAt: Number.isFinite(at) ? at : 0,
    bytes,
  };
}

function parseRecord(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** Never taken before, sorts by time within one file's name, and short enough for any file system. */
function uniqueName(name: string): string {
  const stamp = `${new Date().toISOString().replace(/[-:]/g, '')}-${process.pid}-${sequence++}`;
  const short =
    name.length <= MAX_NAME_LENGTH
      ? name
      : `${name.slice(0, MAX_NAME_LENGTH - 17)}-${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;
  return `${short}.${stamp}`;
}

async function moveCompanions(path: string, target: string): Promise<string[]> {
  const prefix = `${basename(path)}.`;
  const siblings = (await readdir(dirname(path))).filter((entry) => entry.startsWith(prefix));
  const moved: string[] = [];
  for (const sibling of siblings) {
    if (isTransient(sibling)) continue;
    const aside = `${target}.${sibling.slice(prefix.length)}`;
    if (await move(join(dirname(path), sibling), aside)) moved.push(aside);
  }
  return moved;
}

/** Locks and half-written files belong to whoever is writing now, not to the damaged file. */
function isTransient(name: string): boolean {
  return name.endsWith('.lock') || name.endsWith('.tmp') || name.includes('.tmp-');
}

async function move(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

function describe(reason: unknown): QuarantineReason {
  if (isAppError(reason)) return { code: reason.code, message: reason.message };
  if (isReason(reason)) return { code: reason.code, message: reason.message };
  return { code: 'UNKNOWN', message: reason instanceof Error ? reason.message : String(reason) };
}

function isReason(value: unknown): value is QuarantineReason {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    typeof value.code === 'string' &&
    'message' in value &&
    typeof value.message === 'string'
  );
}
