/** Candles that wait behind a hole: ascending by open time, each once. */
import type { Candle, DurationMs, UtcMs } from '@slt/domain';

export interface Insertion {
  readonly waiting: readonly Candle[];
  /** [the candle given, the one that was there before and stays] */
  readonly duplicates: readonly (readonly [Candle, Candle])[];
}

/** The first of an open time stays. Linear for candles that come in order. */
export function insertCandles(waiting: readonly Candle[], given: readonly Candle[]): Insertion {
  const merged = [...waiting];
  const duplicates: (readonly [Candle, Candle])[] = [];
  for (const candle of given) {
    let at = merged.length;
    while (at > 0 && merged[at - 1]!.openTime > candle.openTime) at--;
    const before = merged[at - 1];
    if (before !== undefined && before.openTime === candle.openTime) duplicates.push([candle, before]);
    else merged.splice(at, 0, candle);
  }
  return { waiting: merged, duplicates };
}

/** The newest open time at or after `next` that is missing below the newest candle waiting; undefined for none. */
export function newestMissing(waiting: readonly Candle[], next: UtcMs, step: DurationMs): UtcMs | undefined {
  for (let i = waiting.length - 1; i >= 0; i--) {
    const below = waiting[i]!.openTime - step;
    if (below < next) return undefined;
    if (i === 0 || waiting[i - 1]!.openTime < below) return below;
  }
  return undefined;
}

/** Open time of the newest candle that has closed at the instant. */
export function candleBefore(instant: UtcMs, step: DurationMs): UtcMs {
  return Math.floor(instant / step) * step - step;
}
