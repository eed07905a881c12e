/** One suite for every store of the budget: several budgets on one store never grant more than there is. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { AppConfig } from '@slt/config';
import { Database, DataDirLock } from '@slt/database';
import { type Clock, HOUR_MS, ManualClock, MINUTE_MS, SECOND_MS } from '@slt/domain';
import { eventually } from '../../../test/support/eventually';
import { banFilePath } from './ban-file';
import { type BudgetStore, memoryBudgetStore, postgresBudgetStore, redisBudgetStore } from './budget-store';
import { temporaryFolder } from './testing/parts';
import { WeightBudget, type WeightBudgetOptions } from './weight-budget';

const START = 1_790_000_010_000; // ten seconds into a minute
const REDIS_URL = process.env['REDIS_URL'];
let scopes = 0;

function freshScope(): string {
  return `spec-${process.pid}-${Date.now()}-${scopes++}`;
}

function budgetOn(
  store: BudgetStore,
  clock: Clock,
  options: Partial<WeightBudgetOptions> = {},
): WeightBudget {
  return new WeightBudget(clock, store, { limit: 2400, period: MINUTE_MS, scope: 'spec', ...options });
}

/** Reserves until refused. @returns what was granted */
async function exhaust(
  budget: WeightBudget,
  weights: readonly number[],
  purpose: 'market' | 'trading' = 'market',
): Promise<number> {
  let granted = 0;
  for (let i = 0; ; i++) {
    const weight = weights[i % weights.length]!;
    if (!(await budget.tryReserve(weight, purpose)).granted) return granted;
    granted += weight;
  }
}

interface StoreCase {
  readonly name: string;
  /** Two views of one store, as two processes have them. */
  readonly open: () => readonly [BudgetStore, BudgetStore];
  readonly prepare?: () => Promise<void>;
  readonly dispose?: () => Promise<void>;
}

let database: Database | undefined;
let databaseFolder: string | undefined;

const cases: StoreCase[] = [
  {
    name: 'memory',
    open: () => {
      const store = memoryBudgetStore();
      return [store, store];
    },
  },
];
cases.push({
  name: 'PostgreSQL',
  prepare: async () => {
    databaseFolder = temporaryFolder();
    const config = Object.assign(new AppConfig(), { DATA_DIR: databaseFolder });
    database = new Database(config, new DataDirLock(config), { role: 'owner' });
    await database.url();
  },
  dispose: async () => {
    await database?.close();
    if (databaseFolder !== undefined) await rm(databaseFolder, { recursive: true, force: true });
  },
  open: () => [postgresBudgetStore(() => database!.pool()), postgresBudgetStore(() => database!.pool())],
});
if (REDIS_URL !== undefined) {
  cases.push({ name: 'Redis', open: () => [redisBudgetStore(REDIS_URL), redisBudgetStore(REDIS_URL)] });
} else {
  describe.skip('WeightBudget on Redis (REDIS_URL is not set)', () => {
    it('is tested where Redis is there', () => undefined);
  });
}

describe.each(cases)('WeightBudget on $name', ({ open, prepare, dispose }) => {
  let stores: readonly [BudgetStore, BudgetStore];
  let clock: ManualClock;
  let scope: string;
  let a: WeightBudget;
  let b: WeightBudget;

  beforeAll(async () => prepare?.(), 60_000);
  afterAll(async () => dispose?.(), 30_000);

  beforeEach(() => {
    stores = open();
    clock = new ManualClock(START);
    scope = freshScope();
    a = budgetOn(stores[0], clock, { scope });
    b = budgetOn(stores[1], clock, { scope });
  });

  afterEach(async () => {
    await a.close();
    await b.close();
  });

  it('grants all that market data may have, together, and not one more', async () => {
    const granted = await Promise.all([a, b, a, b].map((budget) => exhaust(budget, [5])));
    expect(granted.reduce((sum, weight) => sum + weight)).toBe(2160); // 0.9 · 2400
  });

  it('never exceeds with mixed weights and purposes in parallel', async () => {
    const granted = await Promise.all([
      exhaust(a, [5, 2, 10]),
      exhaust(b, [1, 5]),
      exhaust(a, [1], 'trading'),
      exhaust(b, [40, 1], 'trading'),
    ]);
    expect(granted.reduce((sum, weight) => sum + weight)).toBeLessThanOrEqual(2400);
  });

  it('leaves trading its share', async () => {
    await exhaust(a, [5]);
    expect(await b.tryReserve(1, 'trading')).toEqual({ granted: true });
    expect(await exhaust(b, [1], 'trading')).toBe(239); // 240 less the one above
  });

  it('refuses until the minute ends, and grants in the next', async () => {
    await exhaust(a, [10]);
    const refusal = await b.tryReserve(10, 'market');
    expect(refusal).toEqual({ granted: false, retryAfterMs: a.status().windowEndsAt - START });
    clock.set(a.status().windowEndsAt);
    expect(await b.tryReserve(10, 'market')).toEqual({ granted: true });
  });

  it('believes the exchange when it has counted more than we', async () => {
    await a.tryReserve(5, 'market');
    a.observe(2_000);
    await eventually(() => a.status().used === 2_000);
    expect(await exhaust(b, [5])).toBe(160); // 2160 − 2000
  });

  it('is not fooled by what the other process has spent', async () => {
    await a.tryReserve(5, 'market');
    for (let i = 0; i < 10; i++) await b.tryReserve(10, 'market');
    a.observe(105); // 5 and 10 · 10: nobody else
    await eventually(() => a.status().used === 105);
    expect(await exhaust(a, [5])).toBe(2160 - 105);
  });

  it('obeys a ban in every process for its whole length', async () => {
    await b.tryReserve(1, 'market');
    await a.ban(START + 90 * SECOND_MS);
    expect(await a.tryReserve(1, 'trading')).toEqual({ granted: false, retryAfterMs: 90 * SECOND_MS });
    const refusal = await b.tryReserve(1, 'market');
    expect(refusal.granted).toBe(false);
    expect(b.status().bannedUntil).toBeGreaterThan(START + 85 * SECOND_MS);
    clock.set(START + 90 * SECOND_MS);
    expect(await a.tryReserve(1, 'trading').then(({ granted }) => granted)).toBe(
      a.status().bannedUntil === undefined,
    );
  });

  it('does not shorten a ban', async () => {
    await a.ban(START + 90 * SECOND_MS);
    await a.ban(START + 10 * SECOND_MS);
    expect(a.status().bannedUntil).toBe(START + 90 * SECOND_MS);
  });

  it('counts what is under way at the turn of the minute in the new one too', async () => {
    await a.tryReserve(10, 'market');
    const done = a.sending(10);
    clock.set(a.status().windowEndsAt);
    expect(a.status().used).toBe(10);
    expect(await exhaust(a, [10])).toBe(2150); // 2160 − 10
    done(2_160); // of the minute before: says nothing about this one
    expect(a.status().used).toBe(2160);
  });

  it('says at once that something can never be granted', async () => {
    await expect(a.tryReserve(2_161, 'market')).rejects.toMatchObject({ code: 'EXCHANGE.WEIGHT_IMPOSSIBLE' });
  });
});

describe('WeightBudget', () => {
  /** A store that can go away and come back. */
  class FragileStore implements BudgetStore {
    readonly kind = 'memory';
    mode: 'up' | 'down' | 'hanging' = 'up';
    private readonly inner = memoryBudgetStore();

    add(key: string, points: number, ttlSeconds: number): Promise<number> {
      return this.guard(() => this.inner.add(key, points, ttlSeconds));
    }
    total(key: string): Promise<number> {
      return this.guard(() => this.inner.total(key));
    }
    block(key: string, wallMs: number): Promise<void> {
      return this.guard(() => this.inner.block(key, wallMs));
    }
    blockedMs(key: string): Promise<number> {
      return this.guard(() => this.inner.blockedMs(key));
    }
    close(): Promise<void> {
      return Promise.resolve();
    }
    private guard<T>(work: () => Promise<T>): Promise<T> {
      if (this.mode === 'down') return Promise.reject(new Error('down'));
      return this.mode === 'hanging' ? new Promise(() => undefined) : work();
    }
  }

  it.each(['down', 'hanging'] as const)(
    'counts alone while the store is %s, and shares again when it is back',
    async (mode) => {
      const store = new FragileStore();
      const clock = new ManualClock(START);
      const [a, b] = [0, 1].map(() => budgetOn(store, clock, { storeTimeoutMs: 50 })) as [
        WeightBudget,
        WeightBudget,
      ];
      await a.tryReserve(100, 'market');
      await b.tryReserve(100, 'market');
      store.mode = mode;
      const alone = (await Promise.all([exhaust(a, [5]), exhaust(b, [5])])).reduce(
        (sum, weight) => sum + weight,
      );
      expect(alone + 200).toBeLessThanOrEqual(2160);
      expect(alone).toBeGreaterThan(1_500);
      expect([a.status().mode, b.status().mode]).toEqual(['local', 'local']);
      store.mode = 'up';
      await eventually(() => a.status().mode === 'shared' && b.status().mode === 'shared');
      const after = (await Promise.all([exhaust(a, [5]), exhaust(b, [5])])).reduce(
        (sum, weight) => sum + weight,
      );
      expect(200 + alone + after).toBe(2160);
      await a.close();
      await b.close();
    },
  );

  it('makes no call around the turn of the minute while the clock is uncertain', async () => {
    const clock = Object.assign(new ManualClock(START + 50 * SECOND_MS - 50), { uncertaintyMs: () => 100 });
    const budget = budgetOn(memoryBudgetStore(), clock);
    let isGranted = false;
    const reservation = budget.tryReserve(5, 'market').then(() => (isGranted = true));
    clock.advance(200);
    await reservation;
    expect(isGranted).toBe(true);
    expect(budget.status().used).toBe(5);
  });

  it('remembers a ban over a restart, also while the clock is not set', async () => {
    const folder = temporaryFolder();
    const first = budgetOn(memoryBudgetStore(), new ManualClock(START), { folder });
    await first.ban(START + 90 * SECOND_MS);
    const second = budgetOn(memoryBudgetStore(), new ManualClock(START + SECOND_MS), { folder });
    expect(await second.tryReserve(1, 'market')).toEqual({ granted: false, retryAfterMs: 89 * SECOND_MS });
    const unset = Object.assign(new ManualClock(5), { isSynced: false });
    const third = budgetOn(memoryBudgetStore(), unset, { folder });
    expect(await third.tryReserve(1, 'market')).toMatchObject({ granted: false });
    await rm(folder, { recursive: true });
  });

  it('forgets what it has guessed of a ban once the clock is set', async () => {
    const folder = temporaryFolder();
    const first = budgetOn(memoryBudgetStore(), new ManualClock(START), { folder });
    await first.ban(START + 90 * SECOND_MS);
    const clock = Object.assign(new ManualClock(START + HOUR_MS), { isSynced: false }); // an hour ahead
    const budget = budgetOn(memoryBudgetStore(), clock, { folder });
    expect(await budget.tryReserve(1, 'market')).toMatchObject({ granted: false });
    clock.set(START + 60 * SECOND_MS);
    clock.isSynced = true;
    expect(await budget.tryReserve(1, 'market')).toEqual({ granted: false, retryAfterMs: 30 * SECOND_MS });
    clock.set(START + 90 * SECOND_MS);
    expect(await budget.tryReserve(1, 'market')).toEqual({ granted: true });
    await rm(folder, { recursive: true });
  });

  it.each([['nonsense'], ['{}'], ['{"until":"x","wallUntil":1}'], [`{"until":${START * 2},"wallUntil":1}`]])(
    'is not stopped by a ban file with %s',
    async (content) => {
      const folder = temporaryFolder();
      mkdirSync(folder, { recursive: true });
      writeFileSync(banFilePath(folder, 'spec'), content);
      const budget = budgetOn(memoryBudgetStore(), new ManualClock(START), { folder });
      expect(await budget.tryReserve(1, 'market')).toEqual({ granted: true });
      await rm(folder, { recursive: true });
    },
  );

  describe('while calls are under way', () => {
    let budget: WeightBudget;
    let counted: number[];

    beforeEach(async () => {
      jest.spyOn(performance, 'now').mockReturnValue(1_000);
      const store = new FragileStore();
      budget = budgetOn(store, new ManualClock(START));
      await budget.tryReserve(5, 'market');
      budget.sending(5);
      counted = [];
      const add = store.add.bind(store);
      jest.spyOn(store, 'add').mockImplementation((key, points, ttlSeconds) => {
        counted.push(points);
        return add(key, points, ttlSeconds);
      });
    });

    afterEach(() => jest.restoreAllMocks());

    it('asks the store once for market data that comes bit by bit', async () => {
      const demands = [budget.tryReserve(5, 'market')];
      await new Promise((next) => setImmediate(next));
      demands.push(budget.tryReserve(2, 'market'));
      expect(await Promise.all(demands)).toEqual([{ granted: true }, { granted: true }]);
      expect(counted).toEqual([7]);
    });

    it('does not keep trading waiting', async () => {
      // No timer ever fires.
      jest.spyOn(global, 'setTimeout').mockImplementation(() => ({}) as NodeJS.Timeout);
      void budget.tryReserve(5, 'market');
      await new Promise((next) => setImmediate(next));
      expect(await budget.tryReserve(1, 'trading')).toEqual({ granted: true });
      expect(counted).toEqual([1]);
    });
  });

  it('keeps to the smaller limit of the exchange, and never above its own', async () => {
    const budget = budgetOn(memoryBudgetStore(), new ManualClock(START));
    budget.limitTo(1_000);
    expect(await exhaust(budget, [5])).toBe(900);
    budget.limitTo(99_999);
    expect(budget.status().limit).toBe(2400);
  });
});
