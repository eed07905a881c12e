/** After a crash, or after something was done behind our back: what is found, what is done about it, and the account after. */
import type { NewOrder } from '../core/broker';
import type { OrderRole } from '../core/order';
import type { PlaceFate } from './testing/faulty-broker';
import { SOUND } from './testing/faulty-broker';
import { TradingWorld } from './testing/trading-world';
import { clock, jumps, passes, settles, useSilence, useVirtualTime } from './testing/virtual-time';

const BTC = 'BTCUSDT';
const ROLES: Readonly<Record<string, OrderRole>> = { e: 'entry', s: 'stop', t: 'target', x: 'exit' };
const roleOf = ({ clientOrderId }: NewOrder): OrderRole => ROLES[clientOrderId[4]!]!;

describe('recovery', () => {
  let world: TradingWorld;

  useSilence();
  useVirtualTime();
  beforeEach(async () => {
    world = new TradingWorld();
    await world.start();
  });

  /** Kinds of what the reconciliations found since the last crash. */
  const found = (cause = 'start'): string[] => [
    ...new Set(
      world.journal
        .reconciliations()
        .filter((each) => each.cause.startsWith(cause))
        .flatMap(({ findings }) => findings.map((each) => (each as { kind: string }).kind)),
    ),
  ];
  const restart = async (ms = 20_000): Promise<void> => {
    world.crash();
    world.fates = SOUND;
    world.journal.isDown = false;
    world.journal.entries.length = 0;
    await world.start();
    await passes(ms);
  };
  const fate = (of: OrderRole, what: PlaceFate): void => {
    world.fates = { ...SOUND, place: (order) => (roleOf(order) === of ? what : 'done') };
  };
  const openKinds = async (): Promise<string[]> =>
    (await world.exchange()).open.map(({ kind, quantity }) => `${kind} ${quantity}`).sort();
  const expectOnePosition = async (quantity = '0.083'): Promise<void> => {
    expect(world.state).toBe('on');
    expect(await world.exchange()).toMatchObject({ positions: new Map([[BTC, quantity]]) });
    expect(await openKinds()).toEqual([`stop ${quantity}`, `take-profit ${quantity}`]);
    expect(world.service.status().positions).toMatchObject([{ isProtected: true }]);
  };
  const expectFlat = async (): Promise<void> => {
    expect(world.state).toBe('on');
    expect(await world.exchange()).toMatchObject({ positions: new Map(), open: [] });
    expect(world.service.status().positions).toEqual([]);
  };

  it('takes up a position with its stop as it was', async () => {
    world.consider(BTC, 'long');
    await passes(500);
    await restart();
    expect(found()).toEqual([]);
    expect(world.broker.sent).toEqual([]);
    await expectOnePosition();
  });

  it.each<PlaceFate>(['lost-after', 'late', { hangsMs: 60_000 }])(
    'finds the entry that was sent (%p) and protects what it filled',
    async (what) => {
      fate('entry', what);
      world.fates = { ...world.fates, event: () => 'lost' };
      world.consider(BTC, 'long');
      await settles();
      const hangs = typeof what === 'object';
      await restart();
      if (hangs) await expectFlat();
      else await expectOnePosition();
      expect(world.broker.sent.filter((order) => roleOf(order) === 'entry')).toEqual([]);
      expect(found()).toContain(what === 'lost-after' ? 'book-fill' : 'ask-order');
    },
  );

  it('knows that an entry never arrived, takes its decision back, and trades the symbol again', async () => {
    fate('entry', 'lost-before');
    const signal = world.consider(BTC, 'long');
    await settles();
    await restart();
    expect(found()).toEqual(['ask-order', 'advance-order']);
    await expectFlat();
    expect(world.journal.decisions.get(signal.id)).toEqual({
      decision: 'refused',
      reasons: ['ENTRY_NOT_FILLED'],
    });
    world.consider(BTC, 'long');
    await passes(500);
    await expectOnePosition();
  });

  it.each<[OrderRole, PlaceFate]>([
    ['stop', 'lost-before'],
    ['stop', 'lost-after'],
    ['target', 'lost-before'],
    ['target', 'lost-after'],
  ])('has one %s after a crash when it was %s', async (role, what) => {
    fate(role, what);
    world.consider(BTC, 'long');
    await settles();
    await restart();
    await expectOnePosition();
  });

  it('books what was filled while nobody was there', async () => {
    world.consider(BTC, 'long');
    await passes(500);
    world.crash();
    world.move(BTC, 59_300);
    await settles();
    await restart();
    expect(found()).toEqual(['book-fill', 'advance-order']);
    await expectFlat();
    expect(world.journal.written('trade')).toMatchObject([{ trade: { exitReason: 'stop' } }]);
    const { wallet } = await world.exchange();
    expect(world.service.status().walletBalance).toBeCloseTo(Number(wallet), 8);
    expect(world.service.status().dailyPnl).toBeCloseTo(Number(wallet) - 10_000, 8);
  });

  it('books what was lost on the way, however long ago it was reconciled', async () => {
    world.consider(BTC, 'long');
    await passes(20 * 60_000);
    world.fates = { ...SOUND, event: () => 'lost' };
    world.move(BTC, 59_300);
    await settles();
    await restart();
    await expectFlat();
    expect(world.journal.written('trade')).toHaveLength(1);
  });

  it('goes on with an exit that was sent, and sends no second one', async () => {
    world.consider(BTC, 'long');
    await passes(500);
    fate('exit', 'late');
    world.service.session!.flatten('flatten');
    await settles();
    await restart();
    expect(world.broker.sent).toEqual([]);
    await expectFlat();
    expect(world.journal.written('trade')).toMatchObject([{ trade: { exitReason: 'flatten' } }]);
  });

  it('takes over what was opened by hand, with a stop', async () => {
    world.crash();
    await world.byHand.prepare(BTC, 5);
    await world.byHand.place({
      kind: 'market',
      symbol: BTC,
      clientOrderId: 'by-hand',
      side: 'sell',
      quantity: '0.02',
      reduceOnly: false,
    });
    await settles();
    await restart();
    expect(found()).toEqual(['book-fill', 'adopt-position']);
    // 2 % above the price
    expect((await world.exchange()).open).toMatchObject([
      { kind: 'stop', side: 'buy', quantity: '0.02', triggerPrice: '61200' },
    ]);
    expect(world.service.status().positions).toMatchObject([
      { symbol: BTC, direction: 'short', setup: 'adopted', isProtected: true },
    ]);
  });

  it('takes over what no execution explains, once it has lasted', async () => {
    world.consider(BTC, 'long');
    await passes(500);
    world.crash();
    // As an exchange that has forgotten its executions: only the position tells.
    const inner = world.byHand as unknown as { fills: () => Promise<readonly never[]> };
    const { fills } = inner;
    inner.fills = () => Promise.resolve([]);
    await world.byHand.place({
      kind: 'market',
      symbol: BTC,
      clientOrderId: 'by-hand-2',
      side: 'buy',
      quantity: '0.017',
      reduceOnly: false,
    });
    await settles();
    await restart();
    inner.fills = fills;
    expect(found()).toEqual(['position-differs', 'adopt-quantity']);
    await expectOnePosition('0.1');
  });

  it('notices while it trades that a position was closed by hand', async () => {
    world.consider(BTC, 'long');
    await passes(500);
    world.fates = { ...SOUND, event: () => 'lost' };
    await world.byHand.place({
      kind: 'market',
      symbol: BTC,
      clientOrderId: 'by-hand',
      side: 'sell',
      quantity: '0.083',
      reduceOnly: true,
    });
    world.fates = SOUND;
    await passes(60_000);
    await expectFlat();
    expect(world.journal.written('trade')).toMatchObject([{ trade: { exitReason: 'external' } }]);
  });

  it('cancels a stray of ours, and leaves an order of somebody else alone', async () => {
    const order = { symbol: BTC, side: 'buy', quantity: '0.01', reduceOnly: false } as const;
    const limit = { ...order, kind: 'limit', price: '50000', timeInForce: 'GTC' } as const;
    await world.byHand.prepare(BTC, 5);
    await world.byHand.place({ ...limit, clientOrderId: `slt-e-${'1'.repeat(28)}` });
    await world.byHand.place({ ...limit, clientOrderId: 'by-hand' });
    await restart();
    expect(found()).toEqual(['cancel-stray', 'foreign-order']);
    expect((await world.exchange()).open.map(({ clientOrderId }) => clientOrderId)).toEqual(['by-hand']);
    expect(world.state).toBe('on');
  });

  it('keeps the losses of the day, the streak and the peak', async () => {
    for (const price of [59_000, 58_000]) {
      world.consider(BTC, 'long');
      await passes(500);
      world.move(BTC, price);
      await passes(120_000);
    }
    const before = world.service.status();
    expect(before.losingStreak).toBe(2);
    await restart();
    const after = world.service.status();
    expect(after.losingStreak).toBe(2);
    expect(after.dailyPnl).toBeCloseTo(before.dailyPnl!, 6);
    expect(after.drawdown).toBeCloseTo(before.drawdown!, 6);
  });

  it('counts the fees of an open position to its day', async () => {
    world.consider(BTC, 'long');
    await passes(500);
    const before = world.service.status();
    expect(before.dailyPnl).toBeLessThan(0);
    await restart();
    expect(world.service.status().dailyPnl).toBeCloseTo(before.dailyPnl!, 6);
  });

  it('protects a position whose symbol has left the list', async () => {
    world.consider(BTC, 'long');
    await passes(500);
    world.delisted.add(BTC);
    const stop = (await world.exchange()).open.find(({ kind }) => kind === 'stop')!;
    await world.byHand.cancel(stop);
    await passes(5_000);
    await expectOnePosition();
    world.service.stop(true);
    await passes(5_000);
    expect(world.state).toBe('off');
    expect(await world.exchange()).toMatchObject({ positions: new Map(), open: [] });
  });

  it('decides nothing before it knows the account', async () => {
    world.consider(BTC, 'long');
    await passes(500);
    // Long enough for the position to be given up by its age.
    world.crash();
    world.move(BTC, 59_300);
    jumps(3 * 3_600_000);
    world.fates = { ...SOUND, ask: (name) => (name === 'fills' ? 'transient' : 'answered') };
    await world.start();
    await passes(10_000);
    expect(world.broker.sent).toEqual([]);
    world.fates = SOUND;
    await passes(20_000);
    await expectFlat();
    expect(world.broker.sent).toEqual([]);
  });

  it('lets the journal say from when on a fill may be missing', async () => {
    await passes(120_000);
    world.link(true);
    await passes(1_000);
    const last = world.journal.reconciliations().at(-1)!;
    expect(last).toMatchObject({ cause: 'link-up', isClean: true });
    expect(last.at).toBeLessThan(clock.now());
  });
});
