/**
 * As whom the database server runs. PostgreSQL refuses root, so root hands it to another user, who must be able to
 * enter the folders of the data and of the binaries.
 */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

export interface RunUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const CANDIDATES = ['postgres', 'nobody'];
const NOBODY: RunUser = { name: 'nobody', uid: 65_534, gid: 65_534 };

/** @returns undefined: as the user that we are, who is not root */
export function chooseRunUser(passwd = readPasswd()): RunUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = new Map(parsePasswd(passwd).map((user) => [user.name, user]));
  return CANDIDATES.map((name) => users.get(name)).find((user) => user !== undefined) ?? NOBODY;
}

/** The owner of an existing cluster, if root has to become that user to use it. */
export function ownerOf(folder: string): RunUser | undefined {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (stat === undefined || stat.uid === 0) return undefined;
  return { name: `uid ${stat.uid}`, uid: stat.uid, gid: stat.gid };
}

export function parsePasswd(text: string): RunUser[] {
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    return name === undefined || uid === undefined || gid === undefined || !/^\d+$/.test(uid)
      ? []
      : [{ name, uid: Number(uid), gid: Number(gid) }];
  });
}

/** Whether the user may enter the folder and everything above it, by mode bits. */
export function canEnter(folder: string, user: RunUser): boolean {
  let path: string;
  try {
    path = realpathSync(folder);
  } catch {
    return false;
  }
  for (;;) {
    if (!mayExecute(path, user)) return false;
    const parent = dirname(path);
    if (parent === path) return true;
    path = parent;
  }
}

/** Execute on a file, enter on a folder. */
export function mayExecute(path: string, user: RunUser): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return false;
  const shift = stat.uid === user.uid ? 6 : stat.gid === user.gid ? 3 : 0;
  return ((stat.mode >> shift) & 1) === 1;
}

function readPasswd(): string {
  try {
    return readFileSync('/etc/passwd', 'utf8');
  } catch {
    return '';
  }
}
