/** Several clients spend as fast as they can, over many minutes of the exchange: it never has to say no. */
import { isAppError, lastClosedOpenTime, MINUTE_MS } from '@slt/domain';
import { Emulator } from '@slt/emulator';
import { type BudgetStore, memoryBudgetStore, redisBudgetStore } from './budget-store';
import { createParts, type Parts } from './testing/parts';

const REDIS_URL = process.env['REDIS_URL'];
const shared = memoryBudgetStore();
const stores: [string, () => BudgetStore][] = [['memory', () => shared]];
if (REDIS_URL !== undefined) stores.push(['Redis', () => redisBudgetStore(REDIS_URL)]);
else
  describe.skip('clients that share Redis (REDIS_URL is not set)', () => it('never exceed', () => undefined));

const LIMIT = 300;
const RUN_MS = 5_000;

async function spend(parts: Parts, until: number): Promise<number> {
  let calls = 0;
  while (performance.now() < until) {
    const endTime = lastClosedOpenTime(parts.time.now(), '1m');
    const request = {
      symbol: 'BTCUSDT',
      interval: '1m' as const,
      startTime: endTime - 199 * MINUTE_MS,
      endTime,
    };
    try {
      await parts.client.klines({ ...request, limit: 200 });
      calls++;
    } catch (error) {
      if (!isAppError(error) || error.retryAfterMs === undefined) throw error;
      const wait = Math.min(error.retryAfterMs, until - performance.now());
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
  return calls;
}

describe.each(stores)('clients that share %s', (_, open) => {
  it.each([
    ['', {}],
    [' over a slow line', { latencyMs: 40, jitterMs: 30 }],
  ])('never exceed the weight%s, and use most of what they may', async (__, line) => {
    const emulator = await Emulator.start({
      symbols: 3,
      speed: 60,
      weightLimit: LIMIT,
      quiet: true,
      ...line,
    });
    const clients = [0, 1, 2].map(() => createParts(emulator, { store: open(), limit: LIMIT }));
    await Promise.all(clients.map(({ clock }) => clock.sync()));
    const until = performance.now() + RUN_MS;
    const lanes = clients.flatMap((parts) => Array.from({ length: 6 }, () => spend(parts, until)));
    await Promise.all(lanes);
    const { weight, rateLimited, bans } = emulator.stats();
    expect({ rateLimited, bans }).toEqual({ rateLimited: 0, bans: 0 });
    expect(weight.peak).toBeLessThanOrEqual(LIMIT);
    // Five minutes of the exchange, the first and the last of them in part.
    expect(weight.total).toBeGreaterThan(3 * LIMIT * 0.9 * 0.5);
    for (const parts of clients) await parts.close();
    await emulator.close();
  });
});
