/**
 * A minimal server for the time before the service can be built, because what it stands on is away: alive, not ready,
 * and saying why, so that an orchestrator does not kill what only waits.
 */
import { createServer, type Server } from 'node:http';
import type { AppConfig } from '@slt/config';
import type { AppError } from '@slt/domain';
import { checkHost } from '../http/host-guard';
import { PROBLEM_TYPE, retryAfterSeconds, toProblem } from '../http/problem';
import { VERSION } from '../version';

export class WaitingRoom {
  private server: Server | undefined;
  private reason: AppError | undefined;

  constructor(private readonly config: Pick<AppConfig, 'HOST' | 'PORT'>) {}

  /** The port, while open; undefined otherwise. */
  get port(): number | undefined {
    const address = this.server?.address();
    return typeof address === 'object' ? address?.port : undefined;
  }

  /** Tells everybody this reason from now on. */
  async open(reason: AppError): Promise<void> {
    this.reason = reason;
    if (this.server !== undefined) return;
    const server = createServer((request, response) => {
      const { status, type, body, retryAfterMs } = this.answer(request.url ?? '/', request.headers.host);
      response.setHeader('content-type', type);
      if (retryAfterMs !== undefined) response.setHeader('retry-after', retryAfterSeconds(retryAfterMs));
      response
        .writeHead(status, { 'cache-control': 'no-store', connection: 'close' })
        .end(JSON.stringify(body));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(this.config.PORT, this.config.HOST, resolve);
    });
    this.server = server;
  }

  async close(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  private answer(
    url: string,
    host: string | undefined,
  ): { status: number; type: string; body: unknown; retryAfterMs?: number } {
    const context = { url, requestId: '' };
    try {
      checkHost(host, this.config.HOST);
    } catch (error) {
      const problem = toProblem(error, context);
      return { status: problem.status, type: PROBLEM_TYPE, body: problem };
    }
    if (url === '/health/live') {
      const body = { status: 'ok', uptimeSeconds: Math.round(process.uptime() * 10) / 10, version: VERSION };
      return { status: 200, type: 'application/json', body };
    }
    const problem = toProblem(this.reason, context);
    const retryAfterMs = problem.retryAfterMs ?? 1000;
    return { status: problem.status, type: PROBLEM_TYPE, body: problem, retryAfterMs };
  }
}
