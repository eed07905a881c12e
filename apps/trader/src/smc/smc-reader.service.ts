/** The state of an engine for readers, or why there is none. */
import { Injectable } from '@nestjs/common';
import { AppConfig } from '@slt/config';
import { AppError } from '@slt/domain';
import { SmcService } from '@slt/smc';
import type { SmcDto } from './smc.dto';
import type { SmcQuery } from './smc-query.dto';

const NOT_YET_RETRY_MS = 1_000;

@Injectable()
export class SmcReader {
  constructor(
    private readonly smc: SmcService,
    private readonly config: AppConfig,
  ) {}

  /** @throws AppError invalid for an interval that nobody follows, transient while there is no history yet */
  read(symbol: string, { interval, limit }: SmcQuery): SmcDto {
    const followed = this.config.HISTORY_INTERVALS;
    if (!followed.includes(interval)) {
      const message = `${interval} is not followed; ${followed.join(', ')} is`;
      throw new AppError('invalid', 'SMC.NOT_FOLLOWED', message);
    }
    const view = this.smc.view(symbol, interval);
    if (view === undefined) {
      throw new AppError('transient', 'SMC.NOT_YET', `${symbol} ${interval} is not loaded yet`, {
        retryAfterMs: NOT_YET_RETRY_MS,
      });
    }
    return {
      symbol,
      interval,
      ...view,
      orderBlocks: newest(view.orderBlocks, limit),
      gaps: newest(view.gaps, limit),
      liquidity: newest(view.liquidity, limit),
    };
  }
}

/** By the time of the zone; in their order. */
function newest<Zone extends { readonly atTime: number }>(
  zones: readonly Zone[],
  limit: number | undefined,
): readonly Zone[] {
  if (limit === undefined || zones.length <= limit) return zones;
  const kept = new Set([...zones].sort((a, b) => b.atTime - a.atTime).slice(0, limit));
  return zones.filter((zone) => kept.has(zone));
}
