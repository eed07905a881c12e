/** What candles proved, one after the other: a fresh engine steps over the stored ones, so that nothing is known early. */
import { Injectable } from '@nestjs/common';
import { AppConfig } from '@slt/config';
import { AppError, type CandleColumns, type Interval, intervalMs, isAppError, toCandles } from '@slt/domain';
import { SmcEngine, type SmcEvent } from '@slt/smc';
import { CandleReader } from '../symbols/candle-reader.service';
import type { SmcEventsDto, SmcEventsQuery } from './smc-events.dto';

@Injectable()
export class SmcHistory {
  constructor(
    private readonly candles: CandleReader,
    private readonly config: AppConfig,
  ) {}

  /** @throws AppError invalid for an interval that nobody follows, not-found for a series that is nowhere */
  async events(symbol: string, { interval, limit }: SmcEventsQuery): Promise<SmcEventsDto> {
    const followed = this.config.HISTORY_INTERVALS;
    if (!followed.includes(interval)) {
      const message = `${interval} is not followed; ${followed.join(', ')} is`;
      throw new AppError('invalid', 'SMC.NOT_FOLLOWED', message);
    }
    const columns = await this.candles.read(symbol, { interval, limit });
    if (columns === undefined) {
      throw new AppError('not-found', 'CANDLES.NOT_FOLLOWED', `${symbol} has no candles of ${interval}`);
    }
    return {
      symbol,
      interval,
      candles: columns.length,
      firstOpenTime: columns.openTime.at(0) ?? null,
      lastOpenTime: columns.openTime.at(-1) ?? null,
      events: eventsOf(columns, interval),
    };
  }
}

/** An unsound candle is passed over, as if it were a hole: so does the engine that follows the stream. */
function eventsOf(columns: CandleColumns, interval: Interval): SmcEvent[] {
  const engine = new SmcEngine({ intervalMs: intervalMs(interval) });
  return toCandles(columns).flatMap((candle) => {
    try {
      return engine.step(candle);
    } catch (error) {
      if (isAppError(error, 'SMC.CANDLE')) return [];
      throw error;
    }
  });
}
