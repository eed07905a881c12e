/** Where the cluster and the binaries are, such that the user who runs the server can enter both. */
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { chmod, chown, mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '@slt/domain';
import { usableBinaries } from './binaries';
import type { Cluster } from './cluster';
import { canEnter, chooseRunUser, ownerOf, type RunUser } from './run-user';

/** For root, when the server's user cannot enter DATA_DIR. */
const SYSTEM_FOLDER = '/var/lib/selflearningtrader';

export async function placeCluster(dataDir: string): Promise<Cluster> {
  const inside = join(dataDir, 'postgres');
  const chosen = chooseRunUser();
  if (chosen === undefined) {
    await checkOwner(inside);
    return { folder: inside, binaries: await usableBinaries([dataDir], undefined), user: undefined };
  }
  const owner = ownerOf(inside) ?? chosen;
  const open = canEnter(dataDir, owner) || (await letThrough(dataDir, owner));
  const folder = open ? inside : join(systemFolder(dataDir), 'postgres');
  const user = open ? owner : (ownerOf(folder) ?? chosen);
  if (!open) await prepareSystemFolder(dirname(folder), dataDir);
  const binaries = await usableBinaries(open ? [SYSTEM_FOLDER, dataDir] : [SYSTEM_FOLDER], user);
  return { folder, binaries, user };
}

/**
 * A DATA_DIR that only root can enter, in a folder that others can: the server's group may pass, without seeing what
 * is in it. So the database stays in its DATA_DIR, and goes when that is removed.
 */
async function letThrough(dataDir: string, user: RunUser): Promise<boolean> {
  const { uid, mode } = await stat(dataDir);
  if (uid !== 0 || (mode & 0o070) !== 0 || !canEnter(dirname(realpathSync(dataDir)), user)) return false;
  try {
    await chown(dataDir, uid, user.gid);
    await chmod(dataDir, (mode & 0o777) | 0o010);
  } catch {
    return false; // a file system without owners
  }
  return canEnter(dataDir, user);
}

/** A folder for each DATA_DIR, whatever name it is reached by. */
function systemFolder(dataDir: string): string {
  const hash = createHash('sha256').update(realpathSync(dataDir)).digest('hex').slice(0, 16);
  return join(SYSTEM_FOLDER, hash);
}

/** Independent of the umask, and with a word on whose it is. */
async function prepareSystemFolder(folder: string, dataDir: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await chmod(SYSTEM_FOLDER, 0o755);
    await chmod(folder, 0o755);
    await writeFile(join(folder, 'README'), `The database of DATA_DIR=${dataDir}\n`);
  } catch (error) {
    throw new AppError(
      'invalid',
      'DATABASE.FORBIDDEN',
      `DATA_DIR lies where no user but root can enter, PostgreSQL does not run as root, and ${folder} cannot be ` +
        `written (${(error as Error).message}); move DATA_DIR, run as an ordinary user, or set DATABASE_URL`,
      { cause: error },
    );
  }
}

/** A cluster that root made belongs to another user, and PostgreSQL would refuse it in its own words. */
async function checkOwner(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined || process.getuid === undefined || found.uid === process.getuid()) return;
  throw new AppError(
    'invalid',
    'DATABASE.FORBIDDEN',
    `the database at ${folder} belongs to uid ${found.uid}, probably of a start as root; start as root again, ` +
      'remove that folder, or set DATABASE_URL',
  );
}
