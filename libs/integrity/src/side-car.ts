/** The store's own side-cars, read where they may be anything. */
import { parseSideCar, SIDE_CAR_SUFFIX, type SideCar } from '@slt/history';
import { error, type Finding } from './core/finding';
import { readRegularFile } from './read-file';

const MOST_BYTES = 4 * 1024 * 1024;

export type SideCarRead =
  | { readonly kind: 'absent' }
  | { readonly kind: 'broken'; readonly finding: Finding }
  | { readonly kind: 'valid'; readonly value: SideCar };

export function sideCarPath(series: string): string {
  return `${series}${SIDE_CAR_SUFFIX}`;
}

/** @param series path of the Parquet file */
export async function readSideCarOf(series: string): Promise<SideCarRead> {
  const read = await readRegularFile(sideCarPath(series), MOST_BYTES);
  if (read.kind === 'absent') return { kind: 'absent' };
  if (read.kind === 'refused') {
    return { kind: 'broken', finding: error('SIDE_CAR', `its side-car: ${read.finding.message}`) };
  }
  const value = parseSideCar(read.bytes.toString('utf8'));
  if (value !== undefined) return { kind: 'valid', value };
  return { kind: 'broken', finding: error('SIDE_CAR', 'its side-car is not as it was written') };
}
