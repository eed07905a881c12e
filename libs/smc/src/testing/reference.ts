/** Reference: all detectors over a whole series, and the order in which their events come out. See reference-candles.ts. */
import type { Candle } from '@slt/domain';
import type { Scale, SmcEvent } from '../core/smc-event';
import { completeOptions, type SmcOptions } from '../core/smc-options';
import { blockEventsOf } from './reference-blocks';
import { atrOf, byCandle, when } from './reference-candles';
import { gapEventsOf } from './reference-gaps';
import { breakEvent, breaksOf, equalLevelsOf, pivotsOf, type Pivot } from './reference-pivots';
import { liquidityEventsOf } from './reference-pools';

/** Every event of the series, in the order in which they became known. Quadratic. */
export function referenceEvents(candles: readonly Candle[], given: Partial<SmcOptions> = {}): SmcEvent[] {
  const options = completeOptions(given);
  const atr = atrOf(candles, options.atrLength);
  const swings = pivotsOf(candles, options.swingSize);
  const internals = pivotsOf(candles, options.internalSize);
  const equals = equalLevelsOf(candles, pivotsOf(candles, options.equalSize), atr, options);
  const breaks = breaksOf(candles, { internal: internals, swing: swings });
  const blocks = blockEventsOf(candles, breaks, atr, options);
  const gaps = gapEventsOf(candles, options);
  const liquidity = liquidityEventsOf(candles, swings, equals, options);

  const swingsAt = byCandle(candles, swings);
  const internalsAt = byCandle(candles, internals);
  const equalsAt = byCandle(candles, equals);
  const breaksAt = byCandle(candles, breaks);
  return candles.flatMap((_, t) => [
    ...swingsAt[t]!.map((pivot) => pivotEvent(candles, 'swing', pivot)),
    ...internalsAt[t]!.map((pivot) => pivotEvent(candles, 'internal', pivot)),
    ...equalsAt[t]!,
    ...breaksAt[t]!.flatMap((found) => [breakEvent(candles, found), ...blocks.births.get(found)!]),
    ...blocks.states[t]!,
    ...gaps[t]!,
    ...liquidity[t]!,
  ]);
}

function pivotEvent(candles: readonly Candle[], scale: Scale, pivot: Pivot): SmcEvent {
  const { side, label, level } = pivot;
  return { kind: 'pivot', scale, side, label, level, ...when(candles, pivot.at, pivot.knownAt) };
}
