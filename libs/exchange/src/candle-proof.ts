/**
 * How far candles have certainly come. The clock says when a candle should be closed; if the exchange's clock and its
 * candles disagree, a forming candle would be taken for a closed one. A candle that has begun proves that all before it
 * are closed, so that is what counts: seen on a stream, or asked for.
 */
import { Injectable } from '@nestjs/common';
import {
  AppError,
  type DurationMs,
  isAppError,
  MINUTE_MS,
  openTimeOf,
  SECOND_MS,
  type UtcMs,
} from '@slt/domain';
import { ExchangeTime } from './exchange-time';

/** A symbol whose newest candle is older than this has stopped trading and proves nothing about the clock. */
const STOPPED_AFTER_MS = 10 * MINUTE_MS;
const ATTEMPTS = 3;
const RETRY_AFTER_MS = 2 * SECOND_MS;
const RETRY_MS = 250;

@Injectable()
export class CandleProof {
  private provenUntil: UtcMs = 0;
  private asking: Promise<UtcMs | undefined> | undefined;

  constructor(private readonly time: ExchangeTime) {}

  /** A candle that opens at the instant has begun: all that end by then are closed. */
  note(openTime: UtcMs): void {
    if (openTime > this.provenUntil) this.provenUntil = openTime;
  }

  /**
   * Until when candles are certainly closed, far enough for one that ends at `wanted` if the clock says that it has.
   * @param newest open time of the newest candle of a market, forming or not; undefined when there is none to ask
   * @throws AppError transient, `EXCHANGE.CANDLE_OPEN`, when the clock is ahead of the candles; and what `newest` throws
   */
  async closedBy(wanted: UtcMs, newest: () => Promise<UtcMs | undefined>): Promise<UtcMs> {
    for (let attempt = 1; ; attempt++) {
      const now = this.time.now();
      const target = Math.min(wanted, openTimeOf(now, '1m'));
      if (this.provenUntil >= target) return this.provenUntil;
      const openTime = await this.ask(newest);
      if (openTime === undefined || now - openTime > STOPPED_AFTER_MS) return now - this.time.uncertaintyMs();
      this.note(openTime);
      if (this.provenUntil >= target) return this.provenUntil;
      if (attempt === ATTEMPTS) throw stillOpen(target, this.time.toWallMs(RETRY_AFTER_MS));
      await new Promise((resolve) => setTimeout(resolve, Math.min(RETRY_MS, this.time.toWallMs(SECOND_MS))));
    }
  }

  /** Callers of the same moment share one question. */
  private ask(newest: () => Promise<UtcMs | undefined>): Promise<UtcMs | undefined> {
    this.asking ??= newest()
      .catch((error: unknown) => {
        if (isAppError(error) && error.kind === 'transient' && error.code !== 'EXCHANGE.BAD_RESPONSE')
          throw error;
        return undefined;
      })
      .finally(() => (this.asking = undefined));
    return this.asking;
  }
}

function stillOpen(target: UtcMs, retryAfterMs: DurationMs): AppError {
  const message = `by the clock candles are closed until ${target}, by the candles they are not`;
  return new AppError('transient', 'EXCHANGE.CANDLE_OPEN', message, {
    retryAfterMs: Math.ceil(retryAfterMs),
  });
}
