/** How to reach the embedded server, for every process that shares the DATA_DIR; only its owner may read it. */
import { randomBytes } from 'node:crypto';
import { open, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@slt/domain';

export interface Connection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** The server's, as long as it runs. */
  readonly pid: number;
  /** Where the cluster is. */
  readonly folder: string;
  /** What the server was started with; another value asks for a restart. */
  readonly settings: string;
}

export function connectionPath(dataDir: string): string {
  return join(dataDir, 'postgres-connection.json');
}

export function connectionUrl(connection: Connection): string {
  const { user, password, host, port, database } = connection;
  return `postgresql://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
}

/** @returns undefined if there is none or it cannot be understood; @throws AppError invalid, `DATABASE.FORBIDDEN` */
export async function readConnection(dataDir: string): Promise<Connection | undefined> {
  const path = connectionPath(dataDir);
  try {
    const value = JSON.parse(await readFile(path, 'utf8')) as unknown;
    return isConnection(value) ? value : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') {
      const message = `${path} belongs to another user; run as that user, or set DATABASE_URL`;
      throw new AppError('invalid', 'DATABASE.FORBIDDEN', message, { cause: error });
    }
    return undefined;
  }
}

export async function writeConnection(dataDir: string, connection: Connection): Promise<void> {
  const path = connectionPath(dataDir);
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(connection, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}

function isConnection(value: unknown): value is Connection {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  return (
    ['host', 'user', 'password', 'database', 'folder', 'settings'].every(
      (name) => typeof fields[name] === 'string',
    ) && ['port', 'pid'].every((name) => Number.isInteger(fields[name]))
  );
}
