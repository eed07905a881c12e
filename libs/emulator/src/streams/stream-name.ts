/**
 * Stream names and where they live. Since April 2026 market streams are split over paths: a stream subscribed on the
 * wrong one is acknowledged and stays silent.
 */

import { isMarketInterval } from '../core/market-interval';
import type { MarketInterval } from '../market';

export const ROUTES = ['market', 'public', 'private'] as const;
export type Route = (typeof ROUTES)[number];

/** A stream that the emulator feeds. Symbols and pairs are in upper case. */
export type StreamSpec =
  | {
      readonly kind: 'kline';
      readonly route: 'market';
      readonly symbol: string;
      readonly interval: MarketInterval;
    }
  | {
      readonly kind: 'continuousKline';
      readonly route: 'market';
      readonly pair: string;
      readonly contractType: string;
      readonly interval: MarketInterval;
    }
  | { readonly kind: 'aggTrade'; readonly route: 'market'; readonly symbol: string }
  | {
      readonly kind: 'markPrice';
      readonly route: 'market';
      readonly symbol: string;
      readonly everySecond: boolean;
    }
  | { readonly kind: 'markPriceAll'; readonly route: 'market'; readonly everySecond: boolean }
  | { readonly kind: 'contractInfo'; readonly route: 'market' }
  | { readonly kind: 'bookTicker'; readonly route: 'public'; readonly symbol: string }
  | { readonly kind: 'bookTickerAll'; readonly route: 'public' };

const MARK_PRICE_ALL = /^!markPrice@arr(@1s)?$/;
const CONTRACT_TYPES: ReadonlySet<string> = new Set([
  'PERPETUAL',
  'CURRENT_QUARTER',
  'NEXT_QUARTER',
  'TRADIFI_PERPETUAL',
]);

/** What a stream name means; undefined for streams that do not exist or are not emulated, which stay silent. */
export function parseStreamName(name: string): StreamSpec | undefined {
  if (name === '!contractInfo') return { kind: 'contractInfo', route: 'market' };
  if (name === '!bookTicker') return { kind: 'bookTickerAll', route: 'public' };
  const all = MARK_PRICE_ALL.exec(name);
  if (all !== null) return { kind: 'markPriceAll', route: 'market', everySecond: all[1] !== undefined };
  const at = name.indexOf('@');
  if (at < 1 || name.slice(0, at) !== name.slice(0, at).toLowerCase()) return undefined;
  return parseSymbolStream(name.slice(0, at).toUpperCase(), name.slice(at + 1));
}

function parseSymbolStream(symbol: string, topic: string): StreamSpec | undefined {
  switch (topic) {
    case 'aggTrade':
      return { kind: 'aggTrade', route: 'market', symbol };
    case 'markPrice':
    case 'markPrice@1s':
      return { kind: 'markPrice', route: 'market', symbol, everySecond: topic.endsWith('@1s') };
    case 'bookTicker':
      return { kind: 'bookTicker', route: 'public', symbol };
    default:
      return parseKlineStream(symbol, topic);
  }
}

function parseKlineStream(symbol: string, topic: string): StreamSpec | undefined {
  const [kind, interval = ''] = topic.split('_');
  if (!isMarketInterval(interval)) return undefined;
  if (kind === 'kline') return { kind: 'kline', route: 'market', symbol, interval };
  if (kind !== 'continuousKline') return undefined;
  const [, pair, contractType] = /^([^_]+)_(.+)$/.exec(symbol) ?? [];
  if (pair === undefined || contractType === undefined || !CONTRACT_TYPES.has(contractType)) return undefined;
  return { kind: 'continuousKline', route: 'market', pair, contractType, interval };
}
