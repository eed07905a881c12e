/**
 * The `binance` SDK as a pipe: one call out, its bytes, status and headers back. The SDK's own answer has no headers
 * and turns broken JSON into a string, so its HTTP client is told to hand over each answer as it came.
 */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { USDMClient } from 'binance/lib/usdm-client';
import { type DurationMs, MINUTE_MS, SECOND_MS } from '@slt/domain';
import { ExchangeEndpoint } from './endpoint';
import type { CallFailure } from './core/exchange-error';

export interface Answer {
  readonly status: number;
  readonly bytes: Buffer;
  /** X-MBX-USED-WEIGHT-1M, where the answer has it. */
  readonly usedWeight?: number;
  /** X-MBX-ORDER-COUNT-10S and -1M, by their lengths in milliseconds; answers to orders have them. */
  readonly orderCounts?: ReadonlyMap<number, number>;
  readonly retryAfter?: string;
}

export interface ApiKeys {
  readonly apiKey: string;
  readonly apiSecret: string;
}

export interface TransportOptions {
  /** For signed calls. Market data goes without: it must not cost a signature, and there is nothing to leak. */
  readonly keys?: ApiKeys;
  /** No byte for so long: the call has failed. */
  readonly timeoutMs?: number;
  /** The whole call, a body that drips included. */
  readonly deadlineMs?: number;
}

/** A call that brought no usable answer. */
export class CallError extends Error {
  override readonly name = 'CallError';

  constructor(
    readonly failure: CallFailure,
    readonly usedWeight?: number,
  ) {
    super(`HTTP ${failure.status ?? failure.networkCode}`);
  }
}

type HttpOptions = NonNullable<ConstructorParameters<typeof USDMClient>[1]>;

/** The exchange refuses a signed call that arrives later than this after its timestamp. */
export const RECV_WINDOW_MS: DurationMs = 5 * SECOND_MS;
const NO_BYTES = Buffer.alloc(0);
const MAX_SOCKETS = 256;
const ORDER_COUNT_HEADERS: readonly (readonly [string, DurationMs])[] = [
  ['x-mbx-order-count-10s', 10 * SECOND_MS],
  ['x-mbx-order-count-1m', MINUTE_MS],
];
const MAX_BODY_BYTES = 64 * 1024 * 1024;

@Injectable()
export class RestTransport implements OnApplicationShutdown {
  private readonly agents: readonly [HttpAgent, HttpsAgent];
  /** Private to the language too: it holds the keys, and what is printed or serialised must not show them. */
  readonly #client: USDMClient;
  private readonly deadlineMs: number;

  constructor(endpoint: ExchangeEndpoint, options: TransportOptions = {}) {
    const agentOptions = { keepAlive: true, maxSockets: MAX_SOCKETS, maxFreeSockets: 64 };
    this.agents = [new HttpAgent(agentOptions), new HttpsAgent(agentOptions)];
    this.deadlineMs = options.deadlineMs ?? 20_000;
    const { keys } = options;
    this.#client = new USDMClient(
      {
        ...(keys === undefined ? {} : { api_key: keys.apiKey, api_secret: keys.apiSecret }),
        recvWindow: RECV_WINDOW_MS,
        baseUrl: endpoint.restUrl,
        parseExceptions: false,
        filterUndefinedParams: true,
        disableTimeSync: true,
        beautifyResponses: false,
      },
      this.httpOptions(endpoint, options.timeoutMs ?? 10_000),
    );
  }

  /** @throws CallError for every status but 200 and when no answer came */
  async call(request: (client: USDMClient) => Promise<unknown>): Promise<Answer> {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new CallError({ networkCode: 'ETIMEDOUT' })), this.deadlineMs);
    });
    try {
      return (await Promise.race([request(this.#client), deadline])) as Answer;
    } catch (error) {
      throw toCallError(error);
    } finally {
      clearTimeout(timer);
    }
  }

  onApplicationShutdown(): void {
    this.close();
  }

  close(): void {
    for (const agent of this.agents) agent.destroy();
  }

  private httpOptions(endpoint: ExchangeEndpoint, timeoutMs: number): HttpOptions {
    const isLocal = endpoint.restUrl.startsWith('http:');
    return {
      timeout: timeoutMs,
      httpAgent: this.agents[0],
      httpsAgent: this.agents[1],
      maxContentLength: MAX_BODY_BYTES,
      maxRedirects: 0,
      responseType: 'arraybuffer',
      ...(isLocal ? { proxy: false } : {}),
      transformResponse: [
        (body: unknown, headers: Record<string, unknown>, status?: number): Answer =>
          toAnswer(body, headers, status ?? 0),
      ],
    };
  }
}

function toAnswer(body: unknown, headers: Record<string, unknown>, status: number): Answer {
  const usedWeight = count(headers['x-mbx-used-weight-1m']);
  const orderCounts = ORDER_COUNT_HEADERS.flatMap(([name, period]): [number, number][] => {
    const orders = count(headers[name]);
    return orders === undefined ? [] : [[period, orders]];
  });
  const retryAfter = headers['retry-after'];
  return {
    status,
    bytes: Buffer.isBuffer(body) ? body : NO_BYTES,
    ...(usedWeight === undefined ? {} : { usedWeight }),
    ...(orderCounts.length === 0 ? {} : { orderCounts: new Map(orderCounts) }),
    ...(typeof retryAfter === 'string' ? { retryAfter } : {}),
  };
}

function count(header: unknown): number | undefined {
  const value = Number.parseInt(String(header), 10);
  return value >= 0 ? value : undefined;
}

/** What the HTTP client throws holds the whole request, so nothing of it is kept but these few fields. */
function toCallError(error: unknown): CallError {
  if (error instanceof CallError) return error;
  const { response, code } = error as { response?: { status?: number; data?: unknown }; code?: unknown };
  const networkCode = typeof code === 'string' ? code : error instanceof Error ? error.name : 'unknown';
  if (response?.status === undefined) return new CallError({ networkCode });
  // The body broke off after the head had come: what stands in `data` is no answer.
  if (!isAnswer(response.data)) return new CallError({ networkCode });
  const { bytes, usedWeight, retryAfter } = response.data;
  const failure = {
    status: response.status,
    body: bytes.toString(),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
  return new CallError(failure, usedWeight);
}

function isAnswer(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null && 'bytes' in value && 'status' in value;
}
