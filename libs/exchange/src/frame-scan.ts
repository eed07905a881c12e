/**
 * Looks into the bytes of a stream message without parsing it. Some thousand frames a minute say only that a candle
 * goes on forming; those are recognised here and never become objects.
 */
import type { UtcMs } from '@slt/domain';

const WRAPPER = Buffer.from('{"stream":"');
const CLOSED_KEY = Buffer.from('"x"');
const EVENT_TIME_KEY = Buffer.from('"E":');
const OPEN_TIME_KEY = Buffer.from('"t":');
const QUOTE = 0x22;
const COLON = 0x3a;
const SPACE = 0x20;
const LETTER_T = 0x74;
const ZERO = 0x30;
const NINE = 0x39;

/** The stream's name if the message is wrapped and the name comes first, as Binance sends it. */
export function streamNameOf(message: Buffer): string | undefined {
  if (
    message.length <= WRAPPER.length ||
    message.compare(WRAPPER, 0, WRAPPER.length, 0, WRAPPER.length) !== 0
  ) {
    return undefined;
  }
  const end = message.indexOf(QUOTE, WRAPPER.length);
  return end < 0 ? undefined : message.toString('utf8', WRAPPER.length, end);
}

/** Whether a key "x" with a value that begins like `true` is in it; the parser then has the last word. */
export function mayBeClosing(message: Buffer): boolean {
  for (let at = message.indexOf(CLOSED_KEY); at >= 0; at = message.indexOf(CLOSED_KEY, at + 1)) {
    let next = skipSpaces(message, at + CLOSED_KEY.length);
    if (message[next] !== COLON) continue;
    next = skipSpaces(message, next + 1);
    if (message[next] === LETTER_T) return true;
  }
  return false;
}

/** The first "E": when the exchange sent the event. */
export function eventTimeOf(message: Buffer): UtcMs | undefined {
  return wholeNumberAfter(message, EVENT_TIME_KEY);
}

/** The first "t": when the candle of the frame opened. */
export function openTimeOf(message: Buffer): UtcMs | undefined {
  return wholeNumberAfter(message, OPEN_TIME_KEY);
}

function wholeNumberAfter(message: Buffer, keyBytes: Buffer): number | undefined {
  const key = message.indexOf(keyBytes);
  if (key < 0) return undefined;
  let at = skipSpaces(message, key + keyBytes.length);
  const start = at;
  let value = 0;
  for (; at < message.length && message[at]! >= ZERO && message[at]! <= NINE; at++) {
    value = value * 10 + (message[at]! - ZERO);
  }
  return at > start && Number.isSafeInteger(value) ? value : undefined;
}

function skipSpaces(message: Buffer, from: number): number {
  let at = from;
  while (message[at] === SPACE) at++;
  return at;
}
