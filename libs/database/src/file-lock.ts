/**
 * One holder at a time, across processes, given up by nothing but release or death. The lock is a symbolic link whose
 * target names the holder: it appears with its content in one system call and costs two (see docs/adr/0021).
 */
import {
  lstatSync,
  lutimesSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { AppError } from '@slt/domain';
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity';

/** A holder in another container or machine is dead when its lock has not been touched for this long. */
export const FOREIGN_STALE_MS = 8_000;
const UNREADABLE_STALE_MS = 2_000;
const MAX_GUARDS = 3;

export interface HeldLock {
  readonly path: string;
  /** Tells holders in other containers that this one lives; needed only for locks held longer than a second. */
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

let lastToken = 0;

/** Takes the lock if it is free or its holder is dead. */
export function tryLock(path: string, depth = 0): LockAttempt {
  const mine = ownMark();
  if (create(path, mine.text)) return { held: true, lock: heldLock(path, mine) };
  const theirs = read(path);
  if (theirs === undefined || !isStale(path, theirs) || depth >= MAX_GUARDS) {
    return { held: false, holder: theirs?.holder };
  }
  if (!removeStale(path, theirs, depth)) return { held: false, holder: theirs.holder };
  return create(path, mine.text)
    ? { held: true, lock: heldLock(path, mine) }
    : { held: false, holder: read(path)?.holder };
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
  try {
    return Date.now() - lstatSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

function heldLock(path: string, mine: Mark): HeldLock {
  return {
    path,
    touch: () => {
      const now = new Date();
      if (read(path)?.text === mine.text) lutimesSync(path, now, now);
    },
    release: () => {
      if (read(path)?.text === mine.text) unlinkSync(path);
    },
  };
}

function ownMark(): Mark {
  const holder = ownIdentity();
  const token = `${holder.pid}-${++lastToken}-${Math.floor(performance.now() * 1000)}`;
  return { text: `slt:${holder.place}:${holder.pid}:${holder.startedAt}:${token}`, token, holder };
}

function create(path: string, text: string): boolean {
  try {
    symlinkSync(text, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code === 'EPERM' || code === 'ENOSYS' || code === 'ENOTSUP') return createFile(path, text);
    throw error;
  }
}

/** For file systems without symbolic links. */
function createFile(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function read(path: string): Mark | undefined {
  const text = readText(path);
  if (text === undefined) return undefined;
  const match = /^slt:([^:]*):(\d+):([^:]*):([\w-]+)$/.exec(text);
  if (match === null) return { text, token: 'unreadable', holder: undefined };
  const [, place, pid, startedAt, token] = match as unknown as [string, string, string, string, string];
  return { text, token, holder: { place, pid: Number(pid), startedAt } };
}

function readText(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code !== 'EINVAL' && code !== 'UNKNOWN') throw error;
  }
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
