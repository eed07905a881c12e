/**
 * The PostgreSQL database of the service: a server named by DATABASE_URL, or the embedded one. The trader owns the
 * embedded server; workers and tools that share its DATA_DIR find it through the connection file.
 */
import { resolve } from 'node:path';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationShutdown,
  type OnModuleInit,
  Optional,
} from '@nestjs/common';
import { AppConfig } from '@slt/config';
import { AppError } from '@slt/domain';
import { Pool, type QueryResult, type QueryResultRow } from 'pg';
import { DataDirLock } from './data-dir-lock';
import { databaseError } from './database-error';
import { answers } from './embedded/answers';
import { connectionUrl, readConnection } from './embedded/connection-file';
import { EmbeddedServer } from './embedded/embedded-server';

/**
 * `owner` starts and stops the embedded server; `guest` waits for an owner's; `either` is a guest if the DATA_DIR has
 * an owner and else the owner.
 */
export type DatabaseRole = 'owner' | 'guest' | 'either';

export interface DatabaseOptions {
  readonly role?: DatabaseRole;
  /** How long a start waits for a server that is not there. */
  readonly waitMs?: number;
}

export const DATABASE_OPTIONS = Symbol('DATABASE_OPTIONS');

const DEFAULT_WAIT_MS = 30_000;
const POOL_SIZE = 10;
const CONNECT_TIMEOUT_MS = 5_000;
const HEALTH_TIMEOUT_MS = 1_000;
const POOL_END_TIMEOUT_MS = 500;

@Injectable()
export class Database implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(Database.name);
  private started: Promise<string> | undefined;
  private openPool: Pool | undefined;
  private server: EmbeddedServer | undefined;

  constructor(
    private readonly config: AppConfig,
    private readonly lock: DataDirLock,
    @Optional() @Inject(DATABASE_OPTIONS) private readonly options: DatabaseOptions = {},
  ) {}

  async onModuleInit(): Promise<void> {
    await this.url();
  }

  /** The connection string; starts or finds the server on the first call. */
  url(): Promise<string> {
    this.started ??= this.start().catch((error: unknown) => {
      this.started = undefined;
      throw error;
    });
    return this.started;
  }

  /** Shared by everyone in this process; its connections come back by themselves after the server was gone. */
  async pool(): Promise<Pool> {
    const connectionString = await this.url();
    this.openPool ??= this.createPool(connectionString);
    return this.openPool;
  }

  /** One statement. @throws AppError transient `DATABASE.UNREACHABLE`; broken-invariant `DATABASE.STATEMENT_FAILED` */
  async query<Row extends QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<QueryResult<Row>> {
    const pool = await this.pool();
    try {
      return await pool.query<Row>(text, [...values]);
    } catch (error) {
      throw databaseError(error);
    }
  }

  async health(): Promise<{ up: boolean; detail: string }> {
    if (this.started === undefined) return { up: false, detail: 'not started' };
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`no answer within ${HEALTH_TIMEOUT_MS} ms`)),
        HEALTH_TIMEOUT_MS,
      );
    });
    try {
      const asked = this.query<{ server_version: string }>('show server_version');
      asked.catch(() => undefined);
      const { rows } = await Promise.race([asked, late]);
      return { up: true, detail: `PostgreSQL ${rows[0]?.server_version ?? ''}, ${this.description()}` };
    } catch (error) {
      return { up: false, detail: (error as Error).message };
    } finally {
      clearTimeout(timer);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.close();
  }

  /** Ends the pool, stops the embedded server if this process owns it, and gives the DATA_DIR free. */
  async close(): Promise<void> {
    await this.started?.catch(() => undefined);
    this.started = undefined;
    const pool = this.openPool;
    this.openPool = undefined;
    if (pool !== undefined) await settledWithin(pool.end(), POOL_END_TIMEOUT_MS);
    await this.server?.stop();
    this.server = undefined;
    this.lock.release();
  }

  private async start(): Promise<string> {
    const { DATABASE_URL: url } = this.config;
    const owner = await this.becomeOwner(url !== undefined);
    if (url !== undefined) {
      await this.untilReachable(url);
      return url;
    }
    return owner ? this.startServer() : this.findServer();
  }

  /** The lock guards the cache files too, so a trader takes it even when its tables are elsewhere. */
  private async becomeOwner(hasUrl: boolean): Promise<boolean> {
    const { role = 'owner' } = this.options;
    if (role === 'guest' || (role === 'either' && hasUrl)) return false;
    try {
      await this.lock.acquire();
      return true;
    } catch (error) {
      if (role === 'either' && error instanceof AppError && error.code === 'DATA_DIR.IN_USE') return false;
      throw error;
    }
  }

  private async startServer(): Promise<string> {
    const begun = performance.now();
    const server = new EmbeddedServer({
      dataDir: this.lock.folder,
      warn: (message) => this.logger.warn(message),
    });
    try {
      const connection = await server.start();
      this.server = server;
      this.logger.log(
        `embedded PostgreSQL listens on 127.0.0.1:${connection.port} after ${Math.round(performance.now() - begun)} ms`,
      );
      return connectionUrl(connection);
    } catch (error) {
      await server.stop();
      this.lock.release();
      throw error;
    }
  }

  private async findServer(): Promise<string> {
    const dataDir = resolve(this.config.DATA_DIR);
    const found = await this.retry(async () => {
      const connection = await readConnection(dataDir);
      return connection !== undefined && (await answers(connection)) ? connectionUrl(connection) : undefined;
    });
    if (found !== undefined) return found;
    throw new AppError(
      'transient',
      'DATABASE.NOT_RUNNING',
      `no trader runs its database in ${dataDir} (waited ${this.waitMs} ms); start the trader with this DATA_DIR ` +
        'first, or set DATABASE_URL to a PostgreSQL server that both use',
      { retryAfterMs: this.waitMs },
    );
  }

  private async untilReachable(url: string): Promise<void> {
    const pool = (this.openPool ??= this.createPool(url));
    let last: unknown;
    const found = await this.retry(async () => {
      try {
        await pool.query('select 1');
        return true;
      } catch (error) {
        last = error;
        return undefined;
      }
    });
    if (found === true) return;
    this.openPool = undefined;
    await settledWithin(pool.end(), POOL_END_TIMEOUT_MS);
    this.lock.release();
    throw databaseError(last, `DATABASE_URL (${hostOf(url)})`);
  }

  private async retry<T>(attempt: () => Promise<T | undefined>): Promise<T | undefined> {
    const deadline = performance.now() + this.waitMs;
    for (let pauseMs = 20; ; pauseMs = Math.min(500, pauseMs * 2)) {
      const result = await attempt();
      if (result !== undefined || performance.now() > deadline) return result;
      await new Promise((wake) => setTimeout(wake, pauseMs));
    }
  }

  private get waitMs(): number {
    return this.options.waitMs ?? DEFAULT_WAIT_MS;
  }

  private createPool(connectionString: string): Pool {
    const pool = new Pool({
      connectionString,
      max: POOL_SIZE,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      allowExitOnIdle: true,
    });
    // Without a listener the loss of a connection, idle or lent, would end the process; the pool replaces it by itself.
    const note = (error: Error): void => this.logger.warn(`a database connection was lost: ${error.message}`);
    pool.on('error', note);
    pool.on('connect', (client) => client.on('error', () => undefined));
    return pool;
  }

  private description(): string {
    if (this.config.DATABASE_URL !== undefined) return hostOf(this.config.DATABASE_URL);
    const pid = this.server?.current?.pid;
    return pid === undefined ? "embedded, another process's" : `embedded, pid ${pid}`;
  }
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'unreadable address';
}

async function settledWithin(work: Promise<unknown>, timeoutMs: number): Promise<void> {
  const settled = work.then(
    () => undefined,
    () => undefined,
  );
  await Promise.race([settled, new Promise((resolve) => setTimeout(resolve, timeoutMs).unref())]);
}
