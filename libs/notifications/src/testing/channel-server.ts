/** A channel's server of the test's own: answers as told, and remembers what it was sent and when. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Of a clock that only ascends. */
  readonly atMs: number;
}

export interface ScriptedAnswer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

export class ChannelServer {
  readonly received: Received[] = [];
  /** Given in turn, then 200 for ever; `silence` never answers. */
  readonly script: (ScriptedAnswer | 'silence')[] = [];

  private constructor(private readonly server: Server) {}

  static async start(port = 0): Promise<ChannelServer> {
    const server = createServer();
    const channel = new ChannelServer(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        channel.received.push({
          path: request.url!,
          headers: request.headers,
          body,
          atMs: performance.now(),
        });
        const answer = channel.script.shift() ?? { status: 200, body: '{"ok":true}' };
        if (answer === 'silence') return;
        response.writeHead(answer.status, answer.headers).end(answer.body ?? '');
      });
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return channel;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
