/** The cluster on disk: made whole or not at all, by initdb in a folder aside; its password can be set anew. */
import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, chown, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError } from '@slt/domain';
import type { Binaries } from './binaries';
import type { RunUser } from './run-user';

export interface Cluster {
  readonly folder: string;
  readonly binaries: Binaries;
  /** undefined: as the user that we are */
  readonly user: RunUser | undefined;
}

export const SUPERUSER = 'slt';

export function clusterExists(folder: string): boolean {
  return existsSync(join(folder, 'PG_VERSION'));
}

/** @throws AppError transient or invalid, `DATABASE.INIT_FAILED` */
export async function createCluster(cluster: Cluster, password: string): Promise<void> {
  await sweepAside(cluster.folder);
  const aside = `${cluster.folder}.new-${process.pid}-${randomBytes(4).toString('hex')}`;
  await mkdir(aside, { recursive: true, mode: 0o700 });
  await chmod(aside, 0o700);
  const passwordFile = join(aside, 'password');
  const target = join(aside, 'cluster');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (cluster.user !== undefined) {
    await chown(passwordFile, cluster.user.uid, cluster.user.gid);
    await chown(aside, cluster.user.uid, cluster.user.gid);
  }
  await run(cluster, cluster.binaries.initdb, [
    `--pgdata=${target}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    // Iterations slow down who guesses a weak password. This one is random, and each connection would pay 4 ms.
    '--set=scram_iterations=64',
    '--encoding=UTF8',
    '--no-locale',
    '--no-instructions',
  ]);
  await rm(passwordFile);
  await rename(target, cluster.folder);
  await rm(aside, { recursive: true, force: true });
}

/** What killed starts left; an initdb that still runs there may keep a folder until the next start. */
async function sweepAside(folder: string): Promise<void> {
  const names = await readdir(dirname(folder)).catch(() => []);
  for (const name of names.filter((found) => found.startsWith(`${basename(folder)}.new-`))) {
    await rm(join(dirname(folder), name), { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Gives the superuser a new password, for when the connection file is lost; the server must be stopped. */
export async function resetPassword(cluster: Cluster, password: string): Promise<void> {
  const statement = `ALTER ROLE ${SUPERUSER} PASSWORD '${password.replaceAll("'", "''")}';\n`;
  await run(cluster, cluster.binaries.postgres, ['--single', '-D', cluster.folder, 'postgres'], statement);
}

/** @throws AppError invalid, `DATABASE.VERSION`, when the cluster needs another major version */
export function checkVersion(cluster: Cluster): void {
  const onDisk = readFileSync(join(cluster.folder, 'PG_VERSION'), 'utf8').trim();
  const ours = cluster.binaries.version.split('.')[0];
  if (onDisk === ours) return;
  throw new AppError(
    'invalid',
    'DATABASE.VERSION',
    `the database at ${cluster.folder} is of PostgreSQL ${onDisk}, the binaries are ${cluster.binaries.version}; ` +
      'move that folder away to begin anew, or upgrade it with pg_upgrade',
  );
}

/** Options that make a child run as the cluster's user, in a folder that this user can enter. */
export function spawnOptions(cluster: Cluster): SpawnOptions {
  const { user } = cluster;
  const env = { LC_ALL: 'C', TZ: 'UTC', HOME: dirname(cluster.folder) };
  return {
    cwd: dirname(cluster.binaries.postgres),
    ...(process.platform === 'win32' ? {} : { env }),
    ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
  };
}

async function run(cluster: Cluster, program: string, args: string[], input = ''): Promise<void> {
  let output = '';
  const child: ChildProcess = spawn(program, args, { ...spawnOptions(cluster), stdio: 'pipe' });
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
  const code = await new Promise<number | string | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exit, signal) => resolve(signal ?? exit));
  }).catch((error: Error) => error.message);
  if (code === 0) return;
  const as = cluster.user === undefined ? '' : ` as ${cluster.user.name}`;
  throw new AppError(
    'invalid',
    'DATABASE.INIT_FAILED',
    `PostgreSQL's ${program.split(/[\\/]/).at(-1)}${as} failed (${code}) on ${cluster.folder}: ${tail(output)}`,
  );
}

export function tail(text: string, lines = 8): string {
  return text.trim().split('\n').slice(-lines).join('\n');
}
