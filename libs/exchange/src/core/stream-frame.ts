/**
 * Messages of a market stream, wrapped (`{"stream":…,"data":…}`) or raw. Unknown keys are ignored everywhere, and so
 * are COIN-M rows (`st` 2), which share some streams since June 2026.
 */
import { type Interval, isInterval, openTimeOf, intervalMs, type UtcMs } from '@slt/domain';
import { isInstant, ohlcvProblem, parseDecimal } from './decimal';

export interface KlineFrame {
  readonly symbol: string;
  readonly interval: Interval;
  readonly openTime: UtcMs;
  /** Last millisecond of the candle, as Binance counts. */
  readonly closeTime: UtcMs;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** In units of the base asset. */
  readonly volume: number;
  readonly isClosed: boolean;
  /** When the exchange sent it. */
  readonly eventTime: UtcMs;
  /** When we got it, by the exchange's clock. */
  readonly receivedAt: UtcMs;
}

export interface ContractChange {
  readonly symbol: string;
  readonly contractType: string;
  /** The exchange's own word: TRADING, SETTLING, … */
  readonly status: string;
  readonly deliveryTime: UtcMs | undefined;
}

export type StreamMessage =
  | { readonly kind: 'kline'; readonly frame: KlineFrame }
  | { readonly kind: 'contract'; readonly change: ContractChange }
  | { readonly kind: 'ack'; readonly id: number }
  | {
      readonly kind: 'refusal';
      readonly id: number | undefined;
      readonly code: number;
      readonly message: string;
    }
  /** Something else that the exchange sends; nothing to do. */
  | { readonly kind: 'other' }
  /** Not JSON, or a candle that cannot be true. */
  | { readonly kind: 'malformed' };

type Json = Readonly<Record<string, unknown>>;

const OTHER: StreamMessage = { kind: 'other' };
const MALFORMED: StreamMessage = { kind: 'malformed' };
/** The second symbol type, COIN-M, which is not our market. */
const COIN_MARGINED = 2;

/** @param receivedAt exchange time of arrival, stamped on candles */
export function parseStreamMessage(text: string, receivedAt: UtcMs): StreamMessage {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return MALFORMED;
  }
  if (!isObject(message)) return OTHER;
  const event = isObject(message['data']) ? message['data'] : message;
  switch (event['e']) {
    case 'kline':
      return parseKline(event, receivedAt);
    case 'contractInfo':
      return parseContract(event);
    default:
      return event === message ? parseReply(message) : OTHER;
  }
}

function parseKline(event: Json, receivedAt: UtcMs): StreamMessage {
  const candle = event['k'];
  if (event['st'] === COIN_MARGINED) return OTHER;
  if (!isObject(candle)) return MALFORMED;
  const interval = candle['i'];
  if (typeof interval !== 'string') return MALFORMED;
  if (!isInterval(interval)) return OTHER;
  const frame = {
    symbol: event['s'],
    interval,
    openTime: candle['t'],
    closeTime: candle['T'],
    open: parseDecimal(candle['o']),
    high: parseDecimal(candle['h']),
    low: parseDecimal(candle['l']),
    close: parseDecimal(candle['c']),
    volume: parseDecimal(candle['v']),
    isClosed: candle['x'],
    eventTime: event['E'],
    receivedAt,
  };
  return isPlausible(frame) ? { kind: 'kline', frame } : MALFORMED;
}

type Unproven = { [K in keyof KlineFrame]: KlineFrame[K] extends number ? unknown : KlineFrame[K] | unknown };

function isPlausible(frame: Unproven): frame is KlineFrame {
  const candle = frame as KlineFrame;
  return (
    typeof frame.symbol === 'string' &&
    frame.symbol !== '' &&
    isInstant(frame.openTime) &&
    frame.openTime === openTimeOf(frame.openTime, candle.interval) &&
    frame.closeTime === frame.openTime + intervalMs(candle.interval) - 1 &&
    typeof frame.isClosed === 'boolean' &&
    isInstant(frame.eventTime) &&
    ohlcvProblem(candle) === undefined
  );
}

function parseContract(event: Json): StreamMessage {
  if (event['st'] === COIN_MARGINED) return OTHER;
  if (typeof event['s'] !== 'string' || event['s'] === '') return MALFORMED;
  const change = {
    symbol: event['s'],
    contractType: typeof event['ct'] === 'string' ? event['ct'] : '',
    status: typeof event['cs'] === 'string' ? event['cs'] : '',
    deliveryTime: isInstant(event['dt']) ? event['dt'] : undefined,
  };
  return { kind: 'contract', change };
}

function parseReply(message: Json): StreamMessage {
  const id = Number.isSafeInteger(message['id']) ? (message['id'] as number) : undefined;
  // Binance documents `{"code","msg","id"}` and sends `{"error":{"code","msg"},"id"}`.
  const error = isObject(message['error']) ? message['error'] : message;
  if (typeof error['code'] === 'number') {
    return { kind: 'refusal', id, code: error['code'], message: String(error['msg'] ?? '') };
  }
  return id !== undefined && 'result' in message ? { kind: 'ack', id } : OTHER;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
