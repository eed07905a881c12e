/** Smart Money Concepts over HTTP: what the service says is what an engine of our own makes of its candles. */
import { columnsOf, type Candle, type Interval, intervalMs } from '@slt/domain';
import { SmcEngine, type SmcEvent, SmcService, type SmcView } from '@slt/smc';
import { eventually } from '../support/eventually';
import { SseReader } from './support/sse-reader';
import { startTrader, type TestTrader } from './support/start-trader';

type SmcBody = SmcView & { symbol: string; interval: Interval };

interface SmcMessage {
  symbol: string;
  interval: Interval;
  events: SmcEvent[];
}

const SYMBOLS = ['BTCUSDT', 'ETHUSDT', '币安人生USDT'];

describe('smart money concepts', () => {
  let trader: TestTrader;
  let reader: SseReader;
  let symbols: string[];

  beforeAll(async () => {
    trader = await startTrader({
      emulator: { speed: 240, symbols: 12 }, // a minute lasts a quarter of a second
      environment: {
        CLUSTER_AUTOSTART: 'false',
        HISTORY_INTERVALS: '1m,5m',
        HISTORY_LIMIT: '300',
        SYMBOLS: SYMBOLS.join(','),
      },
    });
    reader = new SseReader(`${trader.url}/v1/events?types=candle,smc`);
    await reader.response;
    await fetch(`${trader.url}/v1/cluster/start`, { method: 'POST' });
    await eventually(async () => (await get('/health/ready')).status === 200);
    const { symbols: listed } = await json<{ symbols: { symbol: string }[] }>('/v1/symbols');
    symbols = listed.map(({ symbol }) => symbol);
  });
  afterAll(async () => {
    reader.close();
    await trader.close();
  });

  const get = (path: string) => fetch(`${trader.url}${path}`);
  const json = async <T>(path: string): Promise<T> => (await get(path)).json() as Promise<T>;
  const pathOf = (symbol: string, call: string) => `/v1/symbols/${encodeURIComponent(symbol)}/${call}`;

  /** All candles that the service's engine has seen, from the exchange: the service has let go of the first ones. */
  async function candlesOf({ symbol, interval, candles, lastOpenTime }: SmcBody): Promise<Candle[]> {
    const query = `symbol=${encodeURIComponent(symbol)}&interval=${interval}&limit=${candles}&endTime=${lastOpenTime}`;
    const response = await fetch(`${trader.emulator.url}/fapi/v1/klines?${query}`);
    const rows = (await response.json()) as [number, ...string[]][];
    expect(rows).toHaveLength(candles);
    return rows.map(([openTime, ...texts]) => {
      const [open, high, low, close, volume] = texts.map(Number) as [number, number, number, number, number];
      return { openTime, open, high, low, close, volume };
    });
  }

  function engineOver(candles: readonly Candle[], interval: Interval): SmcEngine {
    const engine = new SmcEngine({ intervalMs: intervalMs(interval) });
    engine.warmUp(columnsOf(candles));
    return engine;
  }

  it.each(['1m', '5m'] as const)('are what an engine makes of the candles of %s', async (interval) => {
    expect(new Set(symbols)).toEqual(new Set(SYMBOLS));
    for (const symbol of symbols) {
      const body = await json<SmcBody>(pathOf(symbol, `smc?interval=${interval}`));
      const view = engineOver(await candlesOf(body), interval).view();
      expect(body).toEqual({ symbol, interval, ...view });
    }
  });

  it('come as events, each with the candle that proved it', async () => {
    const [symbol] = symbols as [string];
    const ofSymbol = (type: string) =>
      reader
        .of(type)
        .map(({ data }) => data as SmcMessage & { candle: Candle })
        .filter((each) => each.symbol === symbol && each.interval === '1m');
    await eventually(() => ofSymbol('smc').length >= 3);
    const body = await json<SmcBody>(pathOf(symbol, 'smc'));
    const candles = await candlesOf(body);
    await eventually(() => ofSymbol('candle').some(({ candle }) => candle.openTime === body.lastOpenTime));
    const first = ofSymbol('candle')[0]!.candle.openTime;
    const engine = engineOver(
      candles.filter(({ openTime }) => openTime < first),
      '1m',
    );
    const expected = candles
      .filter(({ openTime }) => openTime >= first)
      .flatMap((candle) => engine.step(candle));
    const told = ofSymbol('smc').flatMap(({ events }) => events);
    expect(told.filter(({ knownAtTime }) => knownAtTime <= body.lastOpenTime!)).toEqual(expected);
  });

  it('are remembered in the order in which they became known', async () => {
    const [symbol] = symbols as [string];
    const log = await json<{ candles: number; lastOpenTime: number; events: SmcEvent[] }>(
      pathOf(symbol, 'smc/events?limit=200'),
    );
    expect(log.candles).toBe(200);
    const query = `candles?limit=200&endTime=${log.lastOpenTime}`;
    const { candles } = await json<{ candles: Candle[] }>(pathOf(symbol, query));
    const engine = new SmcEngine({ intervalMs: intervalMs('1m') });
    expect(log.events).toEqual(candles.flatMap((candle) => engine.step(candle)));
    // Of fewer candles they are the same, as far as these go: nothing was known early.
    const until = candles[149]!.openTime;
    const short = new SmcEngine({ intervalMs: intervalMs('1m') });
    expect(log.events.filter(({ knownAtTime }) => knownAtTime <= until)).toEqual(
      candles.slice(0, 150).flatMap((candle) => short.step(candle)),
    );
  });

  it('come by type and symbol as asked', async () => {
    const [, symbol] = symbols as [string, string];
    const few = new SseReader(`${trader.url}/v1/events?types=smc&symbols=${encodeURIComponent(symbol)}`);
    try {
      await eventually(() => few.events.length >= 2);
      expect(few.events.map(({ event, data }) => [event, (data as SmcMessage).symbol])).toEqual(
        few.events.map(() => ['smc', symbol]),
      );
    } finally {
      few.close();
    }
  });

  it('give the newest zones, as many as asked', async () => {
    const symbol = symbols.at(-1)!;
    const { orderBlocks, gaps, liquidity } = await json<SmcBody>(pathOf(symbol, 'smc?limit=1'));
    expect([orderBlocks.length, gaps.length, liquidity.length].every((length) => length <= 1)).toBe(true);
    const whole = await json<SmcBody>(pathOf(symbol, 'smc'));
    expect(whole.gaps.length + whole.liquidity.length).toBeGreaterThan(0);
  });

  it('are of no symbol that is not followed', async () => {
    const response = await get(pathOf('没有USDT', 'smc'));
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'SYMBOL.UNKNOWN' });
  });

  it.each([
    ['interval=4h', { code: 'SMC.NOT_FOLLOWED' }],
    ['interval=7m', { errors: [{ field: 'interval' }] }],
    ['limit=0', { errors: [{ field: 'limit' }] }],
    ['limit=few', { errors: [{ field: 'limit' }] }],
    ['scale=swing', { errors: [{ field: 'scale' }] }],
  ])('refuse ?%s', async (query, problem) => {
    const response = await get(pathOf(symbols[0]!, `smc?${query}`));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject(problem);
  });

  it.each([
    ['interval=4h', { code: 'SMC.NOT_FOLLOWED' }],
    ['limit=2001', { errors: [{ field: 'limit' }] }],
  ])('refuse to remember ?%s', async (query, problem) => {
    const response = await get(pathOf(symbols[0]!, `smc/events?${query}`));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject(problem);
  });

  it('are counted and timed', async () => {
    const text = await (await get('/metrics')).text();
    const counted = [...text.matchAll(/^slt_smc_events_total\{kind="[a-z-]+"\} (\d+)$/gm)];
    expect(counted).toHaveLength(9);
    expect(counted.reduce((sum, [, count]) => sum + Number(count), 0)).toBeGreaterThan(0);
    expect(text).toMatch(/^slt_smc_step_seconds\{quantile="0.99"\} [\d.e-]+$/m);
    expect(text).toMatch(/^slt_smc_refused_candles_total 0$/m);
    expect(text).toMatch(/^slt_smc_lost_engines_total 0$/m);
  });

  it('say when to come back while there is no history yet', async () => {
    await fetch(`${trader.url}/v1/cluster/stop`, { method: 'POST' });
    trader.app.get(SmcService).forgetAll();
    const response = await get(pathOf(symbols[0]!, 'smc'));
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(await response.json()).toMatchObject({ code: 'SMC.NOT_YET' });
  });
});
