/** History on a real queue and fakes around it; several of one name share the queue, the store and the exchange. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppConfig } from '@slt/config';
import { DataDirLock, Database } from '@slt/database';
import { ManualClock, MINUTE_MS } from '@slt/domain';
import { createQueueBackend } from '@slt/queue';
import {
  assembleHistory,
  type HistoryOptions,
  type HistoryParts,
} from '../../../libs/history/src/history-parts';
import { HistoryService } from '../../../libs/history/src/history.service';
import { DEFAULT_SETTINGS, type HistorySettings } from '../../../libs/history/src/history.settings';
import { TcpProxy } from '../tcp-proxy';
import { FakeExchange } from './fake-exchange';
import { MemoryStore } from './memory-store';

export interface QueueAddress {
  readonly name: string;
  readonly config: Pick<AppConfig, 'REDIS_URL'>;
  readonly url: () => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** The same queue through a proxy that can be cut. */
export async function throughProxy(
  address: QueueAddress,
): Promise<{ address: QueueAddress; proxy: TcpProxy }> {
  const { REDIS_URL } = address.config;
  const proxy = await TcpProxy.before(REDIS_URL ?? (await address.url()));
  const config = REDIS_URL === undefined ? {} : { REDIS_URL: proxy.url };
  return {
    proxy,
    address: { ...address, config, url: () => Promise.resolve(proxy.url), stop: () => proxy.close() },
  };
}

/** An embedded server with a folder of its own. */
export async function embeddedQueue(): Promise<QueueAddress> {
  const folder = await mkdtemp(join(tmpdir(), 'slt-queue-'));
  const config = Object.assign(new AppConfig(), { DATA_DIR: folder });
  const database = new Database(config, new DataDirLock(config), { role: 'owner' });
  await database.url();
  return {
    name: 'PostgreSQL',
    config: {},
    url: () => database.url(),
    stop: async () => {
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function redisQueue(REDIS_URL: string): Promise<QueueAddress> {
  return {
    name: 'Redis',
    config: { REDIS_URL },
    url: () => Promise.reject(new Error('Redis needs no database')),
    stop: () => Promise.resolve(),
  };
}

export const FAST: HistorySettings = {
  ...DEFAULT_SETTINGS,
  attempts: 4,
  backoffMs: 30,
  lockMs: 1_500,
  stalledCheckMs: 500,
  sweepMs: 50,
  patienceMs: 10_000,
  reaskDelayMs: 5,
  rangePatienceMs: 2_000,
};

export interface MemberOptions {
  readonly settings?: Partial<HistorySettings>;
  readonly options?: Partial<HistoryOptions>;
  readonly exchange?: FakeExchange;
  readonly store?: MemoryStore;
}

export interface Member {
  readonly service: HistoryService;
  readonly parts: HistoryParts;
}

export class QueueBench {
  readonly clock = new ManualClock(29_000_000 * MINUTE_MS);
  readonly exchange = new FakeExchange();
  readonly store = new MemoryStore(this.clock);
  readonly queueName = `test-${randomUUID()}`;
  private readonly members: Member[] = [];

  constructor(private readonly address: QueueAddress) {}

  /** A process of its own, as far as the queue can tell. */
  join({ settings, options, exchange, store }: MemberOptions = {}): Member {
    const parts = assembleHistory({
      client: exchange ?? this.exchange,
      clock: this.clock,
      store: store ?? this.store,
      backend: () => createQueueBackend(this.address.config, { url: this.address.url }),
      queueName: () => Promise.resolve(this.queueName),
      settings: { ...FAST, ...settings },
      options: { worker: true, concurrency: 8, intervals: ['1m'], maxAgeMs: MINUTE_MS, ...options },
    });
    const member = { parts, service: new HistoryService(parts) };
    member.service.onModuleInit();
    this.members.push(member);
    return member;
  }

  async close(): Promise<void> {
    for (const { service } of this.members) await service.close();
  }
}
