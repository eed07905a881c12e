/**
 * A TCP proxy on loopback that can be cut, or frozen: what it stands before is then gone for whoever speaks through it,
 * or connected and silent.
 */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Hears what goes by, in pieces as they come. */
export interface ProxyListener {
  sent(chunk: Buffer): void;
  answered(chunk: Buffer): void;
}

export class TcpProxy {
  private readonly sockets = new Set<Socket>();
  private isCut = false;
  /** Connections that came while it was frozen. */
  private waiting: Socket[] | undefined;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
    private readonly listener: ProxyListener | undefined,
  ) {}

  /** @param url of the server behind; anything with a host and a port */
  static async before(url: string, listener?: ProxyListener): Promise<TcpProxy> {
    const server = createServer();
    const proxy = new TcpProxy(server, new URL(url), listener);
    server.on('connection', (socket) => proxy.pass(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** The same URL, through the proxy. */
  get url(): string {
    const url = new URL(this.target.href);
    url.hostname = '127.0.0.1';
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  /** Nothing goes through any more, and nothing is closed. */
  freeze(): void {
    this.waiting ??= [];
    for (const socket of this.sockets) socket.pause();
  }

  restore(): void {
    this.isCut = false;
    const { waiting = [] } = this;
    this.waiting = undefined;
    for (const socket of this.sockets) socket.resume();
    for (const socket of waiting) if (!socket.destroyed) this.pass(socket);
  }

  async close(): Promise<void> {
    this.cut();
    for (const socket of this.waiting ?? []) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private pass(socket: Socket): void {
    if (this.isCut) {
      socket.destroy();
      return;
    }
    if (this.waiting !== undefined) {
      socket.on('error', () => undefined);
      this.waiting.push(socket);
      return;
    }
    const behind = connect(Number(this.target.port), this.target.hostname);
    if (this.listener !== undefined) {
      const { listener } = this;
      socket.on('data', (chunk: Buffer) => listener.sent(chunk));
      behind.on('data', (chunk: Buffer) => listener.answered(chunk));
    }
    for (const [one, other] of [
      [socket, behind],
      [behind, socket],
    ] as const) {
      this.sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        this.sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  }
}
