/**
 * What stands before every request: bans, weight, and the faults that answer in the exchange's place. The same gate
 * stands before stream handshakes, which cost no weight.
 */
import { SECOND_MS, type DurationMs } from '@slt/domain';
import type { Exchange } from '../exchange';
import type { ServerErrorBody } from '../faults/fault-rule';
import type { FaultEvent, Faults } from '../faults/faults';
import { FUNDING_CALLS } from '../limits/call-limiter';
import { msToNextMinute } from '../limits/weight-limiter';
import { htmlAnswer, serverErrorAnswer, type RawAnswer } from './fault-bodies';
import { banned, RestError, tooManyRequests } from './rest-error';

const FUNDING_PATHS: ReadonlySet<string> = new Set(['/fapi/v1/fundingRate', '/fapi/v1/fundingInfo']);

export const JSON_TYPE = 'application/json;charset=UTF-8';

/** A refusal; undefined from the gate means: go on. */
export interface Refusal extends RawAnswer {
  /** Exchange time, whole seconds. */
  readonly retryAfterSeconds?: number;
}

/** Weight, bans and rate limits. @param weight 0 for what costs nothing, which no minute limits */
export function checkLimits(
  exchange: Exchange,
  ip: string,
  event: FaultEvent,
  weight: number,
): Refusal | undefined {
  const { limiter, stats, time } = exchange;
  // Minutes go on after a recording's end, so that used weight is forgotten there too.
  const now = time.running();
  const verdict = limiter.charge(ip, weight, now);
  switch (verdict.kind) {
    case 'granted':
      stats.charged(event.path ?? '', weight, verdict.used, now);
      break;
    case 'limited':
      stats.refused(weight, verdict.used, now);
      return refusal(tooManyRequests(ip, limiter.limits.weightLimit), verdict.retryAfterMs);
    case 'banned':
      if (verdict.isNew) stats.banImposed();
      else stats.requestWhileBanned();
      return refusal(banned(ip, verdict.until), verdict.until - now);
  }
  return checkFunding(exchange, ip, event) ?? checkFaultyLimits(exchange, ip, event);
}

/** Bans and rate limits that faults ask for. */
export function checkFaultyLimits(exchange: Exchange, ip: string, event: FaultEvent): Refusal | undefined {
  return faultyBan(exchange, ip, event) ?? faultyLimit(exchange, ip, event);
}

/**
 * Errors of the server and of what stands in front of it.
 * @param executed whether the request was carried out by now: each rule hits before or after that
 */
export function checkServer(exchange: Exchange, event: FaultEvent, executed = false): Refusal | undefined {
  const { faults, time } = exchange;
  const isNow = (rule: { readonly executed?: boolean }): boolean => (rule.executed ?? false) === executed;
  const error = faults.hit('server-error', event, (rule) => isNow(rule) && !isSpared(rule.body, event));
  if (error !== undefined) {
    return serverErrorAnswer(error.rule.body ?? 'unavailable-503', event.path ?? '/', time.now());
  }
  const html = faults.hit('html', event, isNow);
  if (html !== undefined) return htmlAnswer(html.rule.status ?? 200);
  const rejection = executed ? undefined : faults.hit('reject', event);
  if (rejection === undefined) return undefined;
  const { status = 400, code, msg } = rejection.rule;
  return refusal(new RestError(status, code, msg), undefined);
}

/** System protection lets through what makes positions smaller. */
function isSpared(body: ServerErrorBody | undefined, event: FaultEvent): boolean {
  return body === '-1008' && event.reducesRisk === true;
}

/** Wall milliseconds on the way in and on the way back. */
export interface Latency {
  readonly beforeMs: DurationMs;
  readonly afterMs: DurationMs;
  /** A rule wants it after the request is carried out. */
  readonly isAfter: boolean;
}

/** What the answer takes: the line's own latency and that of all matching rules. */
export function latencyOf({ faults, latency }: Exchange, event: FaultEvent): Latency {
  const own = latency.ms + Math.random() * latency.jitterMs;
  let beforeMs = own / 2;
  let afterMs = own / 2;
  let isAfter = false;
  for (const rule of faults.hitAll('latency', event)) {
    const ms = rule.ms + Math.random() * (rule.jitterMs ?? 0);
    beforeMs += rule.when === 'before' ? ms : rule.when === 'after' ? 0 : ms / 2;
    afterMs += rule.when === 'after' ? ms : rule.when === 'before' ? 0 : ms / 2;
    isAfter ||= rule.when === 'after';
  }
  return { beforeMs, afterMs, isAfter };
}

/** Of all matching rules together, for frames. */
export function faultyLatency(faults: Faults, event: FaultEvent): DurationMs {
  let ms = 0;
  for (const rule of faults.hitAll('latency', event)) ms += rule.ms + Math.random() * (rule.jitterMs ?? 0);
  return ms;
}

function checkFunding(
  { fundingLimiter, time }: Exchange,
  ip: string,
  event: FaultEvent,
): Refusal | undefined {
  if (!FUNDING_PATHS.has(event.path ?? '')) return undefined;
  const retryAfterMs = fundingLimiter.charge(ip, time.running());
  return retryAfterMs === undefined ? undefined : refusal(tooManyRequests(ip, FUNDING_CALLS), retryAfterMs);
}

function faultyBan(
  { faults, limiter, stats, time }: Exchange,
  ip: string,
  event: FaultEvent,
): Refusal | undefined {
  const hit = faults.hit('ban', event);
  if (hit === undefined) return undefined;
  const now = time.running();
  const until = limiter.ban(ip, now, hit.rule.durationMs);
  stats.banImposed();
  return refusal(banned(ip, until), hit.rule.retryAfterHeader === false ? undefined : until - now);
}

function faultyLimit(
  { faults, limiter, time }: Exchange,
  ip: string,
  event: FaultEvent,
): Refusal | undefined {
  const hit = faults.hit('rate-limit', event);
  if (hit === undefined) return undefined;
  const now = time.running();
  if (hit.rule.exhaust === true) limiter.exhaust(ip, now);
  const retryAfterMs = hit.rule.retryAfterMs ?? msToNextMinute(now);
  return refusal(
    tooManyRequests(ip, limiter.limits.weightLimit),
    hit.rule.retryAfterHeader === false ? undefined : retryAfterMs,
  );
}

function refusal(error: RestError, retryAfterMs: DurationMs | undefined): Refusal {
  const answer = { status: error.status, contentType: JSON_TYPE, body: error.body };
  return retryAfterMs === undefined
    ? answer
    : { ...answer, retryAfterSeconds: Math.ceil(retryAfterMs / SECOND_MS) };
}
