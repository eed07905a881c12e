/**
 * BullMQ on the database, or on Redis with REDIS_URL. Both backends are BullMQ's own; this file only names the
 * connection. See docs/adr/0030.
 */
import type { AppConfig } from '@slt/config';
import type { Database } from '@slt/database';
import { AppError } from '@slt/domain';
import {
  type BackendFactory,
  type ConnectionOptions,
  createPostgresBackend,
  createRedisBackend,
  FlowProducer,
  type IQueueBackend,
  type Processor,
  Queue,
  Worker,
  type WorkerOptions,
} from 'bullmq';

/** BullMQ's classes name the backend in their type; nobody here cares which it is. */
export type HistoryQueueOf<Data, Result> = Queue<Data, Result, string, Data, Result, string>;
export type HistoryWorkerOf<Data, Result> = Worker<Data, Result>;

export interface QueueBackend {
  readonly kind: 'postgres' | 'redis';
  queue<Data, Result>(name: string): HistoryQueueOf<Data, Result>;
  worker<Data, Result>(
    name: string,
    processor: Processor<Data, Result>,
    options: Omit<WorkerOptions, 'connection'>,
  ): HistoryWorkerOf<Data, Result>;
  flows(): FlowProducer;
}

/** Connections a queue or a worker may open to the database; each worker holds one more for notifications. */
const POOL_SIZE = 4;
const CONNECT_TIMEOUT_MS = 5_000;
const MAX_RECONNECT_DELAY_MS = 1_000;

export async function createQueueBackend(
  config: Pick<AppConfig, 'REDIS_URL'>,
  database: Pick<Database, 'url'> | undefined,
): Promise<QueueBackend> {
  if (config.REDIS_URL !== undefined) {
    return bind('redis', createRedisBackend, {
      url: config.REDIS_URL,
      maxRetriesPerRequest: null,
      retryStrategy: (times) => Math.min(times * 100, MAX_RECONNECT_DELAY_MS),
    });
  }
  if (database === undefined) {
    throw new AppError('invalid', 'HISTORY.NO_QUEUE', 'the history queue needs a database or REDIS_URL');
  }
  const connection = {
    connectionString: await database.url(),
    migrate: true,
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    // A lost acknowledgement means a job done twice, which is harmless; a disk flush a job is not.
    options: '-c synchronous_commit=off',
  };
  // BullMQ types its classes for Redis unless told otherwise at every use; what we call exists on both.
  const factory = createPostgresBackend as unknown as BackendFactory<IQueueBackend>;
  return bind('postgres', factory, connection as unknown as ConnectionOptions);
}

function bind(
  kind: QueueBackend['kind'],
  factory: BackendFactory<IQueueBackend>,
  connection: ConnectionOptions,
): QueueBackend {
  const bound = factory as typeof createRedisBackend;
  return {
    kind,
    queue: (name) => new Queue(name, { connection }, bound),
    worker: (name, processor, options) => new Worker(name, processor, { ...options, connection }, bound),
    flows: () => new FlowProducer({ connection }, bound),
  };
}
