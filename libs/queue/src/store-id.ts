/** The folder of the cache bears an id of its own: a process that mounts it elsewhere still finds what belongs to it. */
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporarySuffix } from '@slt/database';

const ID_FILE = 'store-id';

/** The folder's id; made on the first call, by exactly one of several processes. */
export async function storeId(folder: string): Promise<string> {
  const path = join(folder, ID_FILE);
  const found = await readId(path);
  if (found !== undefined) return found;
  await mkdir(folder, { recursive: true });
  const draft = path + temporarySuffix();
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
