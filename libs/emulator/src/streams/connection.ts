/** One stream connection: answers control messages, keeps the limits, pings, and ends after its lifetime. */
import type { DurationMs } from '@slt/domain';
import type { RawData, WebSocket } from 'ws';
import { MessageRate } from '../limits/message-rate';
import { answer, parseControlMessage, type ControlMessage } from './control-message';
import type { StreamAddress } from './stream-url';

export interface ConnectionLimits {
  readonly messagesPerSecond: number;
  readonly streamsPerConnection: number;
  /** Wall time. */
  readonly connectionLifetimeMs: DurationMs;
  /** Wall time between the server's pings. */
  readonly pingIntervalMs: DurationMs;
  /** Wall time without any pong after which the connection is closed. */
  readonly pongTimeoutMs: DurationMs;
}

/** Who wants to know what is subscribed. */
export interface SubscriptionListener {
  subscribed(connection: Connection, stream: string): void;
  unsubscribed(connection: Connection, stream: string): void;
  closed(connection: Connection): void;
}

/** A frame in both forms, made once for all subscribers. */
export interface Frame {
  readonly raw: Buffer;
  readonly combined: Buffer;
}

const POLICY_VIOLATION = 1008;
const GOING_AWAY = 1001;
/** A client that reads this much too slowly is disconnected. */
const MAX_BUFFERED_BYTES = 64 * 1024 * 1024;

export class Connection {
  /** Frames are left out while one of these fault rules exists. */
  readonly silencedBy = new Set<string>();
  /** Silent-stream rules that have looked at this connection. */
  readonly judgedBy = new WeakSet<object>();
  readonly streams = new Set<string>();
  readonly route: StreamAddress['route'];
  /** `/market/stream`: what the connection asked for, without query. */
  readonly path: string;
  private readonly events: ReadonlySet<string> | undefined;
  private readonly rate: MessageRate;
  private readonly timers: NodeJS.Timeout[] = [];
  /** Frames under way on a slow line, oldest first. */
  private readonly delayed: { readonly frame: Frame; readonly at: number }[] = [];
  private wake: NodeJS.Timeout | undefined;
  private isCombined: boolean;
  private lastPongAt = performance.now();
  private frozen = false;

  constructor(
    private readonly socket: WebSocket,
    address: StreamAddress,
    private readonly limits: ConnectionLimits,
    private readonly listener: SubscriptionListener,
  ) {
    this.route = address.route;
    this.path = address.path;
    this.isCombined = address.isCombined;
    this.events = address.events;
    this.rate = new MessageRate(limits.messagesPerSecond);
    this.listen();
    this.keepAlive();
    this.subscribe(address.streams);
  }

  /** @param delayMs wall time by which the frame is late; frames never overtake each other */
  send(frame: Frame, delayMs: DurationMs = 0): void {
    if (delayMs === 0 && this.delayed.length === 0) return this.write(frame);
    const at = Math.max(performance.now() + delayMs, this.delayed.at(-1)?.at ?? 0);
    this.delayed.push({ frame, at });
    if (this.delayed.length === 1) this.wakeAt(at);
  }

  /** Whether the connection asked for events of this kind. */
  wants(event: string): boolean {
    return this.events?.has(event) !== false;
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason);
  }

  /** Destroys the TCP connection without a closing handshake. */
  drop(): void {
    this.socket.terminate();
  }

  /** Half-open from now on: the TCP connection stays, nothing is sent or answered any more. */
  freeze(): void {
    this.frozen = true;
    // Not even a closing handshake is read; so the client's end goes unseen too, and nothing is made for it any more.
    this.socket.pause();
    this.stopTimers();
    this.listener.closed(this);
  }

  private write(frame: Frame): void {
    if (this.frozen || this.socket.readyState !== this.socket.OPEN) return;
    if (this.socket.bufferedAmount > MAX_BUFFERED_BYTES) return this.socket.terminate();
    this.socket.send(this.isCombined ? frame.combined : frame.raw, { binary: false });
  }

  private wakeAt(at: number): void {
    this.wake = setTimeout(() => this.flush(), Math.max(0, at - performance.now()));
  }

  private flush(): void {
    const now = performance.now();
    while (this.delayed[0] !== undefined && this.delayed[0].at <= now)
      this.write(this.delayed.shift()!.frame);
    if (this.delayed[0] !== undefined) this.wakeAt(this.delayed[0].at);
  }

  private listen(): void {
    this.socket.on('message', (data, isBinary) => this.onMessage(data, isBinary));
    this.socket.on('ping', (payload: Buffer) => {
      if (this.admit() && !this.frozen) this.socket.pong(payload);
    });
    this.socket.on('pong', () => {
      this.lastPongAt = performance.now();
      this.admit();
    });
    // An error is always followed by `close`.
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => {
      this.stopTimers();
      this.listener.closed(this);
    });
  }

  private keepAlive(): void {
    const { pingIntervalMs, pongTimeoutMs, connectionLifetimeMs } = this.limits;
    const ping = setInterval(() => {
      if (performance.now() - this.lastPongAt > pongTimeoutMs) this.close(POLICY_VIOLATION, 'Pong timeout');
      else this.socket.ping(String(Date.now()));
    }, pingIntervalMs);
    const end = setTimeout(
      () => this.close(GOING_AWAY, 'Connection lifetime exceeded'),
      Math.min(connectionLifetimeMs, 2 ** 31 - 1),
    );
    this.timers.push(ping, end);
  }

  private stopTimers(): void {
    for (const timer of this.timers) clearTimeout(timer);
    clearTimeout(this.wake);
  }

  private onMessage(data: RawData, isBinary: boolean): void {
    if (this.frozen || !this.admit()) return;
    if (isBinary) return this.close(POLICY_VIOLATION, 'Invalid request');
    const reply = this.handle(parseControlMessage((data as Buffer).toString('utf8')));
    if (reply !== undefined) this.socket.send(reply);
  }

  private handle(message: ControlMessage): string | undefined {
    switch (message.kind) {
      case 'subscribe':
        return this.subscribe(message.streams) ? answer(message.id, null) : undefined;
      case 'unsubscribe':
        for (const stream of message.streams) {
          if (this.streams.delete(stream)) this.listener.unsubscribed(this, stream);
        }
        return answer(message.id, null);
      case 'list':
        return answer(message.id, [...this.streams]);
      case 'set-combined':
        this.isCombined = message.isCombined;
        return answer(message.id, null);
      case 'get-combined':
        return answer(message.id, this.isCombined);
      case 'refused':
        return message.answer;
    }
  }

  /** @returns false when that would be too many; the connection is closed then */
  private subscribe(streams: readonly string[]): boolean {
    const fresh = new Set(streams.filter((stream) => !this.streams.has(stream)));
    if (this.streams.size + fresh.size > this.limits.streamsPerConnection) {
      this.close(POLICY_VIOLATION, 'Too many streams');
      return false;
    }
    for (const stream of fresh) {
      this.streams.add(stream);
      this.listener.subscribed(this, stream);
    }
    return true;
  }

  private admit(): boolean {
    if (this.rate.admit(performance.now())) return true;
    this.close(POLICY_VIOLATION, 'Too many requests');
    return false;
  }
}
