/** The worker as an object: started for people by main.ts, and by tests. */
import type { INestApplicationContext, LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { AppConfig } from '@slt/config';
import { AppError } from '@slt/domain';
import { resolveEndpoint } from '@slt/exchange';
import { HistoryService } from '@slt/history';
import { Probes } from './probes';
import { WorkerModule } from './worker.module';

export interface Worker {
  readonly app: INestApplicationContext;
  readonly url: string;
  /** Jobs under way end or go back to the queue; twice is harmless. */
  close(): Promise<void>;
}

export interface WorkerOptions {
  readonly logger?: false | LoggerService;
  /** Takes any free port when the configured one is in use. */
  readonly anyPort?: boolean;
  readonly queueTimeoutMs?: number;
}

const QUEUE_TIMEOUT_MS = 8_000;
const LOOK_EVERY_MS = 100;

/** @throws AppError saying what is missing: an exchange, a database or Redis */
export async function createWorker(config: AppConfig, options: WorkerOptions = {}): Promise<Worker> {
  if (config.EXCHANGE === 'emulator' && config.EMULATOR_URL === undefined) {
    throw new AppError(
      'invalid',
      'WORKER.NO_EXCHANGE',
      'a worker cannot see an emulator inside the trader: set EMULATOR_URL for both, or EXCHANGE to a real market',
    );
  }
  const module = WorkerModule.forRoot(config, await resolveEndpoint(config));
  const { logger } = options;
  const app = await NestFactory.createApplicationContext(module, {
    abortOnError: false,
    ...(logger === undefined ? {} : { logger }),
  });
  const probes = new Probes(app.get(HistoryService));
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= probes.close().then(() => app.close()));
  try {
    await untilWorking(app.get(HistoryService), config, options.queueTimeoutMs ?? QUEUE_TIMEOUT_MS);
    return { app, url: await listen(probes, config, options.anyPort === true), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function untilWorking(history: HistoryService, config: AppConfig, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!history.isWorking) {
    if (performance.now() > deadline) {
      const where = config.REDIS_URL === undefined ? 'the database' : `Redis at ${hostOf(config.REDIS_URL)}`;
      const { detail } = await history.queueHealth();
      throw new AppError(
        'transient',
        'WORKER.NO_QUEUE',
        `the queue on ${where} did not answer within ${timeoutMs} ms: ${detail}`,
      );
    }
    await new Promise((wake) => setTimeout(wake, LOOK_EVERY_MS));
  }
}

async function listen(probes: Probes, { HOST, PORT }: AppConfig, anyPort: boolean): Promise<string> {
  try {
    return await probes.listen(HOST, PORT);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    if (anyPort) return probes.listen(HOST, 0);
    throw new AppError(
      'rejected',
      'HTTP.CANNOT_LISTEN',
      `port ${PORT} of ${HOST} is in use; set PORT to another one`,
    );
  }
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'an unreadable address';
}
