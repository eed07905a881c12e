/** Zones in a snapshot: columns, oldest first; times as their distance from the last candle, which is quick to write. */
import type { UtcMs } from '@slt/domain';
import { MAX_INDEX, MAX_TIME } from './limits';
import type { Direction } from './smc-event';
import type { SnapshotReader } from './snapshot-reader';

/** What is known of a zone from its first event on. */
export interface NewZone {
  readonly direction: Direction;
  readonly top: number;
  readonly bottom: number;
  readonly at: number;
  readonly atTime: UtcMs;
}

type Column = 'isBullish' | 'done' | 'top' | 'bottom' | 'at' | 'atAge' | 'born' | 'bornAge';
export type ZoneColumns = Readonly<Record<Column, readonly number[]>>;

/** @param maxDone inclusive */
export function readColumns(reader: SnapshotReader, length: number, maxDone: number): ZoneColumns {
  const whole = { length, isWhole: true };
  return {
    isBullish: reader.column('isBullish', { ...whole, max: 1 }),
    done: reader.column('done', { ...whole, max: maxDone }),
    top: reader.column('top', { length }),
    bottom: reader.column('bottom', { length }),
    at: reader.column('at', { ...whole, max: MAX_INDEX }),
    atAge: reader.column('atAge', { ...whole, max: MAX_TIME }),
    born: reader.column('born', { ...whole, max: MAX_INDEX }),
    bornAge: reader.column('bornAge', { ...whole, max: MAX_TIME }),
  };
}

export function zoneAt({ isBullish, top, bottom, at, atAge }: ZoneColumns, i: number, now: UtcMs): NewZone {
  const direction = isBullish[i] === 1 ? 'bullish' : 'bearish';
  return { direction, top: top[i]!, bottom: bottom[i]!, at: at[i]!, atTime: now - atAge[i]! };
}

/** Refuses a row that makes no sense by itself or after the one before. */
export function checkRow(
  reader: SnapshotReader,
  { top, bottom, at, atAge, born, bornAge }: ZoneColumns,
  i: number,
): void {
  const now = reader.present.openTime;
  reader.checkCandle(`at[${i}]`, at[i]!, now - atAge[i]!);
  reader.checkCandle(`born[${i}]`, born[i]!, now - bornAge[i]!);
  const candles = born[i]! - at[i]!;
  if (candles < 1 || atAge[i]! - bornAge[i]! < candles) {
    reader.fail(`born[${i}]`, 'does not come after its candle');
  }
  if (i > 0 && (born[i]! <= born[i - 1]! || bornAge[i]! >= bornAge[i - 1]!)) {
    reader.fail(`born[${i}]`, 'does not come after the one before');
  }
  if (bottom[i]! > top[i]!) reader.fail(`bottom[${i}]`, 'is above its top');
}
