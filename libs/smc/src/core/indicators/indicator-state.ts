/**
 * The state of an indicator as plain JSON data, and back, to the last bit. A number that does not exist yet is NaN in
 * memory, so that a field stays a number and every comparison with it fails, and null in JSON.
 */
import { AppError } from '@slt/domain';
import { MAX_AMOUNT } from '../limits';
import type { SnapshotReader } from '../snapshot-reader';

export type SavedNumber = number | null;

export function saved(value: number): SavedNumber {
  return Number.isNaN(value) ? null : value;
}

/** NaN where null was saved. @throws AppError invalid, `SMC.SNAPSHOT` */
export function readSaved(reader: SnapshotReader, name: string): number {
  return reader.raw(name) === null ? NaN : reader.number(name, -MAX_AMOUNT, MAX_AMOUNT);
}

const LONGEST = 10_000;

/** @throws AppError invalid, `SMC.SNAPSHOT` */
export function readLength(reader: SnapshotReader): number {
  return reader.integer('length', 1, LONGEST);
}

/** @returns the length. @throws AppError invalid, `SMC.OPTIONS` */
export function checkedLength(indicator: string, length: number): number {
  if (Number.isInteger(length) && length >= 1 && length <= LONGEST) return length;
  throw new AppError(
    'invalid',
    'SMC.OPTIONS',
    `${indicator}: the length ${length} is no whole number 1…${LONGEST}`,
  );
}
