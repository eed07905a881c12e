/**
 * One connection to `GET /v1/events`, kept up: it resumes after the last event it saw, waits longer after each failure,
 * and takes silence for a dead line, because the server sends a heartbeat every 15 seconds.
 */
import { type SseFrame, SseParser } from './sse-parser';

/** Longer than the server's heartbeat by enough for a slow phone. */
export const SILENCE_MS = 25_000;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;

export type StreamState =
  | { readonly kind: 'live' }
  /** `retryAt` is missing while an attempt is under way; wall clock. */
  | { readonly kind: 'down'; readonly retryAt?: number };

export interface StreamListener {
  event(frame: SseFrame): void;
  /** Live: from the first byte on. */
  state(state: StreamState): void;
  /** Any byte, heartbeats among them. */
  heard(): void;
}

export interface StreamOptions {
  readonly url: string;
  readonly fetch: typeof fetch;
  /** In [0, 1). */
  readonly random: () => number;
  readonly now: () => number;
}

/** Before the attempt after so many failures in a row: doubling, and spread so that many pages do not come at once. */
export function retryDelayMs(failures: number, random: number): number {
  const longest = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(failures - 1, 10));
  return Math.round(longest * (0.5 + random / 2));
}

export class EventStream {
  private lastId: string | undefined;
  private failures = 0;
  private attempt: AbortController | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;
  private isStopped = false;

  private url: string;

  constructor(
    private readonly listener: StreamListener,
    private readonly options: StreamOptions,
  ) {
    this.url = options.url;
  }

  start(): void {
    this.isStopped = false;
    void this.connect();
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
    this.endAttempt();
  }

  /** Without waiting for the delay: the network is back, or the page is looked at again. */
  retryNow(): void {
    if (this.isStopped || this.attempt !== undefined) return;
    clearTimeout(this.timer);
    void this.connect();
  }

  /** Asks at another address from now on, at once; what is told meanwhile is told after it. */
  move(url: string): void {
    if (url === this.url) return;
    this.url = url;
    // While it waits for the service, the next attempt is early enough.
    if (this.isStopped || this.attempt === undefined) return;
    this.endAttempt();
    void this.connect();
  }

  private async connect(): Promise<void> {
    const attempt = new AbortController();
    this.attempt = attempt;
    this.expectSound();
    try {
      const headers = this.lastId === undefined ? {} : { 'last-event-id': this.lastId };
      const { fetch } = this.options;
      const response = await fetch(this.url, { headers, signal: attempt.signal, cache: 'no-store' });
      if (!response.ok || response.body === null) throw new Error(`the stream answered ${response.status}`);
      await this.read(response.body, attempt.signal);
    } catch {
      // Refused, cut off or silent: all are answered by another attempt.
    }
    if (this.attempt !== attempt) return;
    this.endAttempt();
    this.postpone();
  }

  private async read(body: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<void> {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    const parser = new SseParser();
    let isFirst = true;
    for (;;) {
      const { done, value } = await reader.read();
      if (done || signal.aborted) return;
      this.expectSound();
      if (isFirst) this.listener.state({ kind: 'live' });
      isFirst = false;
      this.failures = 0;
      this.listener.heard();
      for (const frame of parser.push(decoder.decode(value, { stream: true }))) this.take(frame);
    }
  }

  private take(frame: SseFrame): void {
    if (frame.id !== undefined) this.lastId = frame.id;
    this.listener.event(frame);
  }

  private postpone(): void {
    if (this.isStopped) return;
    this.failures++;
    const delayMs = retryDelayMs(this.failures, this.options.random());
    this.listener.state({ kind: 'down', retryAt: this.options.now() + delayMs });
    this.timer = setTimeout(() => {
      this.listener.state({ kind: 'down' });
      void this.connect();
    }, delayMs);
  }

  private expectSound(): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.attempt?.abort(), SILENCE_MS);
  }

  private endAttempt(): void {
    clearTimeout(this.silence);
    const { attempt } = this;
    this.attempt = undefined;
    attempt?.abort();
  }
}
