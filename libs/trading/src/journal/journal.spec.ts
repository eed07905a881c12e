import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { eventually } from '../../../../test/support/eventually';
import type { LimitOrder, TriggerOrder } from '../core/broker';
import type { OrderIntent } from '../core/order';
import type { JournalEntry } from './entries';
import type { Lease } from './lease';
import { JournalUnderTest } from './testing/journal-under-test';
import {
  aBreakerTransition,
  aFill,
  aFunding,
  anIntent,
  anOrder,
  aPlan,
  aSignal,
  aTrade,
  REFUSED,
  T0,
  TRADED,
} from './testing/samples';
import {
  addFills,
  addFundings,
  closePosition,
  saveOrder,
  savePosition,
  writeIntents,
} from './testing/write-entries';

const LONG_MS = 600_000;

let subject: JournalUnderTest;
let account: string;
let lease: Lease;

beforeAll(async () => {
  subject = new JournalUnderTest();
  await subject.parts.journal.open();
});

afterAll(() => subject.close());

beforeEach(async () => {
  account = subject.newAccount();
  lease = await subject.parts.leases.acquire({ account, ttlMs: LONG_MS });
});

const load = () => subject.parts.journal.load(account);
const append = (...entries: JournalEntry[]) => subject.parts.journal.append(lease, entries);

/** Statements that wait for a lock, each with something done about it. */
async function waiting(action = '1'): Promise<number> {
  const { rows } = await subject.parts.database.query(
    `select ${action} from pg_stat_activity where wait_event_type = 'Lock' and query like '%balances%'`,
  );
  return rows.length;
}

describe('what is written', () => {
  it('comes back exactly: every kind of order, and all that an order can say of itself', async () => {
    const { journal } = subject.parts;
    const base = {
      symbol: '币安人生USDT',
      side: 'sell',
      quantity: '0.000000000000000001',
      reduceOnly: true,
    } as const;
    const limit: LimitOrder = {
      ...base,
      kind: 'limit',
      clientOrderId: 'c2',
      price: '123456789012345678.10',
      timeInForce: 'GTX',
    };
    const stop: TriggerOrder = {
      ...base,
      kind: 'stop',
      clientOrderId: 'c3',
      triggerPrice: '0.0000123400',
      workingType: 'mark',
    };
    const intents: OrderIntent[] = [
      anIntent(),
      { ...anIntent({ role: 'target' }), order: limit },
      { ...anIntent({ role: 'stop' }), order: stop },
      {
        ...anIntent({ role: 'exit' }),
        exitReason: 'stagnation',
        order: { ...base, kind: 'market', clientOrderId: 'c4' },
      },
    ];
    const written = await writeIntents(journal, lease, intents);
    expect(written.map((order) => order.intent)).toEqual(intents);
    const order = anOrder(intents[2]!, {
      status: 'triggered',
      filledQuantity: '0.000000000000000001',
      averagePrice: '0.33333333333333333333',
      orderId: '9223372036854775807',
      algoId: '9007199254740993123',
      reason: "it's; drop table",
      updatedAt: T0 + 5,
    });
    expect(await saveOrder(journal, lease, order)).toBeUndefined();
    const { unfinishedOrders } = await load();
    expect(unfinishedOrders).toContainEqual(order);
    expect(unfinishedOrders.map(({ intent }) => intent)).toEqual(expect.arrayContaining(intents));
  });

  it('keeps 19 digits of an id and 18 decimals of an amount', async () => {
    const { journal, ledger } = subject.parts;
    const fills = [
      aFill({
        tradeId: '9223372036854775807',
        quantity: '123456789.123456789012345678',
        fee: '0.000000000000000001',
        realizedPnl: '-99999999999.999999999999999999',
      }),
      aFill({
        tradeId: '9223372036854775806',
        fee: '-0.000000000000000003',
        realizedPnl: '0.000000000000000002',
      }),
    ];
    await addFills(journal, lease, fills);
    expect((await load()).otherFills).toEqual([fills[1], fills[0]]);
    expect(await ledger.totals(account)).toEqual({
      initialBalance: null,
      realizedPnl: '-99999999999.999999999999999997', // −99999999999.999999999999999999 + 0.000000000000000002
      fees: { USDT: '-0.000000000000000002' }, // 0.000000000000000001 − 0.000000000000000003
      funding: '0',
      transfers: '0',
      fills: 2,
    });
  });

  it('is refused where it is no number, and nothing of its batch is written', async () => {
    for (const amount of ['NaN', 'Infinity', '1,5', '']) {
      await expect(
        append({ kind: 'fill', fill: aFill() }, { kind: 'funding', payment: aFunding({ amount }) }),
      ).rejects.toMatchObject({ kind: 'broken-invariant', code: 'DATABASE.STATEMENT_FAILED' });
    }
    expect((await load()).lastFillAt).toBeNull();
  });

  it('is the account’s own', async () => {
    const { journal, leases } = subject.parts;
    const other = await leases.acquire({ account: subject.newAccount(), ttlMs: LONG_MS });
    await writeIntents(journal, lease, [anIntent()]);
    await writeIntents(journal, other, [anIntent()]);
    await addFills(journal, lease, [aFill()]);
    expect(await addFills(journal, other, [aFill()])).toHaveLength(1);
    await savePosition(journal, lease, aPlan());
    expect((await journal.load(other.account)).positions).toEqual([]);
  });
});

describe('writing again', () => {
  it('an intent gives the first one as it stands now', async () => {
    const { journal } = subject.parts;
    const intent = anIntent();
    await writeIntents(journal, lease, [intent]);
    const working = anOrder(intent, { status: 'working', orderId: '7' });
    await saveOrder(journal, lease, working);
    const changed = { ...intent, createdAt: T0 + 99, order: { ...intent.order, quantity: '5' } };
    expect(await writeIntents(journal, lease, [changed, intent])).toEqual([working, working]);
  });

  it('an intent from many at once writes one', async () => {
    const { journal } = subject.parts;
    const rival = subject.other().journal;
    const intents = Array.from({ length: 6 }, (_, i) => anIntent({ generation: i + 1 }));
    const results = await Promise.all(
      Array.from({ length: 16 }, (_, i) =>
        writeIntents(i % 2 === 0 ? journal : rival, lease, i % 3 === 0 ? intents : [...intents].reverse()),
      ),
    );
    for (const orders of results)
      expect(orders.map(({ status }) => status)).toEqual(Array(6).fill('intended'));
    expect((await load()).unfinishedOrders).toHaveLength(6);
  });

  it('under the client order id of another intent is refused', async () => {
    const { journal } = subject.parts;
    const first = anIntent();
    await writeIntents(journal, lease, [first]);
    const second = { ...anIntent({ generation: 2 }), order: first.order };
    await expect(writeIntents(journal, lease, [second])).rejects.toMatchObject({
      kind: 'broken-invariant',
      code: 'TRADING.CLIENT_ORDER_ID',
    });
    await expect(
      writeIntents(journal, lease, [
        anIntent({ generation: 3 }),
        { ...second, id: 'p1/entry/3b', generation: 3 },
      ]),
    ).rejects.toMatchObject({ code: 'TRADING.CLIENT_ORDER_ID' });
    expect((await load()).unfinishedOrders).toHaveLength(1);
  });

  it('an older state of an order gives the stored one, and changes nothing', async () => {
    const { journal } = subject.parts;
    const intent = anIntent();
    await writeIntents(journal, lease, [intent]);
    const filled = anOrder(intent, {
      status: 'filled',
      filledQuantity: '0.010',
      averagePrice: '65000.1',
      orderId: '7',
      updatedAt: T0 + 9,
    });
    await saveOrder(journal, lease, filled);
    expect(
      await saveOrder(journal, lease, anOrder(intent, { status: 'working', updatedAt: T0 + 99 })),
    ).toEqual(filled);
    expect(await writeIntents(journal, lease, [intent])).toEqual([filled]);
  });

  it('an order without an intent is refused', async () => {
    await expect(saveOrder(subject.parts.journal, lease, anOrder(anIntent()))).rejects.toMatchObject({
      kind: 'broken-invariant',
      code: 'TRADING.ORDER_WITHOUT_INTENT',
    });
  });

  it('fills and funding gives those that are new, each once, also to many at once', async () => {
    const { journal } = subject.parts;
    const fills = Array.from({ length: 30 }, (_, i) =>
      aFill({ tradeId: String(i % 10), symbol: i % 2 ? 'A' : 'B' }),
    );
    const results = await Promise.all(Array.from({ length: 8 }, () => addFills(journal, lease, fills)));
    // 30 rows, i % 10 decides symbol and id alike: 10 different ones.
    expect(results.flat()).toHaveLength(10);
    expect(await addFundings(journal, lease, [aFunding(), aFunding()])).toEqual([aFunding()]);
    expect(await addFundings(journal, lease, [aFunding()])).toEqual([]);
  });

  it('a signal keeps the first decision, until another is made', async () => {
    const { journal, reader } = subject.parts;
    const decided = async () => (await reader.signals(account, { limit: 10 })).items;
    await journal.recordSignal(account, aSignal(), TRADED);
    await journal.recordSignal(account, aSignal(), REFUSED);
    expect(await decided()).toEqual([{ ...aSignal(), ...TRADED }]);
    await journal.append({ account }, [
      {
        kind: 'decision',
        signalId: aSignal().id,
        decision: { decision: 'refused', reasons: ['ENTRY_NOT_FILLED'] },
      },
    ]);
    expect(await decided()).toMatchObject([{ decision: 'refused', reasons: ['ENTRY_NOT_FILLED'] }]);
  });

  it('the initial balance keeps the first', async () => {
    const { journal } = subject.parts;
    expect(await journal.setInitialBalance(account, '1000.10')).toBe('1000.10');
    expect(await journal.setInitialBalance(account, '5')).toBe('1000.10');
  });

  it('a trade replaces it, and its position stays closed', async () => {
    const { journal } = subject.parts;
    await savePosition(journal, lease, aPlan());
    await closePosition(journal, lease, aTrade());
    await savePosition(journal, lease, aPlan({ stop: '1' }));
    await closePosition(journal, lease, aTrade({ funding: '0.5' }));
    const state = await load();
    expect(state.positions).toEqual([]);
    expect(state.recentTrades).toEqual([aTrade({ funding: '0.5' })]);
  });

  it('an older snapshot leaves the newer', async () => {
    const snapshot = (at: number, body: unknown): JournalEntry => ({
      kind: 'snapshot',
      snapshot: { name: 'paper', at, body },
    });
    await append(snapshot(2, { b: ['1.10'], a: 1 }));
    await append(snapshot(1, {}));
    expect(await subject.parts.journal.snapshot(account, 'paper')).toEqual({
      name: 'paper',
      at: 2,
      body: { b: ['1.10'], a: 1 },
    });
    expect(await subject.parts.journal.snapshot(account, 'other')).toBeUndefined();
  });
});

describe('a batch', () => {
  it('that breaks is not there at all', async () => {
    await expect(
      append(
        { kind: 'position', plan: aPlan() },
        { kind: 'intent', intent: anIntent({ fencingToken: lease.token }) },
        { kind: 'fill', fill: aFill() },
        { kind: 'order', order: anOrder(anIntent({ generation: 9 })) },
      ),
    ).rejects.toMatchObject({ code: 'TRADING.ORDER_WITHOUT_INTENT' });
    const state = await load();
    expect([state.positions, state.unfinishedOrders, state.otherFills]).toEqual([[], [], []]);
  });

  it('whose connection is lost in the middle is not there at all, and can be written again', async () => {
    const pool = await subject.parts.database.pool();
    const blocker = await pool.connect();
    await blocker.query('begin');
    // The last table of the batch: all the others are written by the time it waits here.
    await blocker.query('lock table trading.balances in exclusive mode');
    const batch: JournalEntry[] = [
      { kind: 'position', plan: aPlan() },
      { kind: 'intent', intent: anIntent() },
      { kind: 'fill', fill: aFill() },
      { kind: 'trade', trade: aTrade() },
      { kind: 'balance', point: { at: T0, walletBalance: '1', equity: '1' } },
    ];
    const writing = append(...batch);
    writing.catch(() => undefined);
    await eventually(async () => {
      return (await waiting('pg_terminate_backend(pid)')) > 0;
    });
    await expect(writing).rejects.toMatchObject({ kind: 'transient' });
    await blocker.query('rollback');
    blocker.release();
    const before = await load();
    expect([before.positions, before.unfinishedOrders, before.recentTrades]).toEqual([[], [], []]);
    expect(before.lastFillAt).toBeNull();
    expect((await append(...batch)).newFills).toHaveLength(1);
    expect((await load()).recentTrades).toEqual([aTrade()]);
  });

  it('of a process that is killed in the middle is not there at all', async () => {
    const victim = subject.newAccount();
    const pool = await subject.parts.database.pool();
    const blocker = await pool.connect();
    await blocker.query('begin');
    await blocker.query('lock table trading.balances in exclusive mode');
    const script = join(__dirname, 'testing', 'write-and-wait.ts');
    const runner = join(__dirname, '../../../../test/support/run-ts.cjs');
    const child = spawn(process.execPath, ['--require', runner, script, subject.dataDir, victim], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await eventually(async () => {
      return (await waiting()) > 0;
    });
    child.kill('SIGKILL');
    await ended;
    await blocker.query('rollback');
    blocker.release();
    expect(said).toBe('begun\n');
    // The server notices the death when it answers; then the next can take over at once, for the holder is dead.
    const next = await eventually(() => subject.parts.leases.acquire({ account: victim, ttlMs: LONG_MS }));
    const state = await subject.parts.journal.load(victim);
    expect([next.token, state.positions, state.unfinishedOrders, state.lastFillAt]).toEqual([
      2,
      [],
      [],
      null,
    ]);
  });

  it('of a minute’s signals is there when it says so', async () => {
    const { journal, reader } = subject.parts;
    await Promise.all(
      Array.from({ length: 300 }, (_, i) =>
        journal.recordSignal(account, aSignal({ symbol: `S${i}` }), REFUSED),
      ),
    );
    expect((await reader.signals(account, { limit: 1_000 })).items).toHaveLength(300);
  });

  it('larger than a statement can take is written all the same', async () => {
    const fills = Array.from({ length: 6_000 }, (_, i) => aFill({ tradeId: String(i), at: T0 + i }));
    expect(await addFills(subject.parts.journal, lease, fills)).toHaveLength(6_000);
    const read: string[] = [];
    for await (const fill of subject.parts.ledger.fills(account, T0 + 500)) read.push(fill.tradeId);
    expect(read).toEqual(fills.slice(500).map(({ tradeId }) => tradeId));
  });
});

describe('what is loaded', () => {
  it('has each position with its orders, fills and funding', async () => {
    const entry = anIntent();
    const stop = anIntent({ role: 'stop' });
    const fill = aFill();
    await append(
      { kind: 'fill', fill },
      { kind: 'intent', intent: entry },
      { kind: 'order', order: anOrder(entry, { status: 'filled', filledQuantity: '0.010' }) },
      { kind: 'intent', intent: stop },
      { kind: 'position', plan: aPlan() },
      { kind: 'funding', payment: aFunding() },
    );
    const state = await load();
    expect(state.positions).toHaveLength(1);
    expect(state.positions[0]).toMatchObject({
      plan: aPlan(),
      fills: [fill],
      fundings: [aFunding()],
      orders: [
        { intent: entry, status: 'filled' },
        { intent: stop, status: 'intended' },
      ],
    });
    expect(state.unfinishedOrders.map(({ intent }) => intent.id)).toEqual([stop.id]);
    expect([state.otherFills, state.otherFundings]).toEqual([[], []]);
  });

  it('has the fills of nobody, until a position takes them over', async () => {
    const stray = aFill({ clientOrderId: 'by-hand' });
    await append({ kind: 'fill', fill: stray });
    expect((await load()).otherFills).toEqual([stray]);
    const plan = aPlan({ id: 'adopted:BTCUSDT:1', setup: 'adopted', target: null, openedAt: stray.at });
    const again = await append({ kind: 'position', plan }, { kind: 'fill', fill: stray });
    expect(again.newFills).toEqual([]);
    const state = await load();
    expect(state.positions).toMatchObject([{ plan, fills: [stray] }]);
    expect(state.otherFills).toEqual([]);
  });

  it('has the fills since flat: one that goes through zero brings those before it', async () => {
    const reconciled = { at: T0 + 1_000_000, cause: 'start', isClean: true, findings: [] };
    const [bought, sold, again, through] = [
      aFill({ tradeId: '9', at: T0 + 10, quantity: '1' }),
      aFill({ tradeId: '10', at: T0 + 10, quantity: '1.0', side: 'sell' }), // flat
      aFill({ tradeId: '11', at: T0 + 20, quantity: '2' }),
      aFill({ tradeId: '12', at: T0 + 30, quantity: '5', side: 'sell' }), // −3
    ] as const;
    await append(...[bought, sold, again, through].map((fill) => ({ kind: 'fill', fill }) as const), {
      kind: 'reconciliation',
      result: reconciled,
    });
    const state = await load();
    expect(state.otherFills).toEqual([again, through]);
    expect(state.wholeTo).toBe(reconciled.at - 60_000);
    const all = await subject.parts.journal.load(account, { overlapMs: 1_000_000 - 15 });
    // Flat at T0 + 10, which is before T0 + 15.
    expect(all.otherFills).toEqual([again, through]);
    const more = await subject.parts.journal.load(account, { overlapMs: 1_000_000 - 10 });
    expect(more.otherFills).toEqual([bought, sold, again, through]);
  });

  it('has a position again that a late fill of its entry has opened again', async () => {
    const entry = anIntent();
    const plan = aPlan();
    await append(
      { kind: 'position', plan },
      { kind: 'intent', intent: entry },
      { kind: 'trade', trade: aTrade() },
    );
    const late = aFill({ tradeId: '2', at: T0 + 500 });
    const adopted = aPlan({ setup: 'adopted', openedAt: late.at });
    await append({ kind: 'fill', fill: late }, { kind: 'position', plan: adopted });
    // A late fee of the first: its trade is told again, and does not close what is open now.
    await append({ kind: 'trade', trade: aTrade({ fees: '0.7' }) });
    expect((await load()).positions).toMatchObject([{ plan: adopted, fills: [late] }]);
    await append({ kind: 'trade', trade: aTrade({ entryTime: late.at, exitTime: late.at + 1 }) });
    const state = await load();
    expect(state.positions).toEqual([]);
    expect(state.recentTrades.map(({ entryTime, fees }) => [entryTime, fees])).toEqual([
      [T0 + 2, '0.7'],
      [late.at, aTrade().fees],
    ]);
    await append({ kind: 'trade-retracted', positionId: 'p1', entryTime: late.at });
    expect((await load()).recentTrades).toHaveLength(1);
  });

  it('closes by a trade told again what it says is over, and leaves what goes on', async () => {
    const [plan, trade] = [aPlan({ id: 'p1' }), aTrade({ positionId: 'p1' })];
    await append({ kind: 'position', plan }, { kind: 'trade', trade, closes: false });
    expect((await load()).positions).toMatchObject([{ plan }]);
    const again = { ...plan, openedAt: trade.exitTime + 3 };
    await append({ kind: 'position', plan: again }, { kind: 'trade', trade, closes: true });
    expect((await load()).positions).toEqual([]);
  });

  it('has what stood last where one batch closes a position, takes it back, and closes or opens it again', async () => {
    const [plan, trade] = [aPlan({ id: 'p1' }), aTrade({ positionId: 'p1' })];
    const undone: JournalEntry = { kind: 'trade-retracted', positionId: 'p1', entryTime: trade.entryTime };
    const closed: JournalEntry = { kind: 'trade', trade };
    await append({ kind: 'position', plan }, closed, undone, closed);
    expect(await load()).toMatchObject({ positions: [], recentTrades: [trade] });
    const again = { ...plan, openedAt: trade.exitTime + 1 };
    await append(closed, undone, { kind: 'position', plan: again });
    expect(await load()).toMatchObject({ positions: [{ plan: again }], recentTrades: [] });
  });

  it('has no position that was dropped, but the last of all else', async () => {
    const point = (at: number, equity: string): JournalEntry => ({
      kind: 'balance',
      point: { at, walletBalance: equity, equity },
    });
    await append(
      { kind: 'position', plan: aPlan() },
      { kind: 'position-dropped', positionId: 'p1', at: T0 + 1 },
      point(T0 + 1, '9.5'),
      point(T0 + 2, '10.25'),
      point(T0 + 3, '10'),
      { kind: 'breaker', change: aBreakerTransition() },
      {
        kind: 'breaker',
        change: aBreakerTransition({ from: 'warning', to: 'blocked', move: 'worsen-to-blocked' }),
      },
    );
    const state = await load();
    expect(state.positions).toEqual([]);
    expect(state.lastBalance).toEqual({ at: T0 + 3, walletBalance: '10', equity: '10' });
    expect(state.peakEquity).toBe('10.25');
    expect(state.lastBreakerChange).toMatchObject({ from: 'warning', to: 'blocked', at: T0 });
  });
});

describe('retention', () => {
  it('forgets refused signals that are old enough, and nothing else', async () => {
    const { journal, reader } = subject.parts;
    const day = 86_400_000;
    const signals = [0, 1, 2, 3].map((days) => aSignal({ at: T0 - days * day }));
    for (const signal of signals) await journal.recordSignal(account, signal, REFUSED);
    await journal.recordSignal(account, aSignal({ symbol: 'ETHUSDT', at: T0 - 9 * day }), TRADED);
    const other = subject.newAccount();
    await journal.recordSignal(other, signals[3]!, REFUSED);
    // Kept: those at most two days old, and what is another's.
    expect(await journal.deleteRefusedSignals(account, T0, 2)).toBe(1);
    expect((await reader.signals(other, { limit: 10 })).items).toHaveLength(1);
    const { items } = await reader.signals(account, { limit: 10 });
    expect(items.map(({ at }) => (T0 - at) / day)).toEqual([0, 1, 2, 9]);
    await expect(journal.deleteRefusedSignals(account, T0, Number.NaN)).rejects.toMatchObject({
      code: 'TRADING.RETENTION',
    });
  });
});
