/**
 * Signed requests as the exchange judges them (reference A7): HMAC-SHA256 over the raw query immediately followed by the
 * raw body, byte for byte as sent, without the `signature` parameter itself.
 *
 * Where the exchange documents no order of the checks: key format, missing parameters, key, time, signature.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { SECOND_MS, type UtcMs } from '@slt/domain';
import type { QueryOf } from '../limits/weights';
import { illegalCharacters, mandatoryParameter, RestError } from '../rest/rest-error';
import { hasKeyFormat, type ApiKey, type ApiKeys } from './api-keys';

/** A request may claim to be sent at most this much later than the server's time. */
const AHEAD_MS = SECOND_MS;
const DEFAULT_WINDOW_MS = 5 * SECOND_MS;
const LONGEST_WINDOW_MS = 60 * SECOND_MS;

export interface Caller {
  /** X-MBX-APIKEY. */
  readonly apiKey: string | undefined;
  readonly ip: string;
  /** As sent: without `?`, nothing decoded. */
  readonly rawQuery: string;
  readonly rawBody: string;
  readonly params: QueryOf;
}

export interface AuthenticationContext {
  readonly keys: ApiKeys;
  readonly now: UtcMs;
  /** Exchange milliseconds per wall millisecond: a request is as long under way however fast the exchange's clock runs. */
  readonly speed: number;
}

export const keyFormatInvalid = (): RestError => new RestError(401, -2014, 'API-key format invalid.');

export const notPermitted = (ip: string): RestError =>
  new RestError(401, -2015, `Invalid API-key, IP, or permissions for action. (request ip: ${ip})`);

/** @param changes whether the call needs the permission to trade. @throws RestError -2014, -2015 */
export function identify(caller: Caller, keys: ApiKeys, changes: boolean): ApiKey {
  const { apiKey = '', ip } = caller;
  const key = keys.find(apiKey);
  if (key === undefined) throw hasKeyFormat(apiKey) ? notPermitted(ip) : keyFormatInvalid();
  if (key.ips?.includes(ip) === false || (changes && !key.canTrade)) throw notPermitted(ip);
  return key;
}

/** @throws RestError -1021, -1022, -1100, -1102, -1131, -2014, -2015 */
export function authenticate(caller: Caller, changes: boolean, context: AuthenticationContext): ApiKey {
  const { apiKey = '', params } = caller;
  if (!hasKeyFormat(apiKey) && context.keys.find(apiKey) === undefined) throw keyFormatInvalid();
  const timestamp = milliseconds(params, 'timestamp') ?? missing('timestamp');
  const window = milliseconds(params, 'recvWindow') ?? DEFAULT_WINDOW_MS;
  const signature = params('signature') || missing('signature');
  const key = identify(caller, context.keys, changes);
  if (window > LONGEST_WINDOW_MS) throw new RestError(400, -1131, 'recvWindow must be less than 60000');
  checkTime(timestamp, window, context);
  if (!isSignedWith(key.apiSecret, signature, caller)) {
    throw new RestError(400, -1022, 'Signature for this request is not valid.');
  }
  return key;
}

/** Both bounds are spans of the network, so they stretch with the exchange's speed. */
function checkTime(timestamp: UtcMs, window: number, { now, speed }: AuthenticationContext): void {
  const stretch = Math.max(1, speed);
  if (timestamp >= now + AHEAD_MS * stretch) {
    throw new RestError(400, -1021, "Timestamp for this request was 1000ms ahead of the server's time.");
  }
  if (now - timestamp > window * stretch) {
    throw new RestError(400, -1021, 'Timestamp for this request is outside of the recvWindow.');
  }
}

function isSignedWith(secret: string, signature: string, { rawQuery, rawBody }: Caller): boolean {
  const payload = withoutSignature(rawQuery) + withoutSignature(rawBody);
  const expected = createHmac('sha256', secret).update(payload).digest();
  if (!/^[0-9a-fA-F]{64}$/.test(signature)) return false;
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'));
}

function withoutSignature(raw: string): string {
  return raw
    .split('&')
    .filter((pair) => !pair.startsWith('signature='))
    .join('&');
}

function milliseconds(params: QueryOf, name: string): number | undefined {
  const text = params(name);
  if (text === undefined || text === '') return undefined;
  if (!/^\d{1,20}$/.test(text)) throw illegalCharacters(name, '^[0-9]{1,20}$');
  return Number(text);
}

function missing(name: string): never {
  throw mandatoryParameter(name);
}
