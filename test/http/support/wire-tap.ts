/** A TCP relay on loopback that hears all of what goes by, in the clear. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Of what was heard; what matters is among it within milliseconds. */
const KEPT_CHARACTERS = 64 * 1024 * 1024;

export class WireTap {
  /** What was sent to the server behind, and what it answered. */
  sent = '';
  answered = '';
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {}

  static async before(url: string): Promise<WireTap> {
    const server = createServer();
    const tap = new WireTap(server, new URL(url));
    server.on('connection', (socket) => tap.relay(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return tap;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private relay(socket: Socket): void {
    const behind = connect(Number(this.target.port), this.target.hostname);
    socket.on('data', (chunk) => (this.sent = kept(this.sent + chunk.toString('latin1'))));
    behind.on('data', (chunk) => {
      // Candles are the bulk of it, and tell nothing.
      const text = chunk.toString('latin1');
      if (text.includes('listenKey')) this.answered = kept(this.answered + text);
    });
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

const kept = (text: string): string =>
  text.length > 2 * KEPT_CHARACTERS ? text.slice(-KEPT_CHARACTERS) : text;
