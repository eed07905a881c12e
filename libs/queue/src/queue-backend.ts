/**
 * BullMQ on the database, or on Redis with REDIS_URL. Both backends are BullMQ's own; this file only names the
 * connection. See docs/adr/0030.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { type AppConfig, isTracing } from '@slt/config';
import type { Database } from '@slt/database';
import { AppError } from '@slt/domain';
import {
  type BackendFactory,
  type ConnectionOptions,
  createRedisBackend,
  DEFAULT_SCHEMA,
  FlowProducer,
  type IQueueBackend,
  type Processor,
  Queue,
  runMigrations,
  type Telemetry,
  Worker,
  type WorkerOptions,
} from 'bullmq';
import { Pool } from 'pg';
import { createRecoveringBackend } from './postgres-backend';

/** BullMQ's classes name the backend in their type; nobody here cares which it is. */
export type QueueOf<Data, Result> = Queue<Data, Result, string, Data, Result, string>;
export type WorkerOf<Data, Result> = Worker<Data, Result>;

export interface QueueBackend {
  readonly kind: 'postgres' | 'redis';
  queue<Data, Result>(name: string): QueueOf<Data, Result>;
  worker<Data, Result>(
    name: string,
    processor: Processor<Data, Result>,
    options: Omit<WorkerOptions, 'connection'>,
  ): WorkerOf<Data, Result>;
  flows(): FlowProducer;
  /** Once everything made here is closed. */
  close(): Promise<void>;
}

/** Connections to the database, for all queues and workers made of one backend; two are kept to be told of jobs. */
const POOL_SIZE = 8;
const HEAD_START_MS = 20;
const CONNECT_TIMEOUT_MS = 5_000;
const MAX_RECONNECT_DELAY_MS = 1_000;

type QueueSettings = Pick<AppConfig, 'REDIS_URL'> &
  Partial<Pick<AppConfig, 'TRACING' | 'OTEL_EXPORTER_OTLP_ENDPOINT'>>;

export async function createQueueBackend(
  config: QueueSettings,
  database: Pick<Database, 'url'> | undefined,
): Promise<QueueBackend> {
  const telemetry = await telemetryOf(config);
  if (config.REDIS_URL !== undefined) {
    return bind(
      'redis',
      createRedisBackend,
      {
        url: config.REDIS_URL,
        maxRetriesPerRequest: null,
        retryStrategy: (times) => Math.min(times * 100, MAX_RECONNECT_DELAY_MS),
      },
      telemetry,
    );
  }
  if (database === undefined) {
    throw new AppError('invalid', 'QUEUE.NOWHERE', 'a queue needs a database or REDIS_URL');
  }
  const url = database.url();
  // The database is begun first; what its name loads (.swcrc) is loaded while it starts.
  await Promise.race([url, wait(HEAD_START_MS)]);
  const pool = await openPool(await url);
  return {
    ...bind('postgres', createRecoveringBackend, pool as unknown as ConnectionOptions, telemetry),
    close: () => pool.end(),
  };
}

/** Spans of jobs; loaded only where they go somewhere. */
async function telemetryOf(config: QueueSettings): Promise<{ telemetry?: Telemetry }> {
  if (!isTracing({ TRACING: 'off', ...config })) return {};
  const { BullMQOtel } = await import('bullmq-otel');
  return { telemetry: new BullMQOtel({ tracerName: 'selflearningtrader' }) };
}

/** One for all: each connection costs a process of the server, and each pool of BullMQ's own a look at its tables. */
async function openPool(connectionString: string): Promise<Pool> {
  const pool = new Pool({
    connectionString,
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    // A lost acknowledgement means a job done twice, which is harmless; a disk flush a job is not.
    options: `-c synchronous_commit=off -c search_path=${DEFAULT_SCHEMA}`,
  });
  // Whoever waits for an answer hears of a connection's end; one that nobody waits for is replaced.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  try {
    const client = await pool.connect();
    try {
      await runMigrations(client, DEFAULT_SCHEMA);
    } finally {
      client.release();
    }
    return pool;
  } catch (error) {
    await pool.end();
    throw error;
  }
}

function bind(
  kind: QueueBackend['kind'],
  factory: BackendFactory<IQueueBackend>,
  connection: ConnectionOptions,
  telemetry: { telemetry?: Telemetry },
): QueueBackend {
  const bound = factory as typeof createRedisBackend;
  return {
    kind,
    queue: (name) => new Queue(name, { connection, ...telemetry }, bound),
    worker: (name, processor, options) =>
      new Worker(name, processor, { ...options, connection, ...telemetry }, bound),
    flows: () => new FlowProducer({ connection, ...telemetry }, bound),
    close: () => Promise.resolve(),
  };
}
