/**
 * One holder at a time, across processes, given up by nothing but release or death. The lock is a hard link to a file
 * that names its process: it appears with its content in one system call, and no file is made or freed for it, which
 * on some file systems costs more than all the rest (see docs/adr/0021).
 */
import { randomBytes } from 'node:crypto';
import {
  linkSync,
  readdirSync,
  readFileSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError } from '@slt/domain';
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity';

/** A holder in another container or machine is dead when its lock has not been touched for this long. */
export const FOREIGN_STALE_MS = 8_000;
const UNREADABLE_STALE_MS = 2_000;
const MAX_GUARDS = 3;
const HOLDER_FILE = /^holder-/;

export interface HeldLock {
  readonly path: string;
  /** Tells processes of other containers that this one lives; needed only for locks held longer than a second. */
  touch(): void;
  /** Idempotent. */
  release(): void;
}

export type LockAttempt =
  | { readonly held: true; readonly lock: HeldLock }
  | { readonly held: false; readonly holder: ProcessIdentity | undefined };

interface Mark {
  readonly text: string;
  readonly token: string;
  readonly holder: ProcessIdentity | undefined;
}

interface HolderFile {
  readonly path: string;
  readonly inode: number;
}

/** This process's file in each folder that it has locked something in. */
const holderFiles = new Map<string, HolderFile>();

/** Takes the lock if it is free or its holder is dead. The folder must exist. */
export function tryLock(path: string, depth = 0): LockAttempt {
  const lock = create(path);
  if (lock !== undefined) return { held: true, lock };
  const theirs = read(path);
  if (theirs === undefined || !isStale(path, theirs) || depth >= MAX_GUARDS) {
    return { held: false, holder: theirs?.holder };
  }
  if (!removeStale(path, theirs, depth)) return { held: false, holder: theirs.holder };
  const second = create(path);
  return second === undefined ? { held: false, holder: read(path)?.holder } : { held: true, lock: second };
}

/**
 * Runs the work under the lock, waiting for another holder.
 * @throws AppError transient, `LOCK.TIMEOUT`
 */
export async function withFileLock<T>(path: string, timeoutMs: number, work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (let pauseMs = 1; ; pauseMs = Math.min(25, pauseMs * 2)) {
    const attempt = tryLock(path);
    if (attempt.held) {
      try {
        return await work();
      } finally {
        attempt.lock.release();
      }
    }
    if (performance.now() > deadline) throw timedOut(path, attempt.holder, timeoutMs);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

function timedOut(path: string, holder: ProcessIdentity | undefined, timeoutMs: number): AppError {
  const who = holder === undefined ? 'another process' : `process ${holder.pid}`;
  return new AppError('transient', 'LOCK.TIMEOUT', `${who} held ${path} for more than ${timeoutMs} ms`, {
    retryAfterMs: timeoutMs,
  });
}

/** Only who holds the guard of exactly this stale mark may remove it, so a fresh lock is never removed by mistake. */
function removeStale(path: string, stale: Mark, depth: number): boolean {
  const guard = tryLock(`${path}.${stale.token}`, depth + 1);
  if (!guard.held) return false;
  try {
    if (read(path)?.text !== stale.text) return false;
    unlinkSync(path);
    return true;
  } finally {
    guard.lock.release();
  }
}

function isStale(path: string, mark: Mark): boolean {
  if (mark.holder === undefined) return untouchedFor(path) > UNREADABLE_STALE_MS;
  const alive = isAlive(mark.holder);
  return alive === undefined ? untouchedFor(path) > FOREIGN_STALE_MS : !alive;
}

function untouchedFor(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? 0 : Date.now() - stat.mtimeMs;
}

function create(path: string): HeldLock | undefined {
  const folder = dirname(path);
  for (let attempt = 0; ; attempt++) {
    const holder = holderFiles.get(folder) ?? createHolder(folder);
    try {
      linkSync(holder.path, path);
      return heldLock(path, holder.inode);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') return undefined;
      if (code === 'ENOENT' && attempt === 0) holderFiles.delete(folder);
      else if (code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS')
        return createFile(path, holder.path);
      else throw error;
    }
  }
}

/** For file systems without hard links. */
function createFile(path: string, holderPath: string): HeldLock | undefined {
  try {
    writeFileSync(path, readFileSync(holderPath), { flag: 'wx' });
    return heldLock(path, statSync(path).ino);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw error;
  }
}

function heldLock(path: string, inode: number): HeldLock {
  const isMine = (): boolean => statSync(path, { throwIfNoEntry: false })?.ino === inode;
  return {
    path,
    touch: () => {
      const now = new Date();
      if (isMine()) utimesSync(path, now, now);
    },
    release: () => {
      if (isMine()) unlinkSync(path);
    },
  };
}

function createHolder(folder: string): HolderFile {
  sweepHolders(folder);
  const { place, pid, startedAt } = ownIdentity();
  const token = `${pid}-${randomBytes(6).toString('hex')}`;
  const path = join(folder, `holder-${token}`);
  writeFileSync(path, `slt:${place}:${pid}:${startedAt}:${token}`, { flag: 'wx', mode: 0o644 });
  const holder = { path, inode: statSync(path).ino };
  if (holderFiles.size === 0) process.once('exit', removeHolders);
  holderFiles.set(folder, holder);
  return holder;
}

/** Files of processes that were killed. Locks that link to them keep the content. */
function sweepHolders(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!HOLDER_FILE.test(name)) continue;
    const path = join(folder, name);
    const mark = read(path);
    if (mark !== undefined && isStale(path, mark)) removeFile(path);
  }
}

function removeHolders(): void {
  for (const { path } of holderFiles.values()) removeFile(path);
}

function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It is gone, which is what was wanted.
  }
}

function read(path: string): Mark | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const match = /^slt:([^:]*):(\d+):([^:]*):([\w-]+)$/.exec(text);
  if (match === null) return { text, token: 'unreadable', holder: undefined };
  const [, place, pid, startedAt, token] = match as unknown as [string, string, string, string, string];
  return { text, token, holder: { place, pid: Number(pid), startedAt } };
}
