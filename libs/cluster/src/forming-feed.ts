/**
 * A symbol's candles before they close, for who looks at them: taken past the series and all that follows from them, so
 * that nothing is ever decided on one.
 */
import { Inject, Injectable } from '@nestjs/common';
import { type KlineFrame, MarketStreams } from '@slt/exchange';
import type { FormingEvent } from './cluster-status';
import type { FormingSource } from './neighbours';
import { SymbolPipelines } from './symbol-pipelines';

@Injectable()
export class FormingFeed {
  constructor(
    @Inject(MarketStreams) private readonly streams: FormingSource,
    @Inject(SymbolPipelines) private readonly pipelines: SymbolPipelines,
  ) {}

  /** Four times a second at most; silent while the symbol is not followed, or waits for a hole. @returns what ends it */
  watch(symbol: string, listener: (event: FormingEvent) => void): () => void {
    return this.streams.forming.watch({ symbol, interval: this.pipelines.base }, (frame) => {
      const event = this.eventOf(frame);
      if (event !== undefined) listener(event);
    });
  }

  private eventOf({ symbol, receivedAt, ...frame }: KlineFrame): FormingEvent | undefined {
    const { openTime, open, high, low, close, volume } = frame;
    const candle = { openTime, open, high, low, close, volume };
    const candles = this.pipelines.get(symbol)?.forming(candle) ?? [];
    return candles.length === 0 ? undefined : { type: 'forming', at: receivedAt, symbol, candles };
  }
}
