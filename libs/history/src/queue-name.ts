/**
 * Which processes share a queue: those that see the same cache folder and speak to the same market. The folder bears an
 * id of its own, so a worker in a container that mounts it elsewhere finds the queue, and two traders on one Redis with
 * a folder each do not take each other's jobs.
 */
import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const ID_FILE = 'store-id';

export async function queueName(folder: string, source: string): Promise<string> {
  const id = await storeId(folder);
  return `history-${createHash('sha256').update(`${id}\n${source}`).digest('hex').slice(0, 16)}`;
}

/** The folder's id; made on the first call, by exactly one of several processes. */
async function storeId(folder: string): Promise<string> {
  const path = join(folder, ID_FILE);
  const found = await readId(path);
  if (found !== undefined) return found;
  await mkdir(folder, { recursive: true });
  const draft = `${path}.${process.pid}.tmp`;
  await writeFile(draft, `${randomUUID()}\n`);
  // A hard link appears whole or not at all, and never replaces.
  await link(draft, path).catch(ignoreExisting);
  await rm(draft, { force: true });
  return (await readId(path)) ?? storeId(folder);
}

async function readId(path: string): Promise<string | undefined> {
  try {
    const text = (await readFile(path, 'utf8')).trim();
    return text === '' ? undefined : text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
