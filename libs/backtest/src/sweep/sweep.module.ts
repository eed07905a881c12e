/** Lets a process take part in the sweeps of its DATA_DIR. */
import {
  Inject,
  Injectable,
  Logger,
  Module,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  Optional,
} from '@nestjs/common';
import { AppConfig } from '@slt/config';
import { Database } from '@slt/database';
import { toAppError } from '@slt/domain';
import { createQueueBackend, type QueueBackend } from '@slt/queue';
import { sweepQueueName } from './sweep';
import { SweepWorker } from './sweep-worker';

@Injectable()
export class SweepService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Sweeps');
  private worker: SweepWorker | undefined;
  private backend: QueueBackend | undefined;
  private opening: Promise<void> | undefined;
  private isClosed = false;

  constructor(
    @Inject(AppConfig) private readonly config: AppConfig,
    // A worker on Redis needs none.
    @Optional() @Inject(Database) private readonly database?: Database,
  ) {}

  /** In the background: the history queue is what a worker is there for, and a sweep may wait. */
  onApplicationBootstrap(): void {
    this.opening = this.open().catch((error: unknown) =>
      this.logger.warn(`takes no part in sweeps: ${toAppError(error, 'SWEEP.QUEUE').message}`),
    );
  }

  async onModuleDestroy(): Promise<void> {
    this.isClosed = true;
    await this.opening;
    await this.worker?.close();
    await this.backend?.close();
  }

  private async open(): Promise<void> {
    const name = await sweepQueueName(this.config.DATA_DIR);
    const backend = await createQueueBackend(this.config, this.database);
    if (this.isClosed) return backend.close();
    this.backend = backend;
    this.worker = new SweepWorker(this.config.DATA_DIR);
    this.worker.start(backend, name);
  }
}

@Module({ providers: [SweepService] })
export class SweepModule {}
