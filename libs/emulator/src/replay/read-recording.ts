/** The CSV bytes of one recorded file, unpacked. */
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import type { RecordingName } from './file-name';

export interface RawRecording {
  readonly packed: Uint8Array;
  /** One a CSV file; a zip may hold several. */
  readonly parts: readonly Uint8Array[];
}

/** @throws whatever reading and unpacking throw */
export async function readRecording(path: string, packing: RecordingName['packing']): Promise<RawRecording> {
  const packed = await readFile(path);
  return { packed, parts: unpack(packed, packing) };
}

function unpack(packed: Uint8Array, packing: RecordingName['packing']): Uint8Array[] {
  if (packing === 'plain') return [packed];
  if (packing === 'gzip') return [gunzipSync(packed)];
  const entries = unzipSync(packed, { filter: (entry) => entry.name.toLowerCase().endsWith('.csv') });
  const parts = Object.values(entries);
  if (parts.length === 0) throw new Error('no CSV file in the zip');
  return parts;
}
