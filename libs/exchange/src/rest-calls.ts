/**
 * Calls with everything that the exchange asks of a caller: each reserves its weight, obeys bans, reports what was
 * used; each failure leaves as an AppError that says what to do next and holds nothing secret.
 */
import type { USDMClient } from 'binance/lib/usdm-client';
import type { AppConfig } from '@slt/config';
import { AppError, type DurationMs, isAppError, type UtcMs } from '@slt/domain';
import { badResponse, excerpt } from './core/bad-response';
import { isInstant } from './core/decimal';
import { ExchangeError, judgeFailure, parseErrorBody, toExchangeError } from './core/exchange-error';
import type { WeightPurpose } from './core/weight-window';
import type { ExchangeTime } from './exchange-time';
import { type Answer, CallError, type RestTransport } from './rest-transport';
import type { WeightBudget } from './weight-budget';

/** Runs the work when its turn comes, so that no more than so many requests are on the wire at once. */
export type Line = <T>(work: () => Promise<T>) => Promise<T>;

export interface RestCall<T> {
  /** 0 where the exchange counts orders instead. */
  readonly weight: number;
  readonly purpose: WeightPurpose;
  /** Whether it changes something: a failure then says whether the change may have been made. */
  readonly mutates?: boolean;
  /** Where calls of a kind wait for one another; between the reservation and the wire. */
  readonly line?: Line | undefined;
  send(client: USDMClient): Promise<unknown>;
  /** A short cut past JSON, for the shape that the exchange sends; undefined for any other. */
  scan?(bytes: Uint8Array): T | undefined;
  /** Default: JSON.parse. @throws SyntaxError */
  read?(text: string): unknown;
  /** @throws AppError transient, `EXCHANGE.BAD_RESPONSE` */
  parse(body: unknown): T;
  /** The answer as it came, before it is read. */
  heard?(answer: Answer): void;
}

const LONGEST_ERROR_BODY = 1_000;

export class RestCalls {
  constructor(
    private readonly transport: RestTransport,
    private readonly budget: WeightBudget,
    private readonly time: ExchangeTime,
    private readonly config: AppConfig,
  ) {}

  serverTime(): Promise<UtcMs> {
    return this.run({
      weight: 1,
      // Orders need the clock, so it may use their share.
      purpose: 'trading',
      send: (client) => client.get('fapi/v1/time'),
      parse: parseServerTime,
    });
  }

  /** @throws AppError; see core/exchange-error for kinds and codes */
  async run<T>(call: RestCall<T>): Promise<T> {
    // What costs no weight must not wait for the counter, nor be refused by a full one.
    if (call.weight > 0) await this.reserve(call.weight, call.purpose);
    const done = this.budget.sending(call.weight);
    let usedWeight: number | undefined;
    const send = async (): Promise<Answer> => {
      this.refuseWhileBanned();
      try {
        const answer = await this.transport.call((client) => call.send(client));
        usedWeight = answer.usedWeight;
        return answer;
      } catch (error) {
        if (error instanceof CallError) usedWeight = error.usedWeight;
        // Before the place in line is given free: who comes next must know of a ban.
        throw await this.explain(error, call);
      }
    };
    try {
      const answer = await (call.line === undefined ? send() : call.line(send));
      call.heard?.(answer);
      return call.scan?.(answer.bytes) ?? call.parse(toBody(answer.bytes.toString(), call));
    } catch (error) {
      throw await this.explain(error, call);
    } finally {
      done(usedWeight);
    }
  }

  private async explain(error: unknown, { mutates }: RestCall<unknown>): Promise<unknown> {
    if (error instanceof CallError) return this.translate(error, mutates === true);
    // The exchange has answered, so it has most likely done what was asked; what exactly, nobody can read.
    if (mutates === true && isAppError(error, 'EXCHANGE.BAD_RESPONSE') && error.kind === 'transient')
      return new ExchangeError('outcome-unknown', error.code, error.message);
    return error;
  }

  private async reserve(weight: number, purpose: WeightPurpose): Promise<void> {
    const reservation = await this.budget.tryReserve(weight, purpose);
    if (reservation.granted) return;
    const { retryAfterMs } = reservation;
    this.refuseWhileBanned(retryAfterMs);
    const reason = 'the weight of this minute is spent';
    throw new AppError('transient', 'EXCHANGE.RATE_LIMITED', reason, { retryAfterMs });
  }

  /** Also for who has reserved already and waited in line when the ban came. */
  private refuseWhileBanned(retryAfterMs?: DurationMs): void {
    const until = this.budget.status().bannedUntil;
    if (until === undefined) return;
    const wait = Math.ceil(this.time.toWallMs(until - this.time.now()));
    throw new AppError(
      'transient',
      'EXCHANGE.RATE_LIMITED',
      `the exchange asked us to pause until ${until}`,
      { retryAfterMs: retryAfterMs ?? Math.max(1, wait) },
    );
  }

  private async translate({ failure }: CallError, mutates: boolean): Promise<AppError> {
    const verdict = judgeFailure(failure, {
      now: this.time.now(),
      windowEndsAt: this.budget.status().windowEndsAt,
      mutates,
      secrets: [this.config.BINANCE_API_KEY, this.config.BINANCE_API_SECRET].filter(
        (key) => key !== undefined,
      ),
    });
    if (verdict.banUntil !== undefined) await this.budget.ban(verdict.banUntil);
    // One resync for all calls that fail so; its own failure leaves the clock as it was.
    if (verdict.code === 'EXCHANGE.CLOCK_SKEW')
      void this.time.sync(() => this.serverTime()).catch(() => undefined);
    return toExchangeError(verdict, (span) => this.time.toWallMs(span));
  }
}

/** The parsed answer. An error body that comes with status 200 is an error all the same. */
function toBody(text: string, { read = JSON.parse }: RestCall<unknown>): unknown {
  let body: unknown;
  try {
    body = read(text);
  } catch {
    throw badResponse(`no JSON: ${excerpt(text)}`);
  }
  const code = text.length < LONGEST_ERROR_BODY ? parseErrorBody(text)?.code : undefined;
  if (code !== undefined && code < 0) throw new CallError({ status: 200, body: text });
  return body;
}

function parseServerTime(body: unknown): UtcMs {
  const time = (body as { serverTime?: unknown } | null)?.serverTime;
  if (!isInstant(time) || time === 0) throw badResponse(`no server time: ${excerpt(body)}`);
  return time;
}
