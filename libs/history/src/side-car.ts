/**
 * What stands in `{series}.parquet.json`: how the Parquet file beside it must look, byte for byte, and what is known
 * of its candles. It names the new file and the one it replaces, so the pair is whole at every instant of a
 * replacement (see docs/adr/0022).
 */
import { createHash } from 'node:crypto';
import { type Hole, type Interval, isInterval, type UtcMs } from '@slt/domain';

export const SIDE_CAR_SUFFIX = '.json';

/** One generation of a series file. */
export interface SideCarEntry {
  readonly sha256: string;
  readonly bytes: number;
  readonly rows: number;
  /** Open times of the oldest and the newest candle; absent while there are none. */
  readonly from?: UtcMs;
  readonly to?: UtcMs;
  /** The market the candles come from. */
  readonly source: string;
  /** Open times that the exchange does not have. */
  readonly knownHoles: readonly Hole[];
  readonly writtenAt: UtcMs;
  /** Candles to keep at least, where somebody asked for more than HISTORY_KEEP. */
  readonly keep?: number;
}

export interface SideCar extends SideCarEntry {
  readonly symbol: string;
  readonly interval: Interval;
  /** What the file was before; it still is when the writer died between the two renames. */
  readonly previous?: SideCarEntry;
}

/** JSON with a seal over its own content as the last member. */
export function formatSideCar(sideCar: SideCar): string {
  return JSON.stringify({ ...sideCar, seal: sealOf(sideCar) });
}

/** @returns undefined for any text that formatSideCar did not write, down to the last character */
export function parseSideCar(text: string): SideCar | undefined {
  try {
    const { seal, ...sideCar } = JSON.parse(text) as SideCar & { seal: string };
    const isOurs =
      seal === sealOf(sideCar) && isInterval(sideCar.interval) && formatSideCar(sideCar) === text;
    return isOurs ? sideCar : undefined;
  } catch {
    return undefined;
  }
}

/** The generation whose bytes these are. */
export function entryFor(sideCar: SideCar, bytes: Uint8Array): SideCarEntry | undefined {
  const candidates = [sideCar, sideCar.previous].filter((entry) => entry?.bytes === bytes.length);
  if (candidates.length === 0) return undefined;
  const sha256 = sha256Of(bytes);
  return candidates.find((entry) => entry?.sha256 === sha256);
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function sealOf(sideCar: SideCar): string {
  return createHash('sha256').update(JSON.stringify(sideCar)).digest('hex').slice(0, 32);
}
