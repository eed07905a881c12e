/** Everything that is drawn over the candles, as of one of them. */
import type { Candle } from '../../api/types';
import type { LogEvent } from '../../api/types/smc';
import type { Drawn, Layer } from './drawn';
import {
  drawnBlock,
  drawnBreak,
  drawnEqualLevel,
  drawnGap,
  drawnPivot,
  drawnPool,
  drawnSweep,
} from './drawn-smc';
import { drawnRange, drawnSession } from './drawn-context';
import { drawnHoldings, type Holdings } from './drawn-trades';
import { dealingRangeOf, knownUntil, zonesOf } from './zones';

export interface SceneFacts {
  /** Ascending. */
  readonly candles: readonly Candle[];
  /** In the order in which they became known. */
  readonly events: readonly LogEvent[];
  readonly holdings: Holdings;
  /** Open time of the last candle that counts. */
  readonly until: number;
  /** Length of a candle. */
  readonly intervalMs: number;
}

/** In drawing order: large areas first. */
export function sceneOf({ candles, events, holdings, until, intervalMs }: SceneFacts): Drawn[] {
  const seen = candles.filter(({ openTime }) => openTime <= until);
  const known = knownUntil(events, until);
  const zones = zonesOf(known);
  const range = dealingRangeOf(seen, known);
  return [
    ...zones.sessions.map((session) => drawnSession(session, seen)),
    ...(range === undefined ? [] : drawnRange(range, until)),
    ...zones.gaps.map(drawnGap),
    ...zones.blocks.map(drawnBlock),
    ...zones.pools.map(drawnPool),
    ...zones.sweeps.map(drawnSweep),
    ...known.flatMap(drawnMoment),
    ...drawnHoldings(holdings, until + intervalMs, intervalMs),
  ];
}

export const shown = (scene: readonly Drawn[], layers: ReadonlySet<Layer>): Drawn[] =>
  scene.filter(({ layer }) => layers.has(layer));

/** What is true for good once it is known. */
function drawnMoment(event: LogEvent): Drawn[] {
  switch (event.kind) {
    case 'pivot':
      return [drawnPivot(event)];
    case 'bos':
    case 'choch':
      return [drawnBreak(event)];
    case 'equal-level':
      return [drawnEqualLevel(event)];
    case 'order-block':
    case 'fair-value-gap':
    case 'liquidity':
    case 'period-level':
    case 'session':
      return [];
  }
}
