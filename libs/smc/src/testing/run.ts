/** The engine as a function of a whole series, in each of the ways in which it can be fed. */
import { columnsOf, type Candle } from '@slt/domain';
import { SmcEngine } from '../core/smc-engine';
import type { SmcEvent } from '../core/smc-event';
import type { SmcOptions } from '../core/smc-options';

/** Candle by candle. */
export function streamed(candles: readonly Candle[], options: Partial<SmcOptions> = {}): SmcEvent[] {
  const engine = new SmcEngine(options);
  return candles.flatMap((candle) => engine.step(candle));
}

/** All at once. */
export function batched(candles: readonly Candle[], options: Partial<SmcOptions> = {}): SmcEvent[] {
  const events: SmcEvent[] = [];
  new SmcEngine(options).warmUp(columnsOf(candles), (event) => events.push(event));
  return events;
}

/** A copy that went through JSON. */
export function resumed(engine: SmcEngine): SmcEngine {
  return SmcEngine.restore(JSON.parse(JSON.stringify(engine.snapshot())));
}
