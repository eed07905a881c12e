/** What a sweep stands on, for the length of one command: the queue of the folder, and a worker of its own. */
import { mkdir } from 'node:fs/promises';
import { type INestApplicationContext, Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SweepWorker, sweepQueueName } from '@slt/backtest';
import { type AppConfig, ConfigModule } from '@slt/config';
import { Database, DatabaseModule } from '@slt/database';
import { createQueueBackend, type QueueBackend } from '@slt/queue';

@Module({})
class SweepSessionModule {
  /** A guest of the trader that runs on this DATA_DIR; without one the database is started as long as it takes. */
  static forRoot(config: AppConfig): DynamicModule {
    const database = config.REDIS_URL === undefined ? [DatabaseModule.forRoot({ role: 'either' })] : [];
    return { module: SweepSessionModule, imports: [ConfigModule.forRoot(config), ...database] };
  }
}

export interface SweepSession {
  readonly backend: QueueBackend;
  readonly queueName: string;
  /** What this process works on goes back to the queue. */
  stopWorking(): Promise<void>;
  close(): Promise<void>;
}

/** @throws AppError transient when neither database nor Redis answer */
export async function openSweep(config: AppConfig): Promise<SweepSession> {
  await mkdir(config.DATA_DIR, { recursive: true });
  const app: INestApplicationContext = await NestFactory.createApplicationContext(
    SweepSessionModule.forRoot(config),
    { logger: false, abortOnError: false },
  );
  try {
    const database = config.REDIS_URL === undefined ? app.get(Database) : undefined;
    const backend = await createQueueBackend(config, database);
    const queueName = await sweepQueueName(config.DATA_DIR);
    const worker = new SweepWorker(config.DATA_DIR);
    worker.start(backend, queueName);
    const close = async (): Promise<void> => {
      await worker.close();
      await backend.close();
      await app.close();
    };
    return { backend, queueName, stopWorking: () => worker.close(), close };
  } catch (error) {
    await app.close();
    throw error;
  }
}
