/** klines and continuousKlines: the rows of a range, with the holes and changes that faults ask for. */
import type { UtcMs } from '@slt/domain';
import { candlesIn, changedRow, isSelected } from '../faults/candle-faults';
import type { CandleSelection } from '../faults/fault-rule';
import type { FaultEvent, Faults } from '../faults/faults';
import type { QueryOf } from '../limits/weights';
import type { EmulatedSymbol, KlineRange, KlineRow, Market, MarketInterval } from '../market';
import { intervalOf, limitOf, mandatory, mandatorySymbol, wholeNumber } from './params';
import { invalidData, invalidSymbol, startAfterEnd } from './rest-error';

const DEFAULT_LIMIT = 500;
const MAX_LIMIT = 1500;
const CONTRACT_TYPES: ReadonlySet<string> = new Set([
  'PERPETUAL',
  'CURRENT_QUARTER',
  'NEXT_QUARTER',
  'TRADIFI_PERPETUAL',
]);

export interface KlinesCall {
  readonly path: string;
  readonly query: QueryOf;
  readonly market: Market;
  readonly faults: Faults;
  readonly now: UtcMs;
}

/** @returns a JSON text of 12-element arrays. @throws RestError */
export function klines(call: KlinesCall): string {
  const symbol = mandatorySymbol(call.query, call.market, call.now);
  return rowsOf(call, symbol.symbol);
}

/** @returns a JSON text of 12-element arrays. @throws RestError */
export function continuousKlines(call: KlinesCall): string {
  const pair = mandatory(call.query, 'pair');
  const contractType = mandatory(call.query, 'contractType');
  if (!CONTRACT_TYPES.has(contractType)) throw invalidData('contractType');
  const symbol = findContract(call.market, pair, contractType, call.now);
  if (symbol === undefined) throw invalidSymbol();
  return rowsOf(call, symbol.symbol);
}

export function findContract(
  market: Market,
  pair: string,
  contractType: string,
  now: UtcMs,
): EmulatedSymbol | undefined {
  return market.listed(now).find((symbol) => symbol.pair === pair && symbol.contractType === contractType);
}

function rowsOf(call: KlinesCall, symbol: string): string {
  const interval = intervalOf(call.query);
  const range = rangeOf(call.query, call.now);
  const { market, faults, now } = call;
  const event: FaultEvent = { target: 'rest', path: call.path, symbol, interval };
  if (faults.has('history-hole') || faults.has('changed-candle')) {
    return faultyRows({ symbol, interval, range, event, market, faults, now });
  }
  return market.klinesJson(symbol, interval, range, now);
}

function rangeOf(query: QueryOf, now: UtcMs): KlineRange {
  const limit = limitOf(query, DEFAULT_LIMIT, MAX_LIMIT);
  const startTime = wholeNumber(query, 'startTime');
  const endTime = wholeNumber(query, 'endTime');
  if (startTime !== undefined && endTime !== undefined && startTime > endTime) throw startAfterEnd();
  return {
    from: startTime ?? 0,
    to: Math.min(endTime ?? now, now),
    limit,
    fromEnd: startTime === undefined,
  };
}

interface FaultyRequest {
  readonly symbol: string;
  readonly interval: MarketInterval;
  readonly range: KlineRange;
  readonly event: FaultEvent;
  readonly market: Market;
  readonly faults: Faults;
  readonly now: UtcMs;
}

/** As if the rows of a hole had never existed: the limit counts what is left. */
function faultyRows({ symbol, interval, range, event, market, faults, now }: FaultyRequest): string {
  const overlaps = (rule: CandleSelection): boolean => touches(rule, range);
  const holes = faults.hitAll('history-hole', event, overlaps);
  const changes = faults.hitAll('changed-candle', event, (rule) => rule.where === 'rest' && overlaps(rule));
  const spare = holes.reduce((sum, hole) => sum + candlesIn(hole, interval), 0);
  const rows = market
    .klines(symbol, interval, { ...range, limit: range.limit + spare }, now)
    .filter((row) => !holes.some((hole) => isSelected(hole, row.openTime)))
    .map((row) =>
      changes.reduce((at, rule) => (isSelected(rule, at.openTime) ? changedRow(at, rule) : at), row),
    );
  const kept = range.fromEnd ? rows.slice(-range.limit) : rows.slice(0, range.limit);
  return JSON.stringify(kept.map(toWire));
}

function touches(selection: CandleSelection, range: KlineRange): boolean {
  if (selection.range !== undefined) {
    return selection.range.from <= range.to && selection.range.to >= range.from;
  }
  return selection.openTimes?.some((at) => at >= range.from && at <= range.to) ?? false;
}

/** The row in the exchange's order. */
export function toWire(row: KlineRow): unknown[] {
  return [
    row.openTime,
    row.open,
    row.high,
    row.low,
    row.close,
    row.volume,
    row.closeTime,
    row.quoteVolume,
    row.trades,
    row.takerBuyBase,
    row.takerBuyQuote,
    '0',
  ];
}
