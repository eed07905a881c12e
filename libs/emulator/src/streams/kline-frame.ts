/** The JSON text of kline and continuous kline frames, keys in the exchange's order. */
import type { UtcMs } from '@slt/domain';
import { firstTradeId, type KlineRow } from '../market';

export interface KlineFrameFacts {
  readonly eventTime: UtcMs;
  readonly interval: string;
  readonly row: KlineRow;
  readonly isClosed: boolean;
}

export function klineFrame(symbol: string, facts: KlineFrameFacts): string {
  const name = JSON.stringify(symbol);
  return `{"e":"kline","E":${facts.eventTime},"s":${name},"k":${candle(facts, `"s":${name},`)}}`;
}

export function continuousKlineFrame(pair: string, contractType: string, facts: KlineFrameFacts): string {
  return (
    `{"e":"continuous_kline","E":${facts.eventTime},"ps":${JSON.stringify(pair)},` +
    `"ct":"${contractType}","k":${candle(facts, '')}}`
  );
}

/** Without trades the ids are -1. */
function candle({ row, interval, isClosed }: KlineFrameFacts, name: string): string {
  const first = row.trades === 0 ? -1 : firstTradeId(row.openTime);
  const last = row.trades === 0 ? -1 : first + row.trades - 1;
  return (
    `{"t":${row.openTime},"T":${row.closeTime},${name}"i":"${interval}","f":${first},"L":${last},` +
    `"o":"${row.open}","c":"${row.close}","h":"${row.high}","l":"${row.low}","v":"${row.volume}",` +
    `"n":${row.trades},"x":${isClosed},"q":"${row.quoteVolume}","V":"${row.takerBuyBase}",` +
    `"Q":"${row.takerBuyQuote}","B":"0"}`
  );
}
