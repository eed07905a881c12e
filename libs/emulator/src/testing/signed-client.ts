/** A client that signs, for the emulator's specs: every byte of a request is in its hands. */
import { createHmac } from 'node:crypto';
import { parse } from 'lossless-json';
import { DEFAULT_API_KEY, DEFAULT_API_SECRET } from '../account/api-keys';
import { exchange, type RawResponse } from './raw-client';

type Values = Readonly<Record<string, string | number | boolean | undefined>>;

export interface SignedOptions {
  readonly apiKey?: string;
  readonly apiSecret?: string;
  /** What the client takes for the exchange's time. */
  readonly now: () => number;
}

export interface Answer {
  readonly status: number;
  readonly headers: RawResponse['headers'];
  /** Whole numbers beyond 2^53 are big integers. */
  readonly body: Record<string, unknown> & unknown[];
  readonly text: string;
}

export class SignedClient {
  constructor(
    private readonly url: string,
    private readonly options: SignedOptions,
  ) {}

  get(path: string, params: Values = {}): Promise<Answer> {
    return this.call('GET', path, params);
  }

  post(path: string, params: Values = {}): Promise<Answer> {
    return this.call('POST', path, params);
  }

  put(path: string, params: Values = {}): Promise<Answer> {
    return this.call('PUT', path, params);
  }

  delete(path: string, params: Values = {}): Promise<Answer> {
    return this.call('DELETE', path, params);
  }

  /** Parameters in the query, the signature last. */
  call(method: string, path: string, params: Values, timeoutMs?: number): Promise<Answer> {
    const query = encode({ ...params, timestamp: this.options.now() });
    return this.send({ method, path, query: `${query}&signature=${this.sign(query)}`, timeoutMs });
  }

  sign(payload: string): string {
    const secret = this.options.apiSecret ?? DEFAULT_API_SECRET;
    return createHmac('sha256', secret).update(payload).digest('hex');
  }

  /** Exactly these bytes. @param apiKey '' for no header */
  async send(request: {
    method: string;
    path: string;
    query?: string;
    body?: string;
    apiKey?: string;
    timeoutMs?: number | undefined;
  }): Promise<Answer> {
    const { method, path, query = '', body, timeoutMs = 5_000 } = request;
    const apiKey = request.apiKey ?? this.options.apiKey ?? DEFAULT_API_KEY;
    const headers = {
      ...(apiKey === '' ? {} : { 'x-mbx-apikey': apiKey }),
      ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
    };
    const url = `${this.url}${path}${query === '' ? '' : `?${query}`}`;
    const response = await exchange({ method, url, headers, body, timeoutMs });
    return {
      status: response.status,
      headers: response.headers,
      body: bodyOf(response),
      text: response.body,
    };
  }
}

export function encode(params: Values): string {
  return Object.entries(params)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
    .join('&');
}

function bodyOf({ body, headers }: RawResponse): Answer['body'] {
  if (!String(headers['content-type']).includes('json')) return body as never;
  try {
    return parse(body, undefined, numberOf) as Answer['body'];
  } catch {
    return body as never;
  }
}

function numberOf(text: string): number | bigint {
  const value = Number(text);
  return Number.isSafeInteger(value) || !/^-?\d+$/.test(text) ? value : BigInt(text);
}
