/** Trading on paper by REST: off until told, started, stopped, halted; and what the journal tells of it afterwards. */
import { Database } from '@slt/database';
import { Journal, TradingService } from '@slt/trading';
import { eventually } from '../support/eventually';
import { SseReader } from './support/sse-reader';
import { startTrader, type TestTrader } from './support/start-trader';
import { EAGER, parseCsv, type PerformanceDto, type TradeDto, TradingCalls } from './support/trading-calls';

interface Told {
  symbol?: string;
  state?: string;
  signal?: { id: string };
  trade?: TradeDto;
}

describe('trading on paper', () => {
  let trader: TestTrader;
  let calls: TradingCalls;
  let listener: SseReader;

  beforeAll(async () => {
    trader = await startTrader({
      emulator: { symbols: 20, speed: 120 },
      environment: { CLUSTER_AUTOSTART: 'false', HISTORY_LIMIT: '400', ...EAGER },
    });
    calls = new TradingCalls(trader.url);
    listener = new SseReader(`${trader.url}/v1/events?types=trading,signal,position,trade,breaker`);
    await listener.response;
  });
  afterAll(async () => {
    listener.close();
    await trader.close();
  });

  const told = (type: string): Told[] => listener.of(type).map(({ data }) => data as Told);
  const metrics = async (): Promise<string> => (await calls.get('/metrics')).text();

  describe('before it is told to', () => {
    it('is off, has no journal, and says both without opening one', async () => {
      expect(await calls.status()).toMatchObject({
        state: 'off',
        mode: 'paper',
        account: null,
        equity: null,
        positions: [],
        breaker: { level: 'normal', reasons: [] },
        limits: { maxPositions: 5 },
      });
      expect(await calls.positions()).toEqual([]);
      expect(await metrics()).toContain('slt_trading_state{state="off"} 1');
      await calls.get('/health/ready');
      const { rows } = await trader.app
        .get(Database)
        .query<{ schema: string | null }>("select to_regnamespace('trading')::text as schema");
      expect(rows).toEqual([{ schema: null }]);
    });

    it('answers with empty lists, and with the balance it will begin with', async () => {
      for (const list of ['signals', 'trades', 'orders', 'trading/breaker', 'trading/reconciliations']) {
        const response = await calls.get(`/v1/${list}`);
        expect([list, response.status, response.headers.get('link')]).toEqual([list, 200, null]);
        expect(await response.json()).toEqual([]);
      }
      expect(await calls.json('/v1/performance')).toMatchObject({
        trades: 0,
        netPnl: 0,
        initialEquity: 10_000,
        equity: 10_000,
        winRate: null,
        profitFactor: null,
        sharpe: null,
        maxDrawdown: 0,
        equityCurve: [],
        balances: [],
        perSetup: {},
        perSymbol: {},
      });
      for (const file of ['trades.csv', 'signals.csv']) {
        const response = await calls.get(`/v1/${file}`);
        expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
        expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${file}"`);
        const text = await response.text();
        expect([text.split('\r\n').length, parseCsv(text)]).toEqual([2, []]);
      }
    });

    it('refuses every signal, and shows it', async () => {
      await calls.post('/v1/cluster/start');
      const [signal] = await eventually(async () => {
        const signals = await calls.signals();
        if (signals.length > 0) return signals;
        throw new Error('no signal yet');
      });
      expect(signal).toMatchObject({
        id: expect.stringMatching(/^.+:1m:(sweep-reversal|block-retest|gap-continuation):(long|short):\d+$/),
        interval: '1m',
        confidence: expect.any(Number),
        parts: { base: 0.5 },
        decision: 'refused',
        reasons: ['TRADING_OFF'],
        // On paper it explores, small, until it has outcomes enough.
        assessment: { model: 'heuristic', riskScale: 0.05, refusals: [], costR: expect.any(Number) },
      });
      const { features, contributions, probability } = signal!.assessment!;
      expect(features.some((value) => value !== null)).toBe(true);
      expect(contributions.length).toBeLessThanOrEqual(8);
      expect(probability).toBeGreaterThan(0);
      const { direction, entry, stop, target } = signal!;
      const sign = direction === 'long' ? 1 : -1;
      expect(sign * (entry - stop)).toBeGreaterThan(0);
      expect(sign * (target - entry)).toBeGreaterThanOrEqual(2 * sign * (entry - stop) * (1 - 1e-9));
    });
  });

  describe('once it is started', () => {
    it('reconciles, then opens protected positions', async () => {
      const started = await calls.post('/v1/trading/start');
      expect(started.status).toBe(202);
      expect(['reconciling', 'on']).toContain(((await started.json()) as { state: string }).state);
      expect(await calls.is('on')).toMatchObject({
        account: expect.stringMatching(/^paper:emulator-/),
        walletBalance: expect.any(Number),
      });
      for (const position of await calls.holds(2)) {
        const sign = position.direction === 'long' ? 1 : -1;
        expect(sign * (position.target! - position.stop!)).toBeGreaterThan(0);
        expect(position.quantity).toBeGreaterThan(0);
        expect(position.fees).toBeGreaterThan(0);
        const orders = await calls.orders(`?positionId=${encodeURIComponent(position.id)}`);
        const of = (role: string) => orders.filter((order) => order.role === role);
        expect(of('entry')).toEqual([
          expect.objectContaining({ status: 'filled', kind: 'limit', timeInForce: 'IOC', reduceOnly: false }),
        ]);
        expect(of('stop')[0]).toMatchObject({ kind: 'stop', reduceOnly: true });
      }
    });

    it('is without effect when it is on already', async () => {
      expect((await calls.post('/v1/trading/start')).status).toBe(202);
      expect((await calls.status()).state).toBe('on');
    });

    it('tells one story by all calls', async () => {
      const { trading } = ((await calls.json('/health/ready')) as { details: Record<string, unknown> })
        .details;
      expect(trading).toMatchObject({ state: 'on', mode: 'paper' });
      const text = await metrics();
      const value = (sample: string): number =>
        Number(
          text
            .split('\n')
            .find((line) => line.startsWith(`${sample} `))
            ?.slice(sample.length),
        );
      expect(value('slt_trading_state{state="on"}')).toBe(1);
      expect(value('slt_trading_state{state="off"}')).toBe(0);
      expect(value('slt_trading_live')).toBe(0);
      expect(value('slt_trading_fills_total')).toBeGreaterThanOrEqual(2);
      expect(value('slt_trading_calls_total{call="place"}')).toBeGreaterThanOrEqual(4);
      expect(value('slt_trading_call_errors_total{call="place"}')).toBe(0);
      expect(value('slt_trading_orders_total{role="entry",outcome="filled"}')).toBeGreaterThanOrEqual(2);
      expect(value('slt_trading_equity_usdt')).toBeGreaterThan(0);
      expect(value('slt_trading_refusals_total{reason="TRADING_OFF"}')).toBeGreaterThan(0);
      expect(value('slt_trading_refusals_total{reason="NO_EQUITY"}')).toBe(0);
      const [reconciliation] = await calls.json<unknown[]>('/v1/trading/reconciliations');
      expect(reconciliation).toMatchObject({ cause: 'start', isClean: true, findings: [] });
    });

    it('closes all and is off, when told to flatten', async () => {
      const held = (await calls.positions()).map(({ id }) => id);
      expect(held.length).toBeGreaterThan(0);
      const stopped = await calls.post('/v1/trading/stop?flatten=true');
      expect(stopped.status).toBe(202);
      expect(await stopped.json()).toMatchObject({ state: 'stopping' });
      expect(await calls.is('off')).toMatchObject({ positions: [], account: null });
      expect((await calls.trades('?exitReason=flatten')).length).toBeGreaterThan(0);
      const closed = (await calls.trades('?limit=1000')).map(({ positionId }) => positionId);
      expect(closed).toEqual(expect.arrayContaining(held));
      const open = (await calls.orders()).filter(({ status }) =>
        ['intended', 'sent', 'unknown', 'working', 'partially-filled', 'triggered'].includes(status),
      );
      expect(open).toEqual([]);
    });

    it('told of it as it happened', async () => {
      const statesTold = () => told('trading').map(({ state }) => state);
      // Events go out some milliseconds after the state is seen to be off.
      await eventually(() => statesTold().at(-1) === 'off');
      const states = statesTold();
      expect([states[0], ...states.slice(-2)]).toEqual(['reconciling', 'stopping', 'off']);
      expect(states).toContain('on');
      const keyOf = ({ positionId, entryTime }: TradeDto): string => `${positionId}@${entryTime}`;
      await eventually(async () => {
        const ofTrades = new Map(told('trade').map(({ trade }) => [keyOf(trade!), trade]));
        for (const trade of await calls.trades()) expect(ofTrades.get(keyOf(trade))).toEqual(trade);
      });
      const [first] = told('position');
      const few = new SseReader(
        `${trader.url}/v1/events?types=signal&symbols=${encodeURIComponent(first!.symbol!)}`,
        { 'last-event-id': listener.events[0]!.id! },
      );
      await eventually(() => few.of('signal').length > 0);
      expect(new Set(few.of('signal').map(({ data }) => (data as Told).symbol))).toEqual(
        new Set([first!.symbol]),
      );
      few.close();
    });
  });

  describe('afterwards', () => {
    it('adds up: performance is what the trades earned', async () => {
      const trades = (await calls.allPages<TradeDto>('/v1/trades?limit=1000')).items;
      const performance = await calls.json<PerformanceDto>('/v1/performance');
      const sum = (of: (trade: TradeDto) => number, among = trades): number =>
        among.reduce((total, trade) => total + of(trade), 0);
      for (const { realizedPnl, fees, funding, netPnl } of trades) {
        expect(netPnl).toBeCloseTo(realizedPnl - fees + funding, 8);
      }
      const wins = trades.filter(({ netPnl }) => netPnl > 0);
      const losses = trades.filter(({ netPnl }) => netPnl < 0);
      expect(performance).toMatchObject({
        trades: trades.length,
        wins: wins.length,
        losses: losses.length,
        initialEquity: 10_000,
      });
      expect(performance.netPnl).toBeCloseTo(
        sum(({ netPnl }) => netPnl),
        8,
      );
      expect(performance.equity).toBeCloseTo(10_000 + performance.netPnl, 8);
      expect(performance.fees).toBeCloseTo(
        sum(({ fees }) => fees),
        8,
      );
      expect(performance.winRate).toBeCloseTo(wins.length / trades.length, 12);
      expect(performance.expectancyR).toBeCloseTo(sum(({ r }) => r!) / trades.length, 9);
      const lost = -sum(({ netPnl }) => netPnl, losses);
      if (lost === 0) expect(performance.profitFactor).toBeNull();
      else expect(performance.profitFactor).toBeCloseTo(sum(({ netPnl }) => netPnl, wins) / lost, 9);
      expect(performance.maxDrawdown).toBeCloseTo(drawdownOf(trades), 8);
      expect(performance.equityCurve.at(-1)?.equity).toBeCloseTo(performance.equity!, 8);
      for (const tallies of [performance.perSetup, performance.perSymbol]) {
        const each = Object.values(tallies);
        expect(each.reduce((total, { trades: count }) => total + count, 0)).toBe(trades.length);
        expect(each.reduce((total, { netPnl }) => total + netPnl, 0)).toBeCloseTo(performance.netPnl, 8);
      }
      // Flat, so nothing is left that is not in a trade: to the cent.
      expect(performance.balances.at(-1)?.walletBalance).toBeCloseTo(performance.equity!, 2);
      expect(JSON.stringify(performance)).not.toMatch(/NaN|Infinity/);
    });

    it('splits the performance at an instant', async () => {
      const trades = (await calls.allPages<TradeDto>('/v1/trades')).items;
      const since = trades[0]!.exitTime;
      const whole = await calls.json<PerformanceDto>('/v1/performance');
      const before = await calls.json<PerformanceDto>(`/v1/performance?until=${since - 1}`);
      const after = await calls.json<PerformanceDto>(`/v1/performance?since=${since}`);
      expect(before.trades + after.trades).toBe(whole.trades);
      expect(after.initialEquity).toBe(before.equity);
      expect(after.equity).toBe(whole.equity);
      expect(await calls.trades(`?since=${since}&limit=1000`)).toHaveLength(after.trades);
    });

    it('gives pages that join without a hole or a double, newest first', async () => {
      for (const list of ['signals?decision=refused', 'trades?', 'orders?'] as const) {
        const whole = await calls.json<unknown[]>(`/v1/${list}&limit=1000`);
        const paged = await calls.allPages<Record<string, unknown>>(`/v1/${list}&limit=2`);
        // Signals come in meanwhile: newer ones, of which the pages know nothing.
        expect(whole.slice(-paged.items.length)).toEqual(paged.items.slice(-whole.length));
        expect(paged.pages).toBe(Math.max(1, Math.ceil(paged.items.length / 2)));
        const times = paged.items.map((item) => Number(item['at'] ?? item['exitTime'] ?? item['createdAt']));
        expect(times).toEqual([...times].sort((a, b) => b - a));
      }
    });

    it('filters by each field', async () => {
      const trades = (await calls.allPages<TradeDto>('/v1/trades')).items;
      const { symbol, setup, exitReason, exitTime } = trades.at(-1)!;
      for (const [query, belongs] of [
        [`symbol=${encodeURIComponent(symbol)}`, (trade: TradeDto) => trade.symbol === symbol],
        [`setup=${setup}`, (trade: TradeDto) => trade.setup === setup],
        [`exitReason=${exitReason}`, (trade: TradeDto) => trade.exitReason === exitReason],
        [`until=${exitTime}`, (trade: TradeDto) => trade.exitTime <= exitTime],
      ] as const) {
        expect(await calls.trades(`?limit=1000&${query}`)).toEqual(trades.filter(belongs));
      }
      const traded = await calls.signals('?decision=traded&limit=1000');
      expect(new Set(traded.map(({ decision }) => decision))).toEqual(new Set(['traded']));
      expect(traded.map(({ reasons }) => reasons.length)).toEqual(traded.map(() => 0));
      const ids = new Set(traded.map(({ id }) => id));
      for (const { positionId } of trades) expect(ids).toContain(positionId);
    });

    it('exports the same as CSV', async () => {
      const trades = (await calls.allPages<TradeDto>('/v1/trades')).items;
      const rows = parseCsv(await (await calls.get('/v1/trades.csv')).text());
      expect(
        rows.map((row) => [
          row['position_id'],
          row['exit_reason'],
          Date.parse(row['exit_time']!),
          Number(row['net_pnl']),
        ]),
      ).toEqual(
        trades.map(({ positionId, exitReason, exitTime, netPnl }) => [
          positionId,
          exitReason,
          exitTime,
          netPnl,
        ]),
      );
      const traded = await calls.signals('?decision=traded&limit=1000');
      const signals = parseCsv(await (await calls.get('/v1/signals.csv?decision=traded')).text());
      expect(signals.map((row) => [row['id'], JSON.parse(row['parts']!) as unknown])).toEqual(
        traded.map(({ id, parts }) => [id, parts]),
      );
    });

    it('begins anew after a halt, and only then', async () => {
      const halted = await calls.post('/v1/trading/halt');
      expect(halted.status).toBe(200);
      expect(await halted.json()).toMatchObject({ state: 'halted', halt: { reason: 'hand' } });
      const { trading } = ((await calls.json('/health/ready')) as { details: Record<string, unknown> })
        .details;
      expect(trading).toMatchObject({ status: 'degraded', state: 'halted' });
      expect((await calls.get('/health/ready')).status).toBe(200);
      await calls.post('/v1/trading/start');
      await calls.is('on');
      await calls.post('/v1/trading/halt');
      expect(await calls.status()).toMatchObject({ state: 'halted', account: expect.any(String) });
      await calls.post('/v1/trading/stop?flatten=true');
      await calls.is('off');
      expect((await calls.post('/v1/trading/stop')).status).toBe(202);
    });

    it('shows what became of the breaker', async () => {
      expect((await calls.post('/v1/trading/breaker/reset')).status).toBe(200);
      expect((await calls.status()).breaker).toMatchObject({ level: 'normal', reasons: [] });
      const { account } = trader.app.get(TradingService);
      const reasons = [{ code: 'ERROR_RATE', value: 0.34, threshold: 0.3 }] as const;
      const changes = [
        { at: 1, from: 'normal', to: 'throttled', move: 'worsen-to-throttled', reasons },
        { at: 2, from: 'throttled', to: 'normal', move: 'reset', reasons: [] },
      ] as const;
      for (const change of changes) await trader.app.get(Journal).breakerChanged(account, change);
      const { items, pages } = await calls.allPages('/v1/trading/breaker?limit=1');
      expect([items, pages]).toEqual([[changes[1], changes[0]], 2]);
    });
  });
});

/** The deepest fall of the sum of what was earned below its peak, the beginning included. */
function drawdownOf(trades: readonly TradeDto[]): number {
  let equity = 0;
  let peak = 0;
  let deepest = 0;
  for (const { netPnl } of [...trades].sort((a, b) => a.exitTime - b.exitTime)) {
    equity += netPnl;
    peak = Math.max(peak, equity);
    deepest = Math.max(deepest, peak - equity);
  }
  return deepest;
}
