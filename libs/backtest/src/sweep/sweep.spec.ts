/** Sweeps on real queues: PostgreSQL always, Redis where REDIS_URL names one. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createQueueBackend, type QueueBackend } from '@slt/queue';
import { DEFAULT_RISK_LIMITS } from '@slt/trading';
import { eventually } from '../../../../test/support/eventually';
import { embeddedQueue, type QueueAddress, redisQueue } from '../../../../test/support/history/queue-bench';
import { walk } from '../testing/spec-market';
import { Sweep, type SweepOptions, sweepQueueName } from './sweep';
import { runSweepJob, type SweepBase } from './sweep-job';
import { SweepWorker } from './sweep-worker';

const BASE: SweepBase = { interval: '1m', limits: DEFAULT_RISK_LIMITS, breaker: {}, paper: {} };

const REDIS_URL = process.env['REDIS_URL'];
const QUEUES: [string, () => Promise<QueueAddress>][] = [['PostgreSQL', embeddedQueue]];
if (REDIS_URL === undefined)
  describe.skip('a sweep on Redis (REDIS_URL is not set)', () => it('works', () => undefined));
else QUEUES.push(['Redis', () => redisQueue(REDIS_URL)]);

let folder: string;
let queueName: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slt-sweep-'));
  const rows = walk(3, 900).map((candle) => Object.values(candle).join(','));
  writeFileSync(
    join(folder, 'AUSDT_1m_walk.csv'),
    ['timestamp,open,high,low,close,volume', ...rows, ''].join('\n'),
  );
  queueName = await sweepQueueName(folder);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(QUEUES)('a sweep on %s', (_, open) => {
  let address: QueueAddress;
  let backend: QueueBackend;
  let worker: SweepWorker;

  beforeAll(async () => {
    address = await open();
    backend = await createQueueBackend(address.config, { url: address.url });
  });

  beforeEach(() => {
    worker = new SweepWorker(folder);
  });

  afterEach(() => worker.close());

  afterAll(async () => {
    await backend.close();
    await address.stop();
  });

  const sweepOf = (options: Partial<SweepOptions>): Sweep =>
    Sweep.on(backend, queueName, { base: BASE, points: [], ...options });

  it('tells of each combination what a backtest of its own would', async () => {
    worker.start(backend, queueName);
    const points = [{ 'limits.leverageCap': 5 }, { 'limits.leverageCap': 10 }, { 'setups.rewardMin': 3 }];
    const told: number[] = [];
    const sweep = sweepOf({ points, onProgress: (done) => void told.push(done) });
    const swept = await sweep.run();
    await sweep.close();
    expect(swept.map(({ point }) => point)).toEqual(points);
    for (const { point, result } of swept) {
      const { seconds: _seconds, ...expected } = await runSweepJob({ base: BASE, point }, folder);
      expect(result).toMatchObject(expected);
    }
    expect(new Set(swept.map(({ result }) => result!.decisionsHash)).size).toBe(3);
    expect(told.at(-1)).toBe(3);
  });

  it('tells what failed, and why, beside what did not', async () => {
    worker.start(backend, queueName);
    const points = [{ 'limits.leverageCap': 0 }, { 'limits.leverageCap': 3 }];
    const sweep = sweepOf({ points });
    const [failed, fine] = await sweep.run();
    await sweep.close();
    expect(failed).toEqual({ point: points[0], error: expect.stringContaining('RISK.LIMITS') as string });
    expect(fine!.result!.signals).toBeGreaterThan(0);
  });

  it('is worked on by whoever comes, and what one broke off another takes up', async () => {
    const points = [1, 2, 3, 4].map((count) => ({ 'limits.maxPositions': count }));
    const sweep = sweepOf({ points });
    const swept = sweep.run();
    worker.start(backend, queueName);
    await worker.close();
    const other = new SweepWorker(folder);
    other.start(backend, queueName);
    expect((await swept).every(({ result }) => result !== undefined)).toBe(true);
    await other.close();
    await sweep.close();
  });

  it('leaves nothing behind that nobody waits for', async () => {
    const interrupt = new AbortController();
    const points = [{ 'limits.leverageCap': 5 }, { 'limits.leverageCap': 10 }];
    const sweep = sweepOf({ points, signal: interrupt.signal });
    const queue = backend.queue(queueName);
    const swept = sweep.run();
    await eventually(async () => (await queue.getWaitingCount()) === 2);
    interrupt.abort();
    expect(await swept).toEqual([]);
    await sweep.close();
    expect(await queue.getWaitingCount()).toBe(0);
    await queue.close();
  });
});
