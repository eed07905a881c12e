/** Where the cluster and the binaries are, such that the user who runs the server can enter both. */
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { chmod, mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '@slt/domain';
import { usableBinaries } from './binaries';
import type { Cluster } from './cluster';
import { canEnter, chooseRunUser, ownerOf } from './run-user';

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
  const open = canEnter(dataDir, owner);
  const folder = open ? inside : join(systemFolder(dataDir), 'postgres');
  const user = open ? owner : (ownerOf(folder) ?? chosen);
  if (!open) await mkdirOpen(dirname(folder));
  const binaries = await usableBinaries(open ? [SYSTEM_FOLDER, dataDir] : [SYSTEM_FOLDER], user);
  return { folder, binaries, user };
}

/** A folder for each DATA_DIR, whatever name it is reached by. */
function systemFolder(dataDir: string): string {
  const hash = createHash('sha256').update(realpathSync(dataDir)).digest('hex').slice(0, 16);
  return join(SYSTEM_FOLDER, hash);
}

/** Independent of the umask. */
async function mkdirOpen(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await chmod(SYSTEM_FOLDER, 0o755);
    await chmod(folder, 0o755);
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
