/**
 * Bull Board, read only, as a server of its own inside this one: it is made when somebody first looks, takes no port, and
 * brings its parsers and routes into nobody's way.
 */
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { HistoryService } from '@slt/history';
import { NotificationsService } from '@slt/notifications';

export const BOARD_PATH = '/queues';

/** Its own style rules stand in elements; its base is itself. It asks a font of another host, which stays unasked. */
export const BOARD_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const FOREIGN_FONT = /<link [^>]*href="https:[^>]*>/g;

export interface BoardAnswer {
  readonly status: number;
  readonly type: string;
  readonly isLasting: boolean;
  readonly body: Buffer | string;
}

@Injectable()
export class QueueBoard implements OnModuleDestroy {
  private made: Promise<FastifyInstance> | undefined;

  constructor(
    private readonly history: HistoryService,
    private readonly notifications: NotificationsService,
  ) {}

  async onModuleDestroy(): Promise<void> {
    const server = await this.made?.catch(() => undefined);
    await server?.close();
  }

  /** @param url path and query, below BOARD_PATH */
  async answer(url: string): Promise<BoardAnswer> {
    this.made ??= this.make().catch((error: unknown) => {
      this.made = undefined;
      throw error;
    });
    const server = await this.made;
    const response = await server.inject({ method: 'GET', url });
    const type = String(response.headers['content-type'] ?? 'application/octet-stream');
    const isPage = type.startsWith('text/html');
    return {
      status: response.statusCode,
      type,
      isLasting: url.startsWith(`${BOARD_PATH}/static/`) && response.statusCode === 200,
      body: isPage ? response.body.replaceAll(FOREIGN_FONT, '') : response.rawPayload,
    };
  }

  private async make(): Promise<FastifyInstance> {
    const [{ createBullBoard }, { BullMQAdapter }, { FastifyAdapter }, { fastify }, queues] =
      await Promise.all([
        import('@bull-board/api'),
        import('@bull-board/api/bullMQAdapter'),
        import('@bull-board/fastify'),
        import('fastify'),
        this.history.queues(),
      ]);
    const adapter = new FastifyAdapter();
    adapter.setBasePath(BOARD_PATH);
    createBullBoard({
      queues: [...queues, ...this.notifications.queues()].map(
        (queue) => new BullMQAdapter(queue, { readOnlyMode: true }),
      ),
      serverAdapter: adapter,
      options: {
        uiConfig: { boardTitle: 'SelfLearningTrader', miscLinks: [{ text: 'Dashboard', url: '/' }] },
      },
    });
    const server = fastify({ logger: false });
    await server.register(adapter.registerPlugin(), { prefix: BOARD_PATH });
    await server.ready();
    return server;
  }
}
