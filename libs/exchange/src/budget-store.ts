/**
 * Where the weight counters live: in Redis or PostgreSQL for all processes of one IP, or in this process alone. All
 * three are rate-limiter-flexible; its `penalty` and `reward` count without judging, so nothing is counted twice when
 * a reservation is refused.
 */
import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';
import type { Pool } from 'pg';
import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRedis,
} from 'rate-limiter-flexible';
import { SECOND_MS } from '@slt/domain';

export interface BudgetStore {
  readonly kind: 'redis' | 'postgres' | 'memory';
  /** Adds to the counter, which begins at 0 and lives for `ttlSeconds`; answers the new sum. */
  add(key: string, points: number, ttlSeconds: number): Promise<number>;
  total(key: string): Promise<number>;
  /** Marks the key for so long, in wall time; a longer mark stays. */
  block(key: string, wallMs: number): Promise<void>;
  /** How much longer the key is marked; 0: it is not. */
  blockedMs(key: string): Promise<number>;
  close(): Promise<void>;
}

const TABLE = 'exchange_weight';
const KEY_PREFIX = 'slt-weight';
/** The limiter's own judgement is never asked for; its limit only must not stand in the way. */
const NO_LIMIT = 1_000_000_000;

/** @param open makes the limiter at the first use, and anew after a failure: the store may be another by then */
export class LimiterStore implements BudgetStore {
  private limiter: Promise<RateLimiterAbstract> | undefined;

  constructor(
    readonly kind: BudgetStore['kind'],
    private readonly open: () => Promise<RateLimiterAbstract>,
    private readonly shut: () => Promise<void> = () => Promise.resolve(),
  ) {}

  add(key: string, points: number, ttlSeconds: number): Promise<number> {
    const options = { customDuration: ttlSeconds };
    return this.use(async (limiter) => {
      const result =
        points < 0
          ? await limiter.reward(key, -points, options)
          : await limiter.penalty(key, points, options);
      return result.consumedPoints;
    });
  }

  total(key: string): Promise<number> {
    return this.use(async (limiter) => (await limiter.get(key))?.consumedPoints ?? 0);
  }

  async block(key: string, wallMs: number): Promise<void> {
    const marked = await this.blockedMs(key);
    if (wallMs > marked) await this.use((limiter) => limiter.block(key, Math.ceil(wallMs / SECOND_MS)));
  }

  blockedMs(key: string): Promise<number> {
    return this.use(async (limiter) => Math.max(0, (await limiter.get(key))?.msBeforeNext ?? 0));
  }

  close(): Promise<void> {
    return this.shut();
  }

  private async use<T>(work: (limiter: RateLimiterAbstract) => Promise<T>): Promise<T> {
    try {
      this.limiter ??= this.open();
      return await work(await this.limiter);
    } catch (error) {
      this.limiter = undefined;
      throw error;
    }
  }
}

/** For tools and tests; budgets that share the object share the weight. */
export function memoryBudgetStore(): BudgetStore {
  const limiter = new RateLimiterMemory({ points: NO_LIMIT, duration: 60, keyPrefix: KEY_PREFIX });
  return new LimiterStore('memory', () => Promise.resolve(limiter));
}

export function redisBudgetStore(url: string): BudgetStore {
  const redis = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2_000,
    retryStrategy: (attempt) => Math.min(100 * attempt, 2_000),
  });
  // The failing command tells; without a listener the process would end.
  redis.on('error', () => undefined);
  const limiter = new RateLimiterRedis({
    storeClient: redis,
    points: NO_LIMIT,
    duration: 60,
    keyPrefix: KEY_PREFIX,
    rejectIfRedisNotReady: true,
  });
  const open = async (): Promise<RateLimiterAbstract> => {
    if (redis.status === 'wait') await redis.connect();
    return limiter;
  };
  return new LimiterStore('redis', open, async () => redis.disconnect());
}

/** @param pool asked for at the first use, for the database may start later than we */
export function postgresBudgetStore(pool: () => Promise<Pool>): BudgetStore {
  const open = async (): Promise<RateLimiterAbstract> => {
    const storeClient = await pool();
    // Unlogged: a minute's counters are not worth a flush to disk for each call.
    await storeClient
      .query(
        `CREATE UNLOGGED TABLE IF NOT EXISTS ${TABLE} (key varchar(255) PRIMARY KEY, points integer NOT NULL DEFAULT 0, expire bigint)`,
      )
      .catch(ignoreConcurrentCreation);
    return new RateLimiterPostgres({
      storeClient,
      storeType: 'pool',
      points: NO_LIMIT,
      duration: 60,
      keyPrefix: KEY_PREFIX,
      tableName: TABLE,
      tableCreated: true,
    });
  };
  return new LimiterStore('postgres', open);
}

/** Two processes that create a table at once: one of them fails although IF NOT EXISTS is said. */
function ignoreConcurrentCreation(error: unknown): void {
  const code = (error as { code?: unknown }).code;
  if (code !== '23505' && code !== '42P07') throw error;
}

/** A text of any length and alphabet as part of a key or a file name. */
export function shortName(text: string): string {
  if (/^[A-Za-z0-9_-]{1,60}$/.test(text)) return text;
  return `${text.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, 40)}-${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
}
