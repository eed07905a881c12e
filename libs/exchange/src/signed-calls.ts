/**
 * Signed calls: with the account's keys, by the exchange's time, within the account's count of orders. A call that came
 * too late by our clock is sent once more after the clock was set: the exchange had not looked at it.
 */
import type { USDMClient } from 'binance/lib/usdm-client';
import type { AppConfig } from '@slt/config';
import { AppError, isAppError, MINUTE_MS, type DurationMs } from '@slt/domain';
import { ExchangeError } from './core/exchange-error';
import { type OrderRule, OrderWindow } from './core/order-window';
import type { ExchangeEndpoint } from './endpoint';
import type { ExchangeTime } from './exchange-time';
import { parseLossless } from './lossless';
import { RestCalls } from './rest-calls';
import {
  type Answer,
  type ApiKeys,
  RECV_WINDOW_MS,
  RestTransport,
  type TransportOptions,
} from './rest-transport';
import type { WeightBudget } from './weight-budget';

export type Params = Readonly<Record<string, string | number | boolean>>;

export interface SignedCall<T> {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** After `/fapi/`, such as `v1/order`. */
  readonly path: string;
  readonly params?: Params;
  /** Of the IP; 0 for new orders. */
  readonly weight: number;
  /** Counts as a new order. `reducing` ones may use the room that is kept for them. */
  readonly order?: 'opening' | 'reducing';
  /** Listen keys need the key alone, without signature. */
  readonly isUnsigned?: boolean;
  parse(body: unknown): T;
}

/**
 * Longer than the receive window and its grace: when we stop waiting, the exchange cannot accept the call any more. No
 * longer than that, for whoever waits may hold a position without a stop.
 */
export const SIGNED_TRANSPORT: TransportOptions = { timeoutMs: 6_000, deadlineMs: 8_000 };

const CODE_TOO_MANY_ORDERS = -1015;
/** On top of the receive window: what the exchange's own clocks may differ by. */
const ACCEPTANCE_GRACE_MS: DurationMs = 500;
/** Waiting longer for the order count than this means that its windows were misread. */
const LONGEST_ORDER_WAIT: DurationMs = MINUTE_MS;

export interface SignedCallsParts {
  readonly endpoint: ExchangeEndpoint;
  readonly budget: WeightBudget;
  readonly time: ExchangeTime;
  readonly config: AppConfig;
  readonly transport?: TransportOptions;
}

export class SignedCalls {
  private readonly transport: RestTransport;
  private readonly calls: RestCalls;
  private readonly time: ExchangeTime;
  private readonly orders = new OrderWindow();

  /** @throws AppError invalid, `EXCHANGE.NO_KEYS` */
  constructor({ endpoint, budget, time, config, transport }: SignedCallsParts) {
    const keys = keysOf(config);
    this.time = time;
    this.transport = new RestTransport(endpoint, { ...SIGNED_TRANSPORT, ...transport, keys });
    this.calls = new RestCalls(this.transport, budget, time, config);
  }

  /** @throws AppError; see core/exchange-error for kinds and codes */
  async run<T>(call: SignedCall<T>): Promise<T> {
    if (call.order !== undefined) this.countOrder(call.order === 'reducing');
    try {
      return await this.send(call);
    } catch (error) {
      if (!isAppError(error, 'EXCHANGE.CLOCK_SKEW')) throw error;
      await this.setClock(error);
      return this.send(call);
    }
  }

  /** The account's own limits of new orders. */
  limitOrdersTo(rules: readonly OrderRule[]): void {
    this.orders.limitTo(rules);
  }

  close(): void {
    this.transport.close();
  }

  private async send<T>(call: SignedCall<T>): Promise<T> {
    let sentAt = performance.now();
    try {
      return await this.calls.run({
        weight: call.weight,
        purpose: 'trading',
        mutates: call.method !== 'get',
        send: (client) => {
          sentAt = performance.now();
          return request(client, call, this.time.exact());
        },
        read: parseLossless,
        parse: (body) => call.parse(body),
        heard: (answer) => this.observe(answer),
      });
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error;
      if (error.exchangeCode === CODE_TOO_MANY_ORDERS) this.pauseOrders(error);
      throw error.kind === 'outcome-unknown' ? withPatience(error, performance.now() - sentAt) : error;
    }
  }

  private countOrder(isReducing: boolean): void {
    const wait = Math.min(this.orders.take(this.time.now(), isReducing), LONGEST_ORDER_WAIT);
    if (wait === 0) return;
    const retryAfterMs = Math.ceil(this.time.toWallMs(wait));
    throw new AppError('transient', 'EXCHANGE.RATE_LIMITED', 'no more orders may be sent now', {
      retryAfterMs,
    });
  }

  private observe({ orderCounts }: Answer): void {
    const now = this.time.now();
    for (const [periodMs, orders] of orderCounts ?? []) this.orders.observe(periodMs, orders, now);
  }

  private pauseOrders({ retryAfterMs = 0 }: AppError): void {
    this.orders.pause(this.time.now() + retryAfterMs * this.time.speed);
  }

  /** @throws the error itself when the clock cannot be set */
  private async setClock(error: AppError): Promise<void> {
    await this.time.sync(() => this.calls.serverTime()).catch(() => Promise.reject(error));
  }
}

/** The SDK takes its timestamp from this machine's clock, plus an offset, before it gives way to others. */
function request(client: USDMClient, call: SignedCall<unknown>, now: number): Promise<unknown> {
  const path = `fapi/${call.path}`;
  client.setTimeOffset(now - Date.now());
  switch (call.method) {
    case 'get':
      return client.getPrivate(path, call.params);
    case 'post':
      return call.isUnsigned === true ? client.post(path) : client.postPrivate(path, call.params);
    case 'put':
      return call.isUnsigned === true ? client.put(path) : client.putPrivate(path, call.params);
    case 'delete':
      return call.isUnsigned === true ? client.delete(path) : client.deletePrivate(path, call.params);
  }
}

/**
 * Says how long the exchange may still accept what was sent: an order that it does not know after that time was never
 * accepted.
 */
function withPatience(error: ExchangeError, elapsedMs: number): ExchangeError {
  const { kind, code, message, exchangeCode } = error;
  const retryAfterMs = Math.max(0, Math.ceil(RECV_WINDOW_MS + ACCEPTANCE_GRACE_MS - elapsedMs));
  return new ExchangeError(kind, code, message, { exchangeCode, retryAfterMs });
}

function keysOf({ BINANCE_API_KEY: apiKey, BINANCE_API_SECRET: apiSecret }: AppConfig): ApiKeys {
  if (apiKey !== undefined && apiKey !== '' && apiSecret !== undefined && apiSecret !== '')
    return { apiKey, apiSecret };
  const message = 'calls of the account need BINANCE_API_KEY and BINANCE_API_SECRET';
  throw new AppError('invalid', 'EXCHANGE.NO_KEYS', message);
}
