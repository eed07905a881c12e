/**
 * Reads a file that may be anything: never blocks on a FIFO or a device, never follows a link, never reads more than it
 * was allowed to. Looks before it opens, and again at what it opened.
 */
import { constants, type Stats } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { error, type Finding } from './core/finding';

export interface Signature {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly inode: number;
}

export type FileRead =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'absent' }
  | { readonly kind: 'refused'; readonly finding: Finding };

/** @param mostBytes a longer file is refused, not cut */
export async function readRegularFile(file: string, mostBytes: number): Promise<FileRead> {
  try {
    const before = await lstat(file);
    const refusal = refusalOf(before, mostBytes);
    if (refusal !== undefined) return { kind: 'refused', finding: refusal };
    return await readOpened(file, mostBytes);
  } catch (cause) {
    return failureOf(cause);
  }
}

async function readOpened(file: string, mostBytes: number): Promise<FileRead> {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  const handle = await open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const stat = await handle.stat();
    const refusal = refusalOf(stat, mostBytes);
    if (refusal !== undefined) return { kind: 'refused', finding: refusal };
    const bytes = Buffer.alloc(stat.size);
    let length = 0;
    while (length < bytes.length) {
      const { bytesRead } = await handle.read(bytes, length, bytes.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return { kind: 'bytes', bytes: bytes.subarray(0, length) };
  } finally {
    await handle.close();
  }
}

function refusalOf(stat: Stats, mostBytes: number): Finding | undefined {
  if (!stat.isFile()) return error('NOT_A_FILE', `it is ${kindOf(stat)}, not a regular file`);
  if (stat.size > mostBytes) {
    return error('TOO_LARGE', `${stat.size} bytes, more than the ${mostBytes} that are read`, {
      bytes: stat.size,
    });
  }
  return undefined;
}

function kindOf(stat: Stats): string {
  if (stat.isDirectory()) return 'a folder';
  if (stat.isSymbolicLink()) return 'a symbolic link';
  if (stat.isFIFO()) return 'a pipe';
  if (stat.isSocket()) return 'a socket';
  return 'a device';
}

function failureOf(cause: unknown): FileRead {
  const code = (cause as NodeJS.ErrnoException).code ?? 'an unknown error';
  if (code === 'ENOENT') return { kind: 'absent' };
  if (code === 'ELOOP')
    return { kind: 'refused', finding: error('NOT_A_FILE', 'it is a symbolic link, not a regular file') };
  return { kind: 'refused', finding: error('NO_ACCESS', `it cannot be read: ${code}`, { code }) };
}

/** Changes whenever the file is written or replaced; undefined where there is none. */
export async function signatureOf(file: string): Promise<Signature | undefined> {
  try {
    const { size, mtimeMs, ctimeMs, ino } = await lstat(file);
    return { size, mtimeMs, ctimeMs, inode: ino };
  } catch {
    return undefined;
  }
}

export function sameSignature(a: Signature | undefined, b: Signature | undefined): boolean {
  return (
    a?.size === b?.size && a?.mtimeMs === b?.mtimeMs && a?.ctimeMs === b?.ctimeMs && a?.inode === b?.inode
  );
}
