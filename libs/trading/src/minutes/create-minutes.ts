/** The parts of trading by candles, put together. */
import type { Clock } from '@slt/domain';
import type { AdviceRelay } from '../advice-relay';
import { MinuteClock } from './minute-clock';
import { MinuteMarket, type MinuteSource } from './minute-market';
import { MinuteTrader, type MinuteTraderParts } from './minute-trader';

export interface Minutes {
  readonly market: MinuteMarket;
  readonly clock: MinuteClock;
  readonly trader: MinuteTrader;
}

export interface MinutesParts extends Pick<
  MinuteTraderParts,
  'interval' | 'session' | 'consider' | 'failed'
> {
  readonly source: MinuteSource;
  /** The exchange's. */
  readonly clock: Clock;
  readonly advice: AdviceRelay;
}

export function createMinutes(parts: MinutesParts): Minutes {
  const { source, interval, advice } = parts;
  const clock = new MinuteClock(parts.clock);
  const market = new MinuteMarket(source, interval, advice.scorer);
  return { market, clock, trader: new MinuteTrader({ ...parts, clock, market }) };
}
