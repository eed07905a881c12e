/** Paging, against an exchange that answers as Binance's pages do: at most a thousand rows, the oldest of what is asked. */
import fc from 'fast-check';
import { DAY_MS } from '@slt/domain';
import { PAGE_ROWS, type IncomeQuery, type OrderSpan, type TradeQuery } from './account-client';
import {
  type AccountReader,
  type OrderReader,
  readAlgoOrders,
  readIncome,
  readOrders,
  readTrades,
} from './account-history';
import type { AccountTrade, IncomeRow } from './core/account-wire';
import type { AlgoOrder, Placed, PlainOrder } from './core/order-wire';

const NOW = 1_790_000_000_000;

function tradeAt(at: number, number: number, symbol = 'BTCUSDT'): AccountTrade {
  return {
    symbol,
    tradeId: String(9007199254740000n + BigInt(number)),
    orderId: String(number),
    ...{
      side: 'buy',
      quantity: '1',
      price: '1',
      fee: '0',
      feeAsset: 'USDT',
      realizedPnl: '0',
      isMaker: false,
    },
    at,
  };
}

class Pages implements AccountReader {
  calls = 0;

  constructor(
    private readonly trades: readonly AccountTrade[],
    private readonly rows: readonly IncomeRow[] = [],
  ) {}

  userTrades({
    symbol,
    startTime = 0,
    endTime = Infinity,
    fromId = '0',
  }: TradeQuery): Promise<AccountTrade[]> {
    this.calls++;
    expect(startTime === 0 || endTime - startTime < 7 * DAY_MS).toBe(true);
    const found = this.trades
      .filter((trade) => symbol === undefined || trade.symbol === symbol)
      .filter(({ at, tradeId }) => at >= startTime && at <= endTime && BigInt(tradeId) >= BigInt(fromId));
    return Promise.resolve(found.slice(0, PAGE_ROWS));
  }

  income({ startTime, endTime }: IncomeQuery): Promise<IncomeRow[]> {
    const found = this.rows.filter(({ at }) => at >= startTime && at <= endTime);
    return Promise.resolve(found.slice(0, PAGE_ROWS));
  }
}

const history = fc.record({
  rows: fc.integer({ min: 1, max: 3_500 }),
  span: fc.integer({ min: DAY_MS, max: 60 * DAY_MS }),
  burst: fc.integer({ min: 1, max: 400 }),
});

/** Ascending, with bursts of the same millisecond. */
function timesOf({ rows, span, burst }: { rows: number; span: number; burst: number }): number[] {
  const step = span / rows;
  return Array.from(
    { length: rows },
    (_, i) => NOW - span + Math.floor(Math.floor(i / burst) * burst * step),
  );
}

describe('history of the account', () => {
  it('leaves no trade out and tells none twice, of one symbol', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.nat({ max: 70 }), async (shape, days) => {
        const trades = timesOf(shape).map((at, i) => tradeAt(at, i));
        const since = NOW - days * DAY_MS;
        const read = await readTrades(new Pages(trades), 'BTCUSDT', { since, now: NOW });
        expect(read).toEqual(trades.filter(({ at }) => at >= since));
      }),
      { numRuns: 60 },
    );
  });

  it('leaves no trade out and tells none twice, of all symbols', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (shape) => {
        // The same ids in every symbol.
        const trades = timesOf(shape).map((at, i) => tradeAt(at, Math.floor(i / 3), ['A', 'B', 'C'][i % 3]));
        const read = await readTrades(new Pages(trades), undefined, { since: 0, now: NOW });
        expect(read).toEqual(trades);
      }),
      { numRuns: 60 },
    );
  });

  it('goes on in a burst of one millisecond, where ids tell the rest', async () => {
    const trades = Array.from({ length: 2_500 }, (_, i) => tradeAt(NOW - 5, i));
    expect(await readTrades(new Pages(trades), 'BTCUSDT', { since: NOW - DAY_MS, now: NOW })).toHaveLength(
      2_500,
    );
    const ofAll = readTrades(new Pages(trades), undefined, { since: NOW - DAY_MS, now: NOW });
    await expect(ofAll).rejects.toMatchObject({ code: 'EXCHANGE.BAD_RESPONSE' });
  });

  it('goes on where a page by id has run a whole page ahead into the next window', async () => {
    const since = NOW - 14 * DAY_MS;
    const inWindow = Array.from({ length: PAGE_ROWS }, (_, i) => tradeAt(since + i, i));
    const ahead = Array.from({ length: 1_500 }, (_, i) => tradeAt(since + 7 * DAY_MS + i, PAGE_ROWS + i));
    const trades = [...inWindow, ...ahead];
    expect(await readTrades(new Pages(trades), 'BTCUSDT', { since, now: NOW })).toEqual(trades);
  });

  it('asks once for what happened today', async () => {
    const pages = new Pages([tradeAt(NOW - 5, 1)]);
    await readTrades(pages, 'BTCUSDT', { since: NOW - DAY_MS, now: NOW });
    expect(pages.calls).toBe(1);
  });

  it('reads income, symbols apart that share a transaction', async () => {
    const rows = Array.from({ length: 2_400 }, (_, i): IncomeRow => ({
      symbol: i % 2 === 0 ? 'A' : 'B',
      type: 'FUNDING_FEE',
      amount: '-0.1',
      asset: 'USDT',
      id: String(Math.floor(i / 2)),
      at: NOW - 50 * DAY_MS + i * 60_000,
    }));
    const since = rows[100]!.at;
    const read = await readIncome(new Pages([], rows), 'FUNDING_FEE', { since, now: NOW });
    expect(read).toEqual(rows.slice(100));
  });

  it('leaves no plain order out, whatever happened to it later', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.nat({ max: 70 }), async (shape, days) => {
        const placed = timesOf(shape).map((at, i) => ({ at, symbol: 'A', order: plainOrder(i, NOW - i) }));
        const since = NOW - days * DAY_MS;
        const read = await readOrders(new OrderPages(placed, []), { since, now: NOW });
        const wanted = placed.filter(({ at }) => at >= since).map(({ order }) => order.orderId);
        expect(read.map(({ orderId }) => orderId)).toEqual(wanted);
      }),
      { numRuns: 60 },
    );
  });

  it('turns the pages of conditional orders', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (shape) => {
        const placed = timesOf(shape).map((at, i) => ({ at, symbol: 'A', order: algoOrder(i) }));
        const read = await readAlgoOrders(new OrderPages([], placed), 'A', { since: 0, now: NOW });
        expect(read.map(({ algoId }) => algoId)).toEqual(placed.map(({ order }) => order.algoId));
      }),
      { numRuns: 60 },
    );
  });
});

const TERMS = { symbol: 'A', side: 'buy', quantity: '1', reduceOnly: false } as const;

function plainOrder(number: number, updatedAt: number): PlainOrder {
  const id = String(number);
  const state = { status: 'filled', filledQuantity: '1', averagePrice: '1', updatedAt } as const;
  return { ...TERMS, ...state, orderId: id, clientOrderId: id, type: 'MARKET', originalType: 'MARKET' };
}

function algoOrder(number: number): AlgoOrder {
  const id = String(number);
  const state = { status: 'new', child: undefined, reason: undefined, updatedAt: NOW } as const;
  return { ...TERMS, ...state, algoId: id, clientOrderId: id, type: 'STOP_MARKET', triggerPrice: '1' };
}

class OrderPages implements OrderReader {
  constructor(
    private readonly plain: readonly Placed<PlainOrder>[],
    private readonly algos: readonly Placed<AlgoOrder>[],
  ) {}

  allOrders(span: OrderSpan): Promise<Placed<PlainOrder>[]> {
    return Promise.resolve(within(this.plain, span).slice(0, PAGE_ROWS));
  }

  allAlgoOrders(symbol: string, span: OrderSpan, page: number): Promise<Placed<AlgoOrder>[]> {
    expect(symbol).toBe('A');
    return Promise.resolve(within(this.algos, span).slice((page - 1) * PAGE_ROWS, page * PAGE_ROWS));
  }
}

function within<T>(rows: readonly Placed<T>[], { startTime, endTime }: OrderSpan): Placed<T>[] {
  expect(endTime - startTime).toBeLessThan(7 * DAY_MS);
  return rows.filter(({ at }) => at >= startTime && at <= endTime);
}
