/** Who may trade, when, and what may be asked: token, keys, one process an account, wrong queries, no database. */
import { Emulator } from '@slt/emulator';
import { Pool } from 'pg';
import { SharedDatabase } from '../cluster/support/market-under-test';
import { eventually } from '../support/eventually';
import { SseReader } from './support/sse-reader';
import { TcpProxy } from '../support/tcp-proxy';
import { startTrader, type TestTrader, type TestTraderOptions } from './support/start-trader';
import { TradingCalls } from './support/trading-calls';

const TOKEN = 'a-token-of-the-test';
const WITH_TOKEN = { authorization: `Bearer ${TOKEN}` };

describe('trading is guarded', () => {
  let database: SharedDatabase;
  let proxy: TcpProxy;
  let exchange: Emulator;
  let trader: TestTrader;
  let calls: TradingCalls;

  const start = (options: TestTraderOptions = {}): Promise<TestTrader> =>
    startTrader({
      exchange,
      ...options,
      environment: { DATABASE_URL: database.url, CLUSTER_AUTOSTART: 'false', ...options.environment },
    });

  beforeAll(async () => {
    database = await SharedDatabase.start();
    proxy = await TcpProxy.before(database.url);
    exchange = await Emulator.start({ symbols: 6, speed: 60 });
    trader = await start({ environment: { API_TOKEN: TOKEN, DATABASE_URL: proxy.url } });
    calls = new TradingCalls(trader.url, WITH_TOKEN);
  });
  afterAll(async () => {
    await trader.close();
    await exchange.close();
    await proxy.close();
    await database.stop();
  });

  describe('by the token, once there is one', () => {
    it.each(['start', 'stop', 'stop?flatten=true', 'halt', 'breaker/reset'])(
      'refuses POST /v1/trading/%s without it, and with a wrong one',
      async (path) => {
        const strangers = [new TradingCalls(trader.url)];
        strangers.push(new TradingCalls(trader.url, { authorization: `Bearer ${TOKEN}x` }));
        for (const stranger of strangers) {
          const response = await stranger.post(`/v1/trading/${path}`);
          expect(response.status).toBe(401);
          expect(response.headers.get('www-authenticate')).toContain('Bearer');
          expect(await response.json()).toMatchObject({ code: 'REQUEST.UNAUTHENTICATED' });
        }
        expect((await calls.status()).state).toBe('off');
      },
    );

    it('lets everyone read', async () => {
      const reader = new TradingCalls(trader.url);
      for (const path of [
        'trading',
        'positions',
        'signals',
        'orders',
        'trades',
        'performance',
        'trades.csv',
      ]) {
        expect([path, (await reader.get(`/v1/${path}`)).status]).toEqual([path, 200]);
      }
    });
  });

  describe('by the lease', () => {
    it('lets one process trade an account, and tells the second who does', async () => {
      const second = await start();
      const others = new TradingCalls(second.url);
      await calls.post('/v1/trading/start');
      await calls.is('on');
      const refused = await others.post('/v1/trading/start');
      expect(refused.status).toBe(422);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await refused.json()).toMatchObject({
        code: 'TRADING.LEASE_HELD',
        detail: expect.stringContaining(`process ${process.pid}`),
      });
      expect(await others.status()).toMatchObject({ state: 'off', account: null });
      expect((await calls.status()).state).toBe('on');

      await calls.post('/v1/trading/stop');
      await calls.is('off');
      expect((await others.post('/v1/trading/start')).status).toBe(202);
      await others.is('on');
      const [first] = await calls.json<unknown[]>('/v1/trading/reconciliations');
      expect(first).toMatchObject({ cause: 'start', isClean: true });
      await second.close();
      // Its end gave the account free: nobody waits for a lease to run out.
      expect((await calls.post('/v1/trading/start')).status).toBe(202);
      await calls.is('on');
      await calls.post('/v1/trading/stop');
      await calls.is('off');
    });

    it('takes the account up again that it lost unasked, unless it was told to stop', async () => {
      const states = new SseReader(`${trader.url}/v1/events?types=trading`);
      await states.response;
      const told = (): string[] => states.of('trading').map(({ data }) => (data as { state: string }).state);
      await calls.post('/v1/trading/start');
      await calls.is('on');
      await steal(database.url);
      await eventually(() => told().length >= 5);
      expect(told()).toEqual(['reconciling', 'on', 'off', 'reconciling', 'on']);
      await calls.post('/v1/trading/stop');
      await calls.is('off');
      states.close();
    });
  });

  describe('by the keys', () => {
    it('trades nothing live without them', async () => {
      const live = await start({
        environment: {
          TRADING_MODE: 'live',
          BINANCE_API_KEY: 'k'.repeat(64),
          BINANCE_API_SECRET: 's'.repeat(64),
        },
        adjust: (config) => {
          delete config.BINANCE_API_KEY;
          delete config.BINANCE_API_SECRET;
        },
      });
      const their = new TradingCalls(live.url);
      const refused = await their.post('/v1/trading/start');
      expect(refused.status).toBe(422);
      expect(await refused.json()).toMatchObject({ code: 'TRADING.NO_KEYS' });
      expect(await their.status()).toMatchObject({ state: 'off', mode: 'live' });
      expect(await their.json('/v1/performance')).toMatchObject({
        initialEquity: null,
        equity: null,
        trades: 0,
      });
      await live.close();
    });

    it('is not on with keys that the exchange does not know', async () => {
      const live = await start({
        environment: {
          TRADING_MODE: 'live',
          BINANCE_API_KEY: 'k'.repeat(64),
          BINANCE_API_SECRET: 's'.repeat(64),
        },
      });
      const their = new TradingCalls(live.url);
      const refused = await their.post('/v1/trading/start');
      expect(refused.status).toBe(422);
      const problem = await refused.text();
      expect(JSON.parse(problem)).toMatchObject({ code: 'EXCHANGE.UNAUTHORIZED' });
      expect(problem).not.toContain('k'.repeat(64));
      expect((await their.status()).state).toBe('off');
      await live.close();
    });
  });

  describe('by what may be asked', () => {
    it.each([
      'signals?limit=0',
      'signals?limit=1001',
      'signals?limit=2.5',
      'signals?limit=2&limit=3',
      'signals?cursor=',
      'signals?cursor=nonsense',
      'signals?cursor=%00',
      'signals?symbol=../x',
      'signals?symbol=',
      'signals?setup=adopted',
      'signals?decision=maybe',
      'signals?exitReason=stop',
      'signals?since=1',
      'trades?setup=rumour',
      'trades?exitReason=greed',
      'trades?since=-1',
      'trades?until=9e15',
      'trades?decision=traded',
      'orders?positionId=',
      'orders?positionId=%00',
      'orders?setup=block-retest',
      'positions?limit=1',
      'positions?symbol=%2F',
      'performance?symbol=BTCUSDT',
      'performance?since=yesterday',
      'trades.csv?limit=1',
      'signals.csv?cursor=x',
      'trading/breaker?symbol=BTCUSDT',
      'trading/reconciliations?limit=x',
    ])('refuses GET /v1/%s', async (path) => {
      const response = await calls.get(`/v1/${path}`);
      expect(response.status).toBe(400);
      expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(await response.json()).toMatchObject({ status: 400, detail: expect.any(String) });
    });

    it.each(['stop?flatten=maybe', 'stop?flaten=true', 'stop?flatten='])(
      'refuses POST /v1/trading/%s',
      async (path) => {
        expect((await calls.post(`/v1/trading/${path}`)).status).toBe(400);
      },
    );
  });

  describe('by the database', () => {
    const READERS = [
      'signals',
      'trades',
      'orders',
      'performance',
      'trades.csv',
      'signals.csv',
      'trading/breaker',
      'trading/reconciliations',
    ];

    it('says that it is away, and goes on once it is back', async () => {
      proxy.cut();
      for (const path of READERS) {
        const response = await calls.get(`/v1/${path}`);
        expect([path, response.status]).toEqual([path, 503]);
        expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
        expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
        expect(await response.json()).toMatchObject({ code: 'DATABASE.UNREACHABLE' });
      }
      expect((await calls.status()).state).toBe('off');
      expect(await calls.positions()).toEqual([]);
      expect((await calls.get('/metrics')).status).toBe(200);
      const refused = await calls.post('/v1/trading/start');
      expect(refused.status).toBe(503);
      expect(await refused.json()).toMatchObject({ code: 'DATABASE.UNREACHABLE' });
      expect((await calls.status()).state).toBe('off');

      proxy.restore();
      for (const path of READERS) {
        await eventually(async () => (await calls.get(`/v1/${path}`)).status === 200);
      }
      await calls.post('/v1/trading/start');
      await calls.is('on');
    });
  });
});

/** As another process would that takes a lease which has run out, and gives it back. */
async function steal(url: string): Promise<void> {
  const pool = new Pool({ connectionString: url, max: 1 });
  await pool.query("update trading.lease set token = token + 1, expires_at = '-infinity'");
  await pool.end();
}
