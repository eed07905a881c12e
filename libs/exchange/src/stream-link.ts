/**
 * A logical connection that outlives its sockets: reconnects with back-off, replaces a socket before the exchange ends
 * it, and one that has fallen silent. Its life is the table of core/link-life.
 */
import { AppError, type DurationMs } from '@slt/domain';
import { backoffMs } from './core/backoff';
import { canMove, type LinkEvent, type LinkPhase, moveLink } from './core/link-life';
import { connectionPatienceMs } from './core/silence';
import type { MarketStreamsOptions } from './stream-options';
import { StreamSocket } from './stream-socket';

export interface LinkListener {
  onData(message: Buffer, link: StreamLink): void;
  /** Open and subscribed, for the first time or again. */
  onLive?(link: StreamLink): void;
  /** What was live is so no more. */
  onLost?(link: StreamLink, reason: string): void;
  /** Subscribed again after a loss; frames may have been missed meanwhile. */
  onRestored(link: StreamLink, reason: string): void;
  /** Wall length of the shortest interval on the link. */
  shortestIntervalMs(link: StreamLink): DurationMs;
}

/** Where to connect to; asked for anew for each socket where it may change. */
export type LinkAddress = string | (() => Promise<string>);

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class StreamLink {
  readonly names = new Set<string>();
  reconnects = 0;
  /** performance.now() of the last frame, or of the moment when the link became live. */
  lastHeardAt = 0;
  private phase: LinkPhase = 'waiting';
  private socket: StreamSocket | undefined;
  private successor: StreamSocket | undefined;
  private readonly retiring = new Map<StreamSocket, NodeJS.Timeout>();
  private timers: { retry?: NodeJS.Timeout; rotate?: NodeJS.Timeout; watch?: NodeJS.Timeout } = {};
  private waiters: Waiter[] = [];
  private attempts = 0;
  private liveSince = 0;
  private vainRemedies = 0;
  private lossReason: string | undefined;

  constructor(
    private readonly address: LinkAddress,
    private readonly options: MarketStreamsOptions,
    private readonly listener: LinkListener,
  ) {}

  get isLive(): boolean {
    return this.phase === 'live' || this.phase === 'rotating';
  }

  /** Sockets that are open and serve. */
  get connections(): number {
    return (this.isLive ? 1 : 0) + this.retiring.size;
  }

  get refused(): number {
    return this.socket?.refused.size ?? 0;
  }

  start(): void {
    this.move('retry');
    void this.connect();
  }

  /** Changes what is streamed. @returns when the exchange has acknowledged it, however often that takes */
  async change(add: readonly string[], remove: readonly string[]): Promise<void> {
    for (const name of remove) this.names.delete(name);
    for (const name of add) this.names.add(name);
    if (!this.isLive || this.socket === undefined) return this.whenLive();
    try {
      await this.socket.reconcile(this.names);
    } catch {
      await this.whenLive();
    }
  }

  /** Subscribes the streams anew on the living socket. @throws AppError transient when the socket is lost meanwhile */
  async renew(names: readonly string[]): Promise<void> {
    await this.socket?.renew(names);
  }

  /** Gives the living socket up for a new one. */
  replace(reason: string): void {
    if (this.isLive) this.lose(this.socket, reason);
  }

  close(): void {
    this.move('close');
    this.stopTimers();
    for (const [socket, timer] of this.retiring) {
      clearTimeout(timer);
      socket.close();
    }
    this.retiring.clear();
    this.socket?.close();
    this.successor?.close();
    const error = new AppError('transient', 'EXCHANGE.STREAM_CLOSED', 'the streams were closed');
    for (const { reject } of this.waiters.splice(0)) reject(error);
  }

  private whenLive(): Promise<void> {
    return new Promise((resolve, reject) => this.waiters.push({ resolve, reject }));
  }

  private async connect(): Promise<void> {
    let socket = this.socket;
    try {
      const url = typeof this.address === 'string' ? this.address : await this.address();
      if (this.phase !== 'connecting') return;
      socket = this.createSocket(url);
      this.socket = socket;
      await socket.opened();
      await this.reconcileAll(socket);
      if (this.socket !== socket || this.phase !== 'connecting') return;
      this.becomeLive();
    } catch (error) {
      this.lose(socket, error instanceof Error ? error.message : String(error));
    }
  }

  /** Names may join while the last answer is on its way, so it is looked at once more before the socket serves. */
  private async reconcileAll(socket: StreamSocket): Promise<void> {
    do await socket.reconcile(this.names);
    while (!socket.holds(this.names));
  }

  private becomeLive(): void {
    this.move('subscribed');
    this.lastHeardAt = performance.now();
    this.liveSince = this.lastHeardAt;
    this.scheduleRotation();
    this.watch();
    const reason = this.lossReason;
    this.lossReason = undefined;
    this.listener.onLive?.(this);
    for (const { resolve } of this.waiters.splice(0)) resolve();
    if (reason !== undefined) this.listener.onRestored(this, reason);
  }

  /** @param socket undefined: none could be made yet */
  private lose(socket: StreamSocket | undefined, reason: string): void {
    if (socket !== undefined && socket === this.successor) return this.abandonSuccessor();
    if (socket !== this.socket || !canMove(this.phase, 'lost')) return;
    // Before the first success nothing was served, so nothing can have been missed.
    const wasLive = this.isLive;
    if (wasLive) this.lossReason = reason;
    // One that lives for moments only must not be asked for at full pace for ever.
    if (wasLive && performance.now() - this.liveSince >= this.options.stableMs) this.attempts = 0;
    this.move('lost');
    this.stopTimers();
    socket?.close();
    this.successor?.close();
    this.successor = undefined;
    this.reconnects++;
    const wait = backoffMs(this.attempts++, this.options.random(), this.options.backoff);
    this.timers.retry = setTimeout(() => this.start(), wait);
    if (wasLive) this.listener.onLost?.(this, reason);
  }

  private scheduleRotation(delay = this.options.lifetimeMs * (1 - 0.1 * this.options.random())): void {
    clearTimeout(this.timers.rotate);
    this.timers.rotate = setTimeout(() => void this.rotate(), delay);
  }

  /** New before old: the successor is subscribed while the old socket still serves, then both serve for a while. */
  private async rotate(): Promise<void> {
    this.move('expiring');
    let successor: StreamSocket | undefined;
    try {
      const url = typeof this.address === 'string' ? this.address : await this.address();
      if (this.phase !== 'rotating') return;
      successor = this.createSocket(url);
      this.successor = successor;
      await successor.opened();
      await this.reconcileAll(successor);
      if (this.successor !== successor || this.phase !== 'rotating') return;
      const old = this.socket!;
      this.socket = successor;
      this.successor = undefined;
      this.move('subscribed');
      this.retire(old);
      this.attempts = 0;
      this.scheduleRotation();
    } catch {
      if (this.successor === successor) this.abandonSuccessor();
    }
  }

  private abandonSuccessor(): void {
    this.successor?.close();
    this.successor = undefined;
    if (!canMove(this.phase, 'rotation-failed')) return;
    this.move('rotation-failed');
    this.scheduleRotation(backoffMs(this.attempts++, this.options.random(), this.options.backoff));
  }

  private retire(socket: StreamSocket): void {
    const timer = setTimeout(() => {
      this.retiring.delete(socket);
      socket.close();
    }, this.options.overlapMs);
    this.retiring.set(socket, timer);
  }

  private watch(): void {
    const { silenceMs } = this.options;
    this.timers.watch = setInterval(() => this.checkSilence(), Math.max(20, silenceMs / 5));
  }

  private checkSilence(): void {
    if (this.names.size === 0 || this.socket === undefined) return;
    const patience = connectionPatienceMs({
      streams: this.names.size,
      busyLimitMs: this.options.silenceMs,
      intervalMs: this.listener.shortestIntervalMs(this),
      vainRemedies: this.vainRemedies,
    });
    if (performance.now() - this.lastHeardAt <= patience) return;
    this.vainRemedies++;
    this.lose(this.socket, 'the connection fell silent');
  }

  private createSocket(url: string): StreamSocket {
    const socket: StreamSocket = new StreamSocket(url, this.options, {
      onData: (message) => this.takeData(message),
      onGone: (reason) => {
        const timer = this.retiring.get(socket);
        if (timer === undefined) return this.lose(socket, reason);
        clearTimeout(timer);
        this.retiring.delete(socket);
      },
    });
    return socket;
  }

  private takeData(message: Buffer): void {
    this.lastHeardAt = performance.now();
    this.vainRemedies = 0;
    this.listener.onData(message, this);
  }

  private move(event: LinkEvent): void {
    this.phase = moveLink(this.phase, event);
  }

  private stopTimers(): void {
    clearTimeout(this.timers.retry);
    clearTimeout(this.timers.rotate);
    clearInterval(this.timers.watch);
    this.timers = {};
  }
}
