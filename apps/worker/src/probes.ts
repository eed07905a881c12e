/** The worker's few answers over HTTP: probes and metrics. It takes no orders. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HistoryService } from '@slt/history';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

export type ProbedHistory = Pick<HistoryService, 'isWorking' | 'queueHealth'>;

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const TEXT = 'text/plain; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';

export class Probes {
  private readonly registry = new Registry();
  private readonly server: Server;

  constructor(private readonly history: ProbedHistory) {
    collectDefaultMetrics({ register: this.registry });
    this.describeJobs();
    this.server = createServer((request, response) => void this.respond(request, response));
  }

  /** @returns where it listens, `http://host:port` */
  async listen(host: string, port: number): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, resolve);
    });
    const address = this.server.address() as AddressInfo;
    return `http://${address.address.includes(':') ? `[${address.address}]` : address.address}:${address.port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await this.answer(request).catch((error: Error) => plain(500, error.message));
    response.writeHead(answer.status, { 'content-type': answer.type, 'cache-control': 'no-store' });
    response.end(request.method === 'HEAD' ? undefined : answer.body);
  }

  private async answer({ method, url = '/' }: IncomingMessage): Promise<Answer> {
    if (method !== 'GET' && method !== 'HEAD') return plain(405, 'GET only');
    switch (url.split('?', 1)[0]) {
      case '/health/live':
        return json(200, { status: 'ok' });
      case '/health/ready':
        return this.readiness();
      case '/metrics':
        return { status: 200, type: this.registry.contentType, body: await this.registry.metrics() };
      default:
        return plain(404, 'nothing here');
    }
  }

  private async readiness(): Promise<Answer> {
    const queue = await this.history.queueHealth();
    const isReady = queue.up && this.history.isWorking;
    return json(isReady ? 200 : 503, {
      status: isReady ? 'ok' : 'error',
      working: this.history.isWorking,
      queue,
    });
  }

  private describeJobs(): void {
    const { history } = this;
    new Gauge({
      name: 'slt_history_jobs',
      help: 'History jobs in the queue by state',
      labelNames: ['state'],
      registers: [this.registry],
      async collect() {
        const { counts } = await history.queueHealth();
        this.reset();
        for (const [state, count] of Object.entries(counts)) this.set({ state }, count);
      },
    });
  }
}

function plain(status: number, body: string): Answer {
  return { status, type: TEXT, body: `${body}\n` };
}

function json(status: number, body: unknown): Answer {
  return { status, type: JSON_TYPE, body: JSON.stringify(body) };
}
