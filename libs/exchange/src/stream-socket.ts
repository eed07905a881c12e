/**
 * One WebSocket to the exchange, from handshake to its end; never reconnects. Requests are paced and acknowledged; a
 * heartbeat finds sockets whose other end has gone without a word.
 */
import { type RawData, WebSocket } from 'ws';
import { AppError } from '@slt/domain';
import { chunk } from './core/shard-plan';
import { parseStreamMessage } from './core/stream-frame';
import { redact } from './core/redact';
import type { MarketStreamsOptions } from './stream-options';

export interface SocketListener {
  /** A message that is no reply to us. */
  onData(message: Buffer): void;
  /** Once, when the socket is unusable, unless it was closed by us. */
  onGone(reason: string): void;
}

interface Request {
  readonly resolve: (isAccepted: boolean) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

type Method = 'SUBSCRIBE' | 'UNSUBSCRIBE';

const LARGEST_REPLY_BYTES = 64 * 1024;
const LARGEST_MESSAGE_BYTES = 4 * 1024 * 1024;
const CLOSE_GRACE_MS = 500;
/** The wrapper's first letter after `{"`: data begins with "stream", replies never do. */
const WRAPPER_LETTER = 's'.charCodeAt(0);

export class StreamSocket {
  /** What the exchange has acknowledged. */
  readonly subscribed = new Set<string>();
  /** What the exchange does not accept; not asked for again on this socket. */
  readonly refused = new Set<string>();
  private readonly socket: WebSocket;
  private readonly requests = new Map<number, Request>();
  private heartbeat: NodeJS.Timeout | undefined;
  private pongTimer: NodeJS.Timeout | undefined;
  private queue: Promise<unknown> = Promise.resolve();
  private nextId = 1;
  private lastSentAt = Number.NEGATIVE_INFINITY;
  private isGone = false;

  constructor(
    url: string,
    private readonly options: MarketStreamsOptions,
    private readonly listener: SocketListener,
  ) {
    this.socket = new WebSocket(url, {
      handshakeTimeout: options.handshakeTimeoutMs,
      perMessageDeflate: false,
      skipUTF8Validation: true,
      maxPayload: LARGEST_MESSAGE_BYTES,
    });
    this.socket.on('message', (message) => this.take(message));
    this.socket.on('pong', () => this.heard());
    this.socket.on('ping', () => this.heard());
    this.socket.on('close', (code) => this.end(`the connection was closed (${code})`));
    this.socket.on('error', (error) => this.end(`the connection failed (${redact(error.message)})`));
  }

  /** @throws AppError transient, `EXCHANGE.STREAM_LOST` */
  async opened(): Promise<void> {
    if (this.socket.readyState === WebSocket.CONNECTING) {
      await new Promise<void>((resolve) => {
        this.socket.once('open', resolve);
        this.socket.once('close', () => resolve());
        this.socket.once('error', () => resolve());
      });
    }
    if (this.isGone || this.socket.readyState !== WebSocket.OPEN)
      throw lost('the connection could not be opened');
    this.heartbeat = setInterval(() => this.ping(), this.options.pingEveryMs);
  }

  /** Brings the exchange's subscriptions in line with the names, one change at a time. @throws as opened */
  reconcile(wanted: ReadonlySet<string>): Promise<void> {
    return this.inTurn(async () => {
      for (;;) {
        const missing = [...wanted].filter((name) => !this.subscribed.has(name) && !this.refused.has(name));
        const surplus = [...this.subscribed].filter((name) => !wanted.has(name));
        if (missing.length + surplus.length === 0) return;
        if (surplus.length > 0) await this.unsubscribe(surplus);
        if (missing.length > 0) await this.subscribe(missing);
      }
    });
  }

  /** Whether the exchange has answered for exactly these names. */
  holds(wanted: ReadonlySet<string>): boolean {
    return (
      [...wanted].every((name) => this.subscribed.has(name) || this.refused.has(name)) &&
      [...this.subscribed].every((name) => wanted.has(name))
    );
  }

  /** Subscribes anew what is subscribed already. @throws as opened */
  renew(names: readonly string[]): Promise<void> {
    return this.inTurn(async () => {
      const held = names.filter((name) => this.subscribed.has(name));
      if (held.length === 0) return;
      await this.unsubscribe(held);
      await this.subscribe(held);
    });
  }

  /** Politely, then by force. The listener hears nothing any more. */
  close(): void {
    if (this.isGone) return;
    this.retire('closed by us');
    if (this.socket.readyState !== WebSocket.OPEN) return this.socket.terminate();
    this.socket.close(1000);
    const timer = setTimeout(() => this.socket.terminate(), CLOSE_GRACE_MS);
    this.socket.once('close', () => clearTimeout(timer));
  }

  private async subscribe(names: readonly string[]): Promise<void> {
    for (const part of chunk(names, this.options.streamsPerMessage)) await this.subscribePart(part);
  }

  /** One bad name spoils the whole request, so a refused one is halved until the culprit stands alone. */
  private async subscribePart(names: readonly string[]): Promise<void> {
    if (await this.request('SUBSCRIBE', names)) for (const name of names) this.subscribed.add(name);
    else if (names.length === 1) this.refused.add(names[0]!);
    else for (const half of chunk(names, Math.ceil(names.length / 2))) await this.subscribePart(half);
  }

  private async unsubscribe(names: readonly string[]): Promise<void> {
    for (const part of chunk(names, this.options.streamsPerMessage)) {
      await this.request('UNSUBSCRIBE', part);
      for (const name of part) this.subscribed.delete(name);
    }
  }

  private async request(method: Method, params: readonly string[]): Promise<boolean> {
    const wait = this.lastSentAt + this.options.messageGapMs - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    if (this.isGone) throw lost('the connection is gone');
    this.lastSentAt = performance.now();
    const id = this.nextId++;
    return new Promise<boolean>((resolve, reject) => {
      const timer = setTimeout(
        () => this.fail('a subscription was not acknowledged'),
        this.options.ackTimeoutMs,
      );
      this.requests.set(id, { resolve, reject, timer });
      this.socket.send(JSON.stringify({ method, params, id }));
    });
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.queue.then(work);
    this.queue = turn.catch(() => undefined);
    return turn;
  }

  private take(message: RawData): void {
    if (this.isGone) return;
    this.heard();
    const bytes = message as Buffer;
    const mayBeReply = bytes[2] !== WRAPPER_LETTER && bytes.length < LARGEST_REPLY_BYTES;
    if (!mayBeReply || !this.takeReply(bytes)) this.listener.onData(bytes);
  }

  private takeReply(bytes: Buffer): boolean {
    const reply = parseStreamMessage(bytes.toString('utf8'), 0);
    if (reply.kind !== 'ack' && reply.kind !== 'refusal') return false;
    const request = reply.id === undefined ? undefined : this.requests.get(reply.id);
    if (request === undefined || reply.id === undefined) return true;
    clearTimeout(request.timer);
    this.requests.delete(reply.id);
    request.resolve(reply.kind === 'ack');
    return true;
  }

  private ping(): void {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    this.socket.ping();
    this.pongTimer ??= setTimeout(() => this.fail('the connection is half open'), this.options.pongTimeoutMs);
  }

  private heard(): void {
    clearTimeout(this.pongTimer);
    this.pongTimer = undefined;
  }

  private fail(reason: string): void {
    this.end(reason);
    this.socket.terminate();
  }

  private end(reason: string): void {
    if (this.isGone) return;
    this.retire(reason);
    this.listener.onGone(reason);
  }

  private retire(reason: string): void {
    this.isGone = true;
    clearInterval(this.heartbeat);
    clearTimeout(this.pongTimer);
    for (const { reject, timer } of this.requests.values()) {
      clearTimeout(timer);
      reject(lost(reason));
    }
    this.requests.clear();
  }
}

function lost(reason: string): AppError {
  return new AppError('transient', 'EXCHANGE.STREAM_LOST', reason);
}
