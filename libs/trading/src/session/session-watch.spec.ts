/** What is looked at as time passes, and what is concluded from it. */
import { MINUTE_MS } from '@slt/domain';
import { type BreakerTransition, GradedCircuitBreaker } from '../core/breaker';
import type { AccountState } from '../core/broker';
import type { Order } from '../core/order';
import { completeRiskLimits } from '../core/risk';
import { AccountFigures } from './account-figures';
import type { DataQuality } from './market-watch';
import { SessionWatch } from './session-watch';
import { DeskBench, SYMBOL } from './testing/desk-bench';
import { failing, filledReport, NOTHING_HELD, restingReport } from './testing/stub-broker';
import { clock, passes, useVirtualTime } from './testing/virtual-time';

describe('SessionWatch', () => {
  let bench: DeskBench;
  let watch: SessionWatch;
  let figures: AccountFigures;
  let doubts: string[];
  let moves: BreakerTransition[];
  let quality: DataQuality;
  let mayManage: boolean;
  let reviews: number;
  let drawn: number;
  let account: Partial<AccountState>;

  useVirtualTime();
  beforeEach(() => {
    bench = new DeskBench();
    [doubts, moves, mayManage, account, drawn, reviews] = [[], [], true, {}, 0, 0];
    quality = { staleStreams: 0, warmSymbols: 1 };
    bench.broker.onAccount = () => ({ ...NOTHING_HELD, at: clock.now(), ...account });
    figures = new AccountFigures(
      { allHeld: () => bench.book.allHeld(), priceOf: () => 100 },
      completeRiskLimits(),
    );
    figures.told({ ...NOTHING_HELD, at: clock.now() });
    watch = new SessionWatch({
      book: bench.book,
      figures,
      broker: bench.broker,
      clock,
      market: {
        instrument: () => undefined,
        isTradable: () => true,
        series: () => undefined,
        view: () => undefined,
        quality: () => quality,
      },
      breaker: new GradedCircuitBreaker({}, { now: performance.now() }),
      mayManage: () => mayManage,
      note: (entries) => bench.writer.note(entries),
      doubt: (reason) => doubts.push(reason),
      review: () => reviews++,
      moved: (transition) => moves.push(transition),
      price: () => undefined,
      drawdownLimit: 0.15,
      drawn: () => drawn++,
    });
    watch.told({ ...NOTHING_HELD, at: clock.now() });
    setInterval(() => watch.tick(), 1_000);
  });

  const held = async (): Promise<Order> => {
    const [entry] = await bench.place('entry');
    bench.book.report(filledReport(entry!.intent.order));
    bench.fill(entry!, '10');
    return entry!;
  };
  const POSITION = {
    symbol: SYMBOL,
    quantity: '10',
    entryPrice: '100',
    markPrice: '100',
    unrealizedPnl: '0',
    liquidationPrice: '0',
    maintenanceMargin: '0',
    initialMargin: '0',
  };

  it('asks for the account every half a minute, and soon after a fill', async () => {
    await passes(29_000);
    expect(bench.broker.accountCalls).toBe(0);
    await passes(1_000);
    expect(bench.broker.accountCalls).toBe(1);
    watch.filled();
    await passes(2_000);
    expect(bench.broker.accountCalls).toBe(2);
    await passes(28_000);
    expect(bench.broker.accountCalls).toBe(2);
  });

  it('asks nothing of an account that is not ours, and watches the breaker all the same', async () => {
    mayManage = false;
    quality = { staleStreams: 1, warmSymbols: 0 };
    await passes(60_000);
    expect([bench.broker.accountCalls, bench.broker.beats.length]).toEqual([0, 0]);
    expect(moves.at(-1)).toMatchObject({ to: 'blocked' });
  });

  it('doubts what differs twice in a row', async () => {
    account = { positions: [POSITION] };
    await passes(30_000);
    expect(doubts).toEqual([]);
    await passes(2_000);
    expect(doubts).toEqual(['account-differs']);
  });

  it('does not doubt what was a matter of moments', async () => {
    account = { positions: [POSITION] };
    await passes(30_000);
    account = {};
    await passes(120_000);
    expect(doubts).toEqual([]);
  });

  it('doubts a position of another size, and one that is gone', async () => {
    await held();
    account = { positions: [{ ...POSITION, quantity: '10.0' }] };
    await passes(60_000);
    expect(doubts).toEqual([]);
    account = { positions: [{ ...POSITION, quantity: '9.999' }] };
    await passes(33_000);
    account = {};
    await passes(33_000);
    expect(doubts).toEqual(['account-differs', 'account-differs']);
  });

  it('doubts an order that rests by our account and not by theirs', async () => {
    const [stop] = await bench.place('stop');
    account = { openOrders: [restingReport(stop!.intent.order)] };
    await passes(90_000);
    expect(doubts).toEqual([]);
    account = {};
    await passes(33_000);
    expect(doubts).toEqual(['account-differs']);
  });

  it('does not doubt orders whose fate is being asked for', async () => {
    bench.broker.onPlace = failing('outcome-unknown', 'EXCHANGE.TIMEOUT');
    bench.broker.onFind = failing('transient', 'EXCHANGE.AWAY');
    await bench.place('stop');
    await passes(90_000);
    expect(doubts).toEqual([]);
  });

  it('asks for fills that were reported and not told within five seconds, once in five', async () => {
    bench.broker.onPlace = (order) => filledReport(order);
    const [entry] = await bench.place('entry');
    await passes(5_000);
    expect(doubts).toEqual([]);
    await passes(1_000);
    expect(doubts).toEqual(['fills-missing']);
    await passes(4_000);
    expect(doubts).toHaveLength(1);
    await passes(1_000);
    expect(doubts).toHaveLength(2);
    bench.fill(entry!, '10');
    account = { positions: [POSITION] };
    await passes(20_000);
    expect(doubts).toHaveLength(2);
  });

  it('has everything compared every two minutes', async () => {
    await passes(10 * MINUTE_MS);
    expect(reviews).toBe(5);
  });

  it('comes through an exchange that does not answer', async () => {
    bench.broker.onAccount = failing('transient', 'EXCHANGE.AWAY');
    await passes(120_000);
    expect(bench.broker.accountCalls).toBe(4);
    expect(doubts).toEqual([]);
  });

  it('asks once at a time', async () => {
    bench.broker.onAccount = () => new Promise(() => undefined);
    await passes(300_000);
    expect(bench.broker.accountCalls).toBe(1);
  });

  it('says once that the drawdown limit is reached, and again after it was not', async () => {
    await passes(1_000);
    const worth = (walletBalance: string): void =>
      figures.told({ ...NOTHING_HELD, walletBalance, at: clock.now() });
    worth('8501');
    await passes(1_000);
    expect(drawn).toBe(0);
    worth('8500');
    await passes(5_000);
    expect(drawn).toBe(1);
    worth('9000');
    await passes(1_000);
    worth('8000');
    await passes(1_000);
    expect(drawn).toBe(2);
  });

  it('repeats the heartbeat of the symbols it trades', async () => {
    await passes(30_000);
    expect(bench.broker.beats).toEqual([]);
    await held();
    account = { positions: [POSITION] };
    await passes(30_000);
    expect(bench.broker.beats).toEqual(
      Array.from({ length: 3 }, () => ({ symbols: [SYMBOL], withinMs: 60_000 })),
    );
  });

  it('writes the balance down every minute, in full', async () => {
    await passes(5 * MINUTE_MS);
    const points = bench.journal.written('balance').map(({ point }) => point);
    expect(points).toHaveLength(5);
    expect(points[0]).toMatchObject({ walletBalance: '10000.00000000', equity: '10000.00000000' });
  });

  it('writes down each move of the breaker, in the time of the exchange', async () => {
    for (let i = 0; i < 20; i++) watch.observe({ kind: 'call', isOk: false, latencyMs: 5 });
    await passes(0);
    const [written] = bench.journal.written('breaker');
    expect(written!.change.at).toBe(clock.now());
    expect(moves[0]).toEqual(written!.change);
  });
});
