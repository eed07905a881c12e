/** Candles for readers: what is in memory, and what lies before it from the cache. */
import { Injectable, Logger } from '@nestjs/common';
import { ClusterService } from '@slt/cluster';
import {
  type CandleColumns,
  EMPTY_COLUMNS,
  type Interval,
  isAppError,
  lowerBound,
  mergeColumns,
  sliceColumns,
  tailColumns,
  type UtcMs,
} from '@slt/domain';
import { CandleStore } from '@slt/history';

export interface CandleQuestion {
  interval: Interval;
  limit: number;
  /** Latest open time wanted. */
  endTime?: UtcMs;
}

@Injectable()
export class CandleReader {
  private readonly logger = new Logger(CandleReader.name);

  constructor(
    private readonly cluster: ClusterService,
    private readonly store: CandleStore,
  ) {}

  /** The newest `limit` closed candles up to `endTime`, ascending; undefined when the series is nowhere. */
  async read(symbol: string, question: CandleQuestion): Promise<CandleColumns | undefined> {
    const series = this.cluster.series(symbol, question.interval);
    const live = series === undefined || series.length === 0 ? undefined : series.toColumns();
    if (live !== undefined) {
      const answer = select(live, question);
      if (answer.length === question.limit) return answer;
    }
    const stored = await this.stored(symbol, question.interval);
    if (live === undefined && stored === undefined) return series === undefined ? undefined : EMPTY_COLUMNS;
    return select(mergeColumns(stored ?? EMPTY_COLUMNS, live ?? EMPTY_COLUMNS), question);
  }

  /** A damaged file is the integrity check's business; a reader gets what is whole. */
  private async stored(symbol: string, interval: Interval): Promise<CandleColumns | undefined> {
    try {
      return (await this.store.read(symbol, interval))?.columns;
    } catch (error) {
      if (!isAppError(error, 'STORE.DAMAGED')) throw error;
      this.logger.warn(`${symbol} ${interval}: ${error.message}`);
      return undefined;
    }
  }
}

function select(columns: CandleColumns, { limit, endTime }: CandleQuestion): CandleColumns {
  const end = endTime === undefined ? columns.length : lowerBound(columns, endTime + 1);
  return tailColumns(sliceColumns(columns, 0, end), limit);
}
