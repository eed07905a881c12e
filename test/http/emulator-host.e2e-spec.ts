/** The trader's own emulator across restarts: the same exchange is met again, another one shares nothing with it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@slt/config';
import { createTrader } from '../../apps/trader/src/create-app';
import { eventually } from '../support/eventually';

interface Run {
  candles: Record<string, unknown[]>;
  cached: number;
  latest: number;
}

describe("the trader's own emulator", () => {
  let folder: string;
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'slt-host-'))));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** One life of the trader: warm, read, stop. */
  const live = async (environment: Record<string, string>): Promise<Run> => {
    const settings = {
      PORT: '0',
      DATA_DIR: folder,
      EMULATOR_SYMBOLS: '3',
      HISTORY_LIMIT: '100',
      ...environment,
    };
    const trader = await createTrader(loadConfig(settings), { logger: false });
    const get = async (path: string): Promise<unknown> => (await fetch(`${trader.url}${path}`)).json();
    try {
      await eventually(() => trader.cluster.status().ready, 30_000);
      const { symbols } = (await get('/v1/symbols')) as { symbols: { symbol: string }[] };
      const candles: Record<string, unknown[]> = {};
      for (const { symbol } of symbols) {
        const answer = await get(`/v1/symbols/${encodeURIComponent(symbol)}/candles?limit=50`);
        candles[symbol] = (answer as { candles: unknown[] }).candles;
      }
      const times = Object.values(candles).flatMap((rows) =>
        rows.map((row) => (row as { openTime: number }).openTime),
      );
      return { candles, cached: trader.cluster.status().warmUp.cached, latest: Math.max(...times) };
    } finally {
      await trader.close();
    }
  };

  it('goes on where it was, and another market is another one', async () => {
    const first = await live({ EMULATOR_SPEED: '30' });
    const again = await live({ EMULATOR_SPEED: '30' });
    expect(again.latest).toBeGreaterThanOrEqual(first.latest);
    const symbol = Object.keys(first.candles)[0]!;
    const known = new Map(again.candles[symbol]!.map((row) => [(row as { openTime: number }).openTime, row]));
    const shared = first.candles[symbol]!.filter((row) => known.has((row as { openTime: number }).openTime));
    expect(shared.length).toBeGreaterThan(0);
    for (const row of shared) expect(known.get((row as { openTime: number }).openTime)).toEqual(row);

    const other = await live({ EMULATOR_SEED: '2' });
    expect(other.cached).toBe(0);
    expect(other.candles).not.toEqual(again.candles);

    const back = await live({ EMULATOR_SPEED: '1' });
    expect(back.latest).toBeGreaterThanOrEqual(again.latest);
  });
});
