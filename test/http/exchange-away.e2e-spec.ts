/** An exchange that is away at the start, and comes: the service lives, says so, and gets ready by itself. */
import { eventually } from '../support/eventually';
import { startTrader, type TestTrader } from './support/start-trader';

describe('an exchange that is away', () => {
  let trader: TestTrader;
  beforeAll(async () => {
    trader = await startTrader({
      emulator: { faults: [{ id: 'away', kind: 'drop-socket', path: '/fapi' }] },
    });
  });
  afterAll(() => trader.close());

  const get = (path: string) => fetch(`${trader.url}${path}`);

  it('leaves the service alive, not started and not ready, with the reason', async () => {
    expect((await get('/health/live')).status).toBe(200);
    expect((await get('/health/startup')).status).toBe(503);
    const response = await get('/health/ready');
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      status: 'error',
      ready: false,
      phase: 'discovering',
      reason: expect.any(String),
      warmUp: { total: 0, ready: 0 },
      details: { warmUp: { status: 'down' }, exchange: { status: 'degraded' }, store: { status: 'up' } },
    });
  });

  it('makes calls answer when to come back', async () => {
    for (const path of ['/v1/symbols', '/v1/symbols/BTCUSDT', '/v1/symbols/BTCUSDT/candles']) {
      const response = await get(path);
      expect(response.status).toBe(503);
      expect(response.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
      expect(await response.json()).toMatchObject({ code: 'UNIVERSE.UNKNOWN' });
    }
  });

  it('is noticed when it comes', async () => {
    trader.emulator.faults.remove('away');
    await eventually(async () => (await get('/health/ready')).status === 200);
    expect((await get('/health/startup')).status).toBe(200);
  });
});
