/** What the store writes beside each series, as far as a check needs it. */
import { type Hole, type Interval, isInterval, type UtcMs } from '@slt/domain';

export interface SideCar {
  readonly symbol: string;
  readonly interval: Interval;
  readonly sha256: string;
  readonly bytes: number;
  readonly rows: number;
  readonly from?: UtcMs;
  readonly to?: UtcMs;
  readonly source: string;
  readonly knownHoles: readonly Hole[];
  readonly writtenAt: UtcMs;
}

export const SIDE_CAR_SUFFIX = '.json';

export function parseSideCar(text: string): SideCar | undefined {
  try {
    const value = JSON.parse(text) as SideCar;
    return isInterval(value.interval) && typeof value.sha256 === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
