import { DAY_MS, MINUTE_MS } from '@slt/domain';
import { paramsOf } from './params';
import { AccountBench, codeOf, type Fields } from './testing/account-bench';

const trades = (bench: AccountBench, fields: Fields): string[] =>
  bench.engine.reports.trades(paramsOf(fields), bench.now).map(({ qty }) => qty);

describe('trades', () => {
  const traded = (): AccountBench => {
    const bench = new AccountBench();
    for (const quantity of ['0.011', '0.012', '0.013']) {
      bench.trade('BUY', quantity);
      bench.pass(DAY_MS);
    }
    return bench;
  };

  it('are those of the last week, the newest where there are too many', () => {
    const bench = traded();
    expect(trades(bench, {})).toEqual(['0.011', '0.012', '0.013']);
    expect(trades(bench, { symbol: 'BTCUSDT', limit: 2 })).toEqual(['0.012', '0.013']);
    bench.pass(5 * DAY_MS);
    expect(trades(bench, {})).toEqual(['0.012', '0.013']);
  });

  it('are asked for by id, order and time', () => {
    const bench = traded();
    const [, second] = bench.engine.ledger(bench.now).trades;
    expect(trades(bench, { fromId: String(second!.tradeId), limit: 1 })).toEqual(['0.012']);
    expect(trades(bench, { orderId: String(second!.orderId) })).toEqual(['0.012']);
    expect(trades(bench, { startTime: second!.time, limit: 1 })).toEqual(['0.012']);
    expect(trades(bench, { endTime: second!.time })).toEqual(['0.011', '0.012']);
    const code = (fields: Fields): unknown => codeOf(() => trades(bench, fields));
    expect(code({ fromId: '1', startTime: '1' })).toBe(-1128);
    expect(code({ startTime: 0, endTime: 8 * DAY_MS })).toBe(-4165);
    expect(code({ startTime: 5, endTime: 4 })).toBe(-1023);
    expect(code({ limit: '1001' })).toBe(-1130);
    expect(code({ symbol: 'NOPE' })).toBe(-1121);
  });

  it('are forgotten after three months', () => {
    const bench = traded();
    const { orderId } = bench.engine.ledger(bench.now).trades[0]!;
    bench.pass(88 * DAY_MS);
    expect(trades(bench, { orderId: String(orderId) })).toEqual([]);
    expect(bench.engine.ledger(bench.now).trades).toHaveLength(3);
  });
});

describe('income', () => {
  it('comes in pages, oldest first', () => {
    const bench = new AccountBench();
    for (let i = 1; i <= 5; i++) bench.engine.transfer(String(i), bench.now + i);
    const page = (fields: Fields): string[] =>
      bench.engine.reports.income(paramsOf(fields), bench.now).map(({ income }) => income);
    expect(page({ limit: 2, page: 2 })).toEqual(['3.00000000', '4.00000000']);
    expect(page({ limit: 2, page: 3 })).toEqual(['5.00000000']);
    expect(page({ incomeType: 'COMMISSION' })).toEqual([]);
    expect(codeOf(() => page({ incomeType: 'GIFT' }))).toBe(-1130);
  });
});

describe('positions', () => {
  it('are those with something held or open; or one of every symbol', () => {
    const bench = new AccountBench();
    const rows = (every: boolean): number =>
      bench.engine.reports.positions(paramsOf({}), bench.now, every).length;
    expect([rows(false), rows(true)]).toEqual([0, 1]);
    bench.limit('BUY', '0.01', '49000');
    expect([rows(false), rows(true)]).toEqual([1, 1]);
  });

  it('stand nearer to deleveraging the more they gain', () => {
    const bench = new AccountBench();
    bench.trade('BUY', '0.1');
    const adl = (): number[] =>
      bench.engine.reports.adlQuantiles(paramsOf({}), bench.now).map((row) => row.adl);
    expect(adl()).toEqual([0]);
    bench.move(60_000);
    expect(adl()[0]).toBeGreaterThan(0);
  });
});

describe('an idle account', () => {
  it('has nothing due, and asks nothing of the market', () => {
    const bench = new AccountBench();
    expect(bench.engine.nextDueAt()).toBeUndefined();
    bench.market.forming = () => {
      throw new Error('asked');
    };
    bench.pass(365 * DAY_MS);
    expect(bench.engine.nextDueAt()).toBeUndefined();
  });

  it('is due at the next whole second once something rests', () => {
    const bench = new AccountBench();
    const { orderId } = bench.limit('BUY', '0.01', '49000');
    expect(bench.engine.nextDueAt()).toBe(bench.now + 900); // it is 100 ms past the second
    const ask = paramsOf({ symbol: 'BTCUSDT', orderId });
    bench.engine.orders.cancel(ask, bench.now);
    bench.pass(MINUTE_MS);
    expect(bench.engine.nextDueAt()).toBeUndefined();
  });

  it('does not go back in time', () => {
    const bench = new AccountBench();
    bench.pass(1000);
    const { result } = bench.engine.orders.place(
      paramsOf({ symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.01' }),
      bench.now - 500,
    );
    expect(result.time).toBe(bench.now);
  });
});
