/**
 * The one file of a small zip, by Node's own inflate: eight times as fast as one in JavaScript, and off the event loop.
 * Format: PKWARE's APPNOTE; no zip64, no encryption, no comments needed.
 */
import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { AppError } from '@slt/domain';

const inflate = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(inflateRaw);

const END_SIGNATURE = 0x06054b50;
const ENTRY_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
const MAX_COMMENT_BYTES = 0xffff;
const STORED = 0;
const DEFLATED = 8;

/** @throws AppError transient, `ARCHIVE.CORRUPT` */
export async function unzipOne(zip: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  try {
    return await unpack(Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength), maxBytes);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw corrupt(`it is no readable zip: ${(error as Error).message}`, error);
  }
}

async function unpack(zip: Buffer, maxBytes: number): Promise<Uint8Array> {
  const end = endOf(zip);
  const entries = zip.readUInt16LE(end + 10);
  if (entries !== 1) throw corrupt(`it holds ${entries} files instead of one`);
  const entry = zip.readUInt32LE(end + 16);
  if (zip.readUInt32LE(entry) !== ENTRY_SIGNATURE || entry + ENTRY_BYTES > zip.length)
    throw corrupt('it has no list');
  const size = zip.readUInt32LE(entry + 24);
  if (size > maxBytes) throw corrupt(`it unpacks to ${size} bytes`);
  const packed = packedBytes(zip, zip.readUInt32LE(entry + 42), zip.readUInt32LE(entry + 20));
  const method = zip.readUInt16LE(entry + 10);
  if (method !== STORED && method !== DEFLATED) throw corrupt(`it is packed by method ${method}`);
  const bytes = method === STORED ? packed : await inflate(packed, { maxOutputLength: Math.max(1, size) });
  if (bytes.length !== size) throw corrupt(`it unpacks to ${bytes.length} bytes instead of ${size}`);
  if (typeof crc32 === 'function' && crc32(bytes) !== zip.readUInt32LE(entry + 16))
    throw corrupt('its CRC is wrong');
  return bytes;
}

/** The record at the end, before a comment of unknown length. */
function endOf(zip: Buffer): number {
  for (let at = zip.length - END_BYTES; at >= Math.max(0, zip.length - END_BYTES - MAX_COMMENT_BYTES); at--) {
    if (zip.readUInt32LE(at) === END_SIGNATURE) return at;
  }
  throw corrupt('it has no end');
}

function packedBytes(zip: Buffer, local: number, length: number): Buffer {
  if (zip.readUInt32LE(local) !== LOCAL_SIGNATURE) throw corrupt('it has no beginning');
  const start = local + LOCAL_BYTES + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  if (start + length > zip.length) throw corrupt('it is cut short');
  return zip.subarray(start, start + length);
}

function corrupt(detail: string, cause?: unknown): AppError {
  return new AppError('transient', 'ARCHIVE.CORRUPT', detail, { cause });
}
