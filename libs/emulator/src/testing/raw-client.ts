/** Plain HTTP and WebSocket clients for the emulator's specs. */
import { request } from 'node:http';
import { WebSocket } from 'ws';

export interface RawResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** One request on a connection of its own; rejects when the connection breaks, or after `timeoutMs` without an answer. */
export function get(url: string, timeoutMs = 5_000): Promise<RawResponse> {
  return send('GET', url, undefined, timeoutMs);
}

export async function getJson<T>(url: string): Promise<T> {
  return JSON.parse((await get(url)).body) as T;
}

export function send(method: string, url: string, json?: unknown, timeoutMs = 5_000): Promise<RawResponse> {
  const headers: Record<string, string> = json === undefined ? {} : { 'content-type': 'application/json' };
  const body = json === undefined ? undefined : JSON.stringify(json);
  return exchange({ method, url, headers, body, timeoutMs });
}

/** What goes over the wire, to the byte. */
export interface RawRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly timeoutMs: number;
}

export function exchange({ method, url, headers, body, timeoutMs }: RawRequest): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method, agent: false, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    call.setTimeout(timeoutMs, () => call.destroy(new Error('no answer')));
    call.on('error', reject);
    call.end(body);
  });
}

/** A stream connection that keeps all it hears. */
export class RawStream {
  readonly messages: unknown[] = [];
  readonly pings: string[] = [];
  closed: { code: number; reason: string } | undefined;
  private readonly socket: WebSocket;

  constructor(url: string, options: { autoPong?: boolean } = {}) {
    this.socket = new WebSocket(url, { autoPong: options.autoPong ?? true, perMessageDeflate: false });
    this.socket.on('message', (data: Buffer) => this.messages.push(JSON.parse(data.toString('utf8'))));
    this.socket.on('ping', (data: Buffer) => this.pings.push(data.toString('utf8')));
    this.socket.on('close', (code, reason) => (this.closed = { code, reason: reason.toString('utf8') }));
    this.socket.on('error', () => undefined);
  }

  opened(): Promise<this> {
    return new Promise((resolve, reject) => {
      this.socket.once('open', () => resolve(this));
      this.socket.once('error', reject);
    });
  }

  say(message: unknown): void {
    this.socket.send(
      typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message),
    );
  }

  ping(): void {
    this.socket.ping('x');
  }

  /** Whether a ping is answered in time. */
  answersPing(timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), timeoutMs);
      this.socket.once('pong', () => {
        clearTimeout(timer);
        resolve(true);
      });
      this.socket.ping('x');
    });
  }

  close(): void {
    this.socket.terminate();
  }

  /** Frames of an event kind, unwrapped. */
  frames(event: string): Record<string, unknown>[] {
    return this.messages
      .map((message) => (message as { data?: unknown }).data ?? message)
      .flat()
      .filter((data) => (data as { e?: unknown }).e === event) as Record<string, unknown>[];
  }

  closes(symbol?: string): KlineCandle[] {
    return this.frames('kline')
      .map((frame) => frame.k as KlineCandle)
      .filter((candle) => candle.x && (symbol === undefined || candle.s === symbol));
  }
}

export interface KlineCandle {
  readonly t: number;
  readonly T: number;
  readonly s: string;
  readonly o: string;
  readonly c: string;
  readonly h: string;
  readonly l: string;
  readonly v: string;
  readonly n: number;
  readonly f: number;
  readonly L: number;
  readonly x: boolean;
  readonly q: string;
  readonly V: string;
  readonly Q: string;
}
