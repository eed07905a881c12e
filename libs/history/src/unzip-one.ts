/** The one file of a small zip. */
import { buffer } from 'node:stream/consumers';
import { fromBufferPromise } from 'yauzl';
import { AppError } from '@slt/domain';

/** @throws AppError transient, `ARCHIVE.CORRUPT`, also when it holds another number of files or unpacks to more bytes */
export async function unzipOne(zip: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  try {
    const archive = await fromBufferPromise(Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength));
    if (archive.entryCount !== 1) throw corrupt(`it holds ${archive.entryCount} files instead of one`);
    for await (const entry of archive.eachEntry()) {
      if (entry.uncompressedSize > maxBytes) throw corrupt(`it unpacks to ${entry.uncompressedSize} bytes`);
      return await buffer(await archive.openReadStreamPromise(entry));
    }
    throw corrupt('it has no list');
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw corrupt(`it is no readable zip: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}

function corrupt(detail: string, cause?: unknown): AppError {
  return new AppError('transient', 'ARCHIVE.CORRUPT', detail, { cause });
}
