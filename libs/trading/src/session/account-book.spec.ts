/** What the book makes of what happens, and what of it leaves for the journal. */
import { draftOf, POSITION_ID, specDigest } from '../core/spec-orders';
import type { Order } from '../core/order';
import { AccountBook, vainDecision } from './account-book';
import { DeskBench, PLAN, SYMBOL } from './testing/desk-bench';
import { failing, filledReport, restingReport } from './testing/stub-broker';
import { clock, passes, settles, T0, useVirtualTime } from './testing/virtual-time';

const kindsOf = (bench: DeskBench): string[] => bench.journal.entries.map(({ kind }) => kind);

describe('AccountBook', () => {
  let bench: DeskBench;

  useVirtualTime();
  beforeEach(() => {
    bench = new DeskBench();
  });

  const enter = async (): Promise<Order> => (await bench.place('entry'))[0]!;
  const exit = async (generation = 1): Promise<Order> => (await bench.place('exit', generation))[0]!;
  const decided = () => bench.journal.decisions.get(POSITION_ID);

  it('counts what was reported and not booked yet into the position', async () => {
    bench.broker.onPlace = (order) => filledReport(order);
    const order = await enter();
    expect(bench.book.held(SYMBOL)).toBeNull();
    expect(bench.book.position(SYMBOL)).toMatchObject({ id: POSITION_ID, quantity: '10', entryPrice: '100' });
    bench.fill(order, '4', { price: '99' });
    expect(bench.book.position(SYMBOL)).toMatchObject({ quantity: '10', entryPrice: '99' });
    bench.fill(order, '6', { price: '101.5' });
    // (4 × 99 + 6 × 101.5) ÷ 10
    expect(bench.book.position(SYMBOL)).toMatchObject({ quantity: '10', entryPrice: '100.5' });
  });

  it('writes a fill with the order and the trade that it makes, and each once', async () => {
    const entry = await enter();
    bench.fill(entry, '10', { tradeId: 'a', fee: '0.4' });
    await passes(1_000);
    const out = await exit();
    bench.fill(out, '10', { tradeId: 'b', price: '103', realizedPnl: '30', fee: '0.412' });
    bench.fill(out, '10', { tradeId: 'b', price: '103', realizedPnl: '30', fee: '0.412' });
    await settles();
    const last = bench.journal.entries.slice(-3);
    expect(last.map(({ kind }) => kind)).toEqual(['fill', 'order', 'trade']);
    expect(bench.traded).toHaveLength(1);
    // 30 − 0.4 − 0.412; at risk were (100 − 95) × 10
    expect(bench.traded[0]).toMatchObject({ netPnl: '29.188', r: 0.58376, exitReason: 'flatten' });
    expect(bench.book.livePlans()).toEqual([]);
    expect(bench.book.planOf(POSITION_ID)).toBe(PLAN);
  });

  it('drops the plan of an entry that ends without a fill, and takes its decision back', async () => {
    bench.broker.onPlace = (order) => restingReport(order, { state: 'expired', reason: 'IOC_UNFILLED' });
    await enter();
    await settles();
    expect(kindsOf(bench).slice(-2)).toEqual(['position-dropped', 'decision']);
    expect(decided()).toEqual({ decision: 'refused', reasons: ['ENTRY_NOT_FILLED'] });
    expect(bench.book.symbols().size).toBe(0);
  });

  it('keeps the plan of an entry that was filled in part', async () => {
    bench.broker.onPlace = (order) =>
      restingReport(order, { state: 'expired', filledQuantity: '3', averagePrice: '100' });
    await enter();
    expect(bench.book.livePlans()).toEqual([PLAN]);
    expect(bench.book.position(SYMBOL)).toMatchObject({ quantity: '3' });
  });

  it('says "rejected" only of what the exchange rejected', async () => {
    bench.broker.onPlace = failing('rejected', 'ORDER.NO');
    expect(vainDecision(await enter()).reasons).toEqual(['ORDER_REJECTED']);
    bench = new DeskBench();
    bench.mayOpen = false;
    expect(vainDecision(await enter()).reasons).toEqual(['ENTRY_NOT_FILLED']);
    bench = new DeskBench();
    bench.broker.onPlace = failing('outcome-unknown', 'EXCHANGE.TIMEOUT');
    const lost = await enter();
    await passes(10_000);
    const end = bench.book.orders.get(lost.intent.order.clientOrderId)!;
    expect([end.reason, vainDecision(end).reasons]).toEqual(['NEVER_ARRIVED', ['ENTRY_NOT_FILLED']]);
  });

  it('revives the plan of an entry that was given up and is filled after all', async () => {
    bench.broker.onPlace = failing('outcome-unknown', 'EXCHANGE.TIMEOUT');
    const lost = await enter();
    await passes(10_000);
    expect(bench.book.livePlans()).toEqual([]);
    const order = bench.book.orders.get(lost.intent.order.clientOrderId)!;
    bench.fill(order, '10', { at: T0 + 20 });
    await settles();
    expect(bench.book.position(SYMBOL)).toMatchObject({ id: POSITION_ID, quantity: '10', stop: '95' });
    expect(decided()).toEqual({ decision: 'traded', reasons: [] });
    const state = await bench.journal.load();
    expect(state.positions.map(({ plan }) => plan.id)).toEqual([POSITION_ID]);
    expect(bench.broken).toEqual([]);
  });

  it('revives the plan when the rest of the entry comes after its first part was sold', async () => {
    const entry = await enter();
    bench.fill(entry, '4', { at: T0 + 10 });
    await passes(100);
    const [out] = await bench.place('stop', 1, '4');
    bench.fill(out!, '4', { at: T0 + 20, price: '95', realizedPnl: '-20' });
    expect(bench.traded).toHaveLength(1);
    bench.fill(entry, '6', { at: T0 + 30 });
    await settles();
    expect(bench.book.position(SYMBOL)).toMatchObject({ id: POSITION_ID, quantity: '6' });
    const state = await bench.journal.load();
    expect(state.positions.map(({ plan }) => plan.id)).toEqual([POSITION_ID]);
    expect(state.recentTrades).toHaveLength(1);
  });

  it('has one life for a position whose exit is heard before the parts of its entry', async () => {
    const entry = await enter();
    const out = await exit();
    bench.fill(out, '10', { tradeId: 'out', at: T0 + 60 });
    for (const [i, part] of ['1', '2', '3', '4'].entries()) {
      bench.fill(entry, part, { tradeId: `in-${i}`, at: T0 + 10 });
    }
    await settles();
    expect(bench.book.held(SYMBOL)).toBeNull();
    expect(bench.book.livePlans()).toEqual([]);
    // Until the last part is there something is held by the exit alone, and it is the same position.
    const { positions, recentTrades } = await bench.journal.load();
    expect(positions).toEqual([]);
    expect(recentTrades).toMatchObject([{ positionId: POSITION_ID, quantity: '10' }]);
  });

  it('takes a trade back that a late fill shows to be another', async () => {
    const entry = await enter();
    const out = await exit();
    bench.fill(entry, '4', { at: T0 + 10 });
    bench.fill(out, '4', { at: T0 + 30, realizedPnl: '4', price: '101' });
    expect(bench.traded).toHaveLength(1);
    // The other 6 of the entry, heard late: at 30 it was not flat.
    bench.fill(entry, '6', { at: T0 + 20 });
    await settles();
    expect(kindsOf(bench)).toContain('trade-retracted');
    expect(bench.book.position(SYMBOL)).toMatchObject({ id: POSITION_ID, quantity: '6' });
    expect((await bench.journal.load()).recentTrades).toEqual([]);
    expect((await bench.journal.load()).positions.map(({ plan }) => plan.id)).toEqual([POSITION_ID]);
  });

  it('tells of a trade once, whatever is counted to it later', async () => {
    const entry = await enter();
    bench.fill(entry, '10');
    await passes(1_000);
    bench.fill(await exit(), '10', { realizedPnl: '5' });
    bench.book.funding({ symbol: SYMBOL, id: 'f', amount: '-0.25', at: clock.now() + 10 });
    await settles();
    expect(bench.traded).toHaveLength(1);
    const trades = bench.journal.written('trade').map(({ trade }) => trade.netPnl);
    // 5 − 2 × 0.5, and 0.25 of funding
    expect(trades).toEqual(['4', '3.75']);
  });

  it('lets go of what is over, keeps what is held, and drops plans that nothing stands behind', async () => {
    const entry = await enter();
    bench.fill(entry, '10');
    await passes(1_000);
    bench.fill(await exit(), '10');
    await passes(1_000);
    expect(bench.book.orders.all()).toHaveLength(2);
    bench.book.prune(clock.now());
    expect(bench.book.orders.all()).toEqual([]);
    expect(bench.book.planOf(POSITION_ID)).toBeUndefined();
    expect(bench.book.hasFill({ symbol: SYMBOL, tradeId: '1', at: T0 } as never)).toBe(true);
  });

  it('keeps a plan whose entry is not decided yet when it tidies', () => {
    bench.book.plan(PLAN);
    bench.book.prune(clock.now() + 1e9);
    expect(bench.book.livePlans()).toEqual([PLAN]);
  });

  it('comes back from the journal as it was, and writes what follows from it', async () => {
    const entry = await enter();
    bench.fill(entry, '10');
    const [stop] = await bench.place('stop');
    await settles();
    const anew = new AccountBook({
      journal: () => undefined,
      changed: () => undefined,
      traded: () => undefined,
      filled: () => undefined,
      funded: () => undefined,
    });
    expect(anew.restore(await bench.journal.load())).toEqual([]);
    expect(anew.position(SYMBOL)).toEqual(bench.book.position(SYMBOL));
    expect(anew.orders.get(stop!.intent.order.clientOrderId)!.status).toBe('working');
    // The crash came between a fill and its order.
    const state = await bench.journal.load();
    const behind = { ...entry, status: 'sent' as const, filledQuantity: '0' };
    const torn = {
      ...state,
      positions: state.positions.map((position) => ({
        ...position,
        orders: position.orders.map((order) => (order.intent.id === entry.intent.id ? behind : order)),
      })),
    };
    const restored = new AccountBook({
      journal: () => undefined,
      changed: () => undefined,
      traded: () => undefined,
      filled: () => undefined,
      funded: () => undefined,
    });
    expect(restored.restore(torn)).toMatchObject([{ kind: 'order', order: { status: 'filled' } }]);
  });

  it('tells that something changed, and not when nothing did', async () => {
    const entry = await enter();
    bench.changed.length = 0;
    bench.fill(entry, '10', { tradeId: 'a' });
    bench.fill(entry, '10', { tradeId: 'a' });
    bench.book.report(filledReport(entry.intent.order));
    expect(bench.changed).toEqual([SYMBOL]);
  });

  it('gives the same intent the same name in every life', () => {
    const facts = { digest: specDigest, fencingToken: 7, now: T0 };
    const [one] = bench.book.intend([draftOf('entry', 1)], facts).orders;
    const [other] = new DeskBench().book.intend([draftOf('entry', 1)], { ...facts, now: T0 + 9 }).orders;
    expect(other!.intent.order.clientOrderId).toBe(one!.intent.order.clientOrderId);
  });
});
