/** A kline source with known candles, in memory: what is asked is recorded, what goes wrong is scripted. */
import {
  type Candle,
  type CandleColumns,
  columnsOf,
  type Interval,
  intervalMs,
  type UtcMs,
} from '@slt/domain';
import type { Line } from '@slt/exchange';

export interface KlineCall {
  readonly symbol: string;
  readonly interval: Interval;
  readonly startTime: UtcMs;
  readonly endTime: UtcMs;
  readonly limit: number;
}

/** A plausible candle that follows from its place alone. */
export function candleOf(symbol: string, openTime: UtcMs): Candle {
  const seed = [...symbol].reduce((sum, char) => (sum * 31 + char.codePointAt(0)!) % 9973, 7);
  const open = 100 + ((seed + openTime / 60_000) % 97);
  const close = 100 + ((seed + openTime / 60_000 + 1) % 97);
  const volume = (seed + openTime / 60_000) % 13;
  return { openTime, open, high: Math.max(open, close) + 1, low: Math.min(open, close) - 1, close, volume };
}

export class FakeExchange {
  readonly calls: KlineCall[] = [];
  latencyMs = 1;
  /** Called before each answer; what it throws is what the caller gets. */
  disturb: (call: KlineCall, count: number) => void | Promise<void> = () => undefined;
  /** Open times the exchange does not have. */
  lacks: (symbol: string, openTime: UtcMs) => boolean = () => false;
  busy = 0;
  peak = 0;

  klines(call: KlineCall, line: Line = (work) => work()): Promise<CandleColumns> {
    return line(() => this.send(call));
  }

  callsOf(symbol: string): number {
    return this.calls.filter((call) => call.symbol === symbol).length;
  }

  private async send(call: KlineCall): Promise<CandleColumns> {
    this.calls.push(call);
    this.peak = Math.max(this.peak, ++this.busy);
    try {
      await new Promise((resolve) => setTimeout(resolve, this.latencyMs));
      await this.disturb(call, this.calls.length);
      return this.answer(call);
    } finally {
      this.busy--;
    }
  }

  private answer({ symbol, interval, startTime, endTime }: KlineCall): CandleColumns {
    const candles: Candle[] = [];
    for (let at = startTime; at <= endTime; at += intervalMs(interval)) {
      if (!this.lacks(symbol, at)) candles.push(candleOf(symbol, at));
    }
    return columnsOf(candles);
  }
}
