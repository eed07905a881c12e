/** Trading as a whole: what may be asked of it in which state, what it does with signals, and what it tells. */
import { AppError } from '@slt/domain';
import type { EventFate, PlaceFate } from './session/testing/faulty-broker';
import { SOUND } from './session/testing/faulty-broker';
import { TradingWorld } from './session/testing/trading-world';
import { clock, passes, settles, useSilence, useVirtualTime } from './session/testing/virtual-time';

const BTC = 'BTCUSDT';
const ETH = 'ETHUSDT';

const errorOf = (work: Promise<unknown>): Promise<AppError> =>
  work.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => error as AppError,
  );

describe('trading', () => {
  let world: TradingWorld;

  useSilence();
  useVirtualTime();
  beforeEach(() => {
    world = new TradingWorld();
  });

  const states = (): string[] =>
    world.events.flatMap((event) => (event.type === 'trading' ? [event.state] : []));
  const openRoles = async (): Promise<string[]> =>
    (await world.exchange()).open.map(({ clientOrderId }) => clientOrderId.slice(0, 5)).sort();
  const held = (): string[] => world.service.status().positions.map(({ symbol }) => symbol);

  describe('control', () => {
    it('is off until told, reconciles before it trades, and tells each state', async () => {
      expect(world.state).toBe('off');
      await world.start();
      expect(world.state).toBe('on');
      expect(states()).toEqual(['reconciling', 'on']);
      expect(world.journal.reconciliations()).toEqual([
        { at: expect.any(Number) as number, cause: 'start', isClean: true, findings: [] },
      ]);
      expect(world.service.status()).toMatchObject({
        account: 'paper:world',
        equity: 10_000,
        walletBalance: 10_000,
        dailyPnl: 0,
      });
    });

    it('starts once, however often it is asked', async () => {
      await Promise.all([world.start(), world.service.start(), world.service.start()]);
      await world.service.start();
      expect(world.brokers).toHaveLength(1);
      expect(world.state).toBe('on');
    });

    it('refuses to start while it is stopping, and starts anew once it is off', async () => {
      await world.start();
      world.service.stop(false);
      expect(world.state).toBe('stopping');
      expect(await errorOf(world.service.start())).toMatchObject({
        kind: 'rejected',
        code: 'TRADING.STOPPING',
      });
      await passes(1_000);
      expect(world.state).toBe('off');
      await world.start();
      expect(world.state).toBe('on');
      expect(world.brokers).toHaveLength(2);
    });

    it('is off again where the account cannot be taken over', async () => {
      world.journal.isDown = true;
      const started = errorOf(world.service.start());
      await passes(5_000);
      expect(await started).toMatchObject({ kind: 'transient' });
      expect(world.state).toBe('off');
      world.journal.isDown = false;
      await world.start();
      expect(world.state).toBe('on');
    });

    it('keeps reconciling while the exchange is away, says why, and goes on by itself', async () => {
      world.fates = { ...SOUND, ask: (name) => (name === 'fills' ? 'transient' : 'answered') };
      await world.start();
      await passes(30_000);
      expect(world.service.status()).toMatchObject({
        state: 'reconciling',
        obstacle: 'the exchange is away',
      });
      world.fates = SOUND;
      await passes(16_000);
      expect(world.state).toBe('on');
      expect(world.service.status()).not.toHaveProperty('obstacle');
    });

    it('stops while it still reconciles', async () => {
      world.fates = { ...SOUND, ask: (name) => (name === 'fills' ? 'transient' : 'answered') };
      await world.start();
      world.service.stop(false);
      await passes(2_000);
      expect(world.state).toBe('off');
      world.fates = SOUND;
      await passes(60_000);
      expect(world.state).toBe('off');
      await world.start();
      expect(world.state).toBe('on');
    });

    it('is halted by hand, keeps what it holds protected, and starts again by hand alone', async () => {
      await world.start();
      world.consider(BTC, 'long');
      await passes(500);
      world.service.halt('hand', 'a look at it');
      const refused = world.consider(ETH, 'long');
      world.move(BTC, 59_900);
      await passes(120_000);
      expect(world.service.status()).toMatchObject({
        state: 'halted',
        halt: { reason: 'hand', detail: 'a look at it' },
      });
      expect(world.journal.decisions.get(refused.id)).toEqual({
        decision: 'refused',
        reasons: ['TRADING_OFF'],
      });
      expect(await openRoles()).toEqual(['slt-s', 'slt-t']);
      await world.start();
      expect(world.state).toBe('on');
      expect(world.brokers).toHaveLength(1);
    });

    it('halted while it reconciles, it stays halted when that has ended well', async () => {
      world.fates = { ...SOUND, ask: (name) => (name === 'fills' ? 'transient' : 'answered') };
      await world.start();
      world.service.halt('hand', 'not now');
      world.fates = SOUND;
      await passes(20_000);
      expect(world.state).toBe('halted');
      expect(world.journal.reconciliations().at(-1)!.isClean).toBe(true);
    });

    it('is off when another process has the account, and says so', async () => {
      await world.start();
      world.consider(BTC, 'long');
      await passes(500);
      world.takeLease();
      await passes(20_000);
      expect(world.state).toBe('off');
      expect(world.service.status().obstacle).toContain('lease');
      const sent = world.broker.sent.length;
      world.consider(ETH, 'long');
      world.move(BTC, 58_000);
      await passes(20_000);
      expect(world.broker.sent).toHaveLength(sent);
      // Its stop rests on the exchange, and has done its work.
      expect((await world.exchange()).positions.size).toBe(0);
      await world.start();
      expect(world.state).toBe('on');
      expect(world.journal.written('trade')).toHaveLength(1);
    });

    it('compares everything now and then, trades meanwhile, and lets go of what is over', async () => {
      await world.start();
      for (let i = 0; i < 4; i++) {
        world.consider(BTC, 'long');
        await passes(500);
        world.move(BTC, world.prices.get(BTC)! - 700);
        await passes(500);
        world.move(BTC, 60_000);
      }
      const orders = (): number => world.service.session!.book.orders.all().length;
      // Entry, stop and target each.
      expect(orders()).toBe(12);
      await passes(20 * 60_000);
      expect(orders()).toBe(0);
      expect(states()).toEqual(['reconciling', 'on']);
      expect(world.journal.reconciliations().at(-1)).toMatchObject({ cause: 'review', isClean: true });
    });

    it('doubts when the account stream is away, and opens nothing until it is back', async () => {
      await world.start();
      world.link(false);
      await passes(20_000);
      expect(world.service.status()).toMatchObject({
        state: 'reconciling',
        obstacle: 'the account stream is away',
      });
      world.link(true);
      await passes(16_000);
      expect(world.state).toBe('on');
    });
  });

  describe('signals', () => {
    it('become a position with a stop and a target of its size', async () => {
      await world.start();
      const signal = world.consider(BTC, 'long');
      await passes(500);
      const { open, positions } = await world.exchange();
      const quantity = positions.get(BTC)!;
      // 1 % of 10,000 at stake, 600 a piece: 0.166; at most 0.1 × 10,000 × 5 = 5,000 of notional: 0.083
      expect(quantity).toBe('0.083');
      expect(open.map(({ kind, quantity: size, triggerPrice }) => [kind, size, triggerPrice])).toEqual([
        ['stop', '0.083', '59400'],
        ['take-profit', '0.083', '61200'],
      ]);
      expect(world.journal.decisions.get(signal.id)).toEqual({ decision: 'traded', reasons: [] });
      expect(world.service.status().positions).toMatchObject([
        { symbol: BTC, direction: 'long', quantity: 0.083, isProtected: true },
      ]);
    });

    it('are recorded as refused while trading is off', async () => {
      const signal = world.consider(BTC, 'long');
      await settles();
      expect(world.journal.decisions.get(signal.id)).toEqual({
        decision: 'refused',
        reasons: ['TRADING_OFF'],
      });
    });

    it('open one position a symbol, entries under way among them', async () => {
      await world.start();
      world.consider(BTC, 'long');
      const second = world.consider(BTC, 'long');
      await passes(500);
      expect(world.journal.decisions.get(second.id)).toMatchObject({ reasons: ['POSITION_EXISTS'] });
      expect(world.broker.sent.filter(({ reduceOnly }) => !reduceOnly)).toHaveLength(1);
    });

    it('told twice are decided once', async () => {
      await world.start();
      const signal = world.consider(BTC, 'long');
      world.service.consider(signal);
      await passes(500);
      world.service.consider(signal);
      await passes(500);
      expect(world.journal.written('signal')).toHaveLength(1);
      expect(world.journal.decisions.get(signal.id)!.decision).toBe('traded');
    });

    it('that are not filled are taken back, and leave their symbol', async () => {
      await world.start();
      const place = (fate: PlaceFate): void => void (world.fates = { ...SOUND, place: () => fate });
      place('rejected');
      const rejected = world.consider(BTC, 'long');
      await passes(500);
      expect(world.journal.decisions.get(rejected.id)).toEqual({
        decision: 'refused',
        reasons: ['ORDER_REJECTED'],
      });
      place('lost-before');
      const lost = world.consider(BTC, 'long');
      await passes(15_000);
      expect(world.journal.decisions.get(lost.id)).toEqual({
        decision: 'refused',
        reasons: ['ENTRY_NOT_FILLED'],
      });
      place('transient');
      const late = world.consider(BTC, 'long');
      await passes(500);
      expect(world.journal.decisions.get(late.id)).toMatchObject({ reasons: ['ENTRY_NOT_FILLED'] });
      place('done');
      world.consider(BTC, 'long');
      await passes(500);
      expect(held()).toEqual([BTC]);
    });

    it('tell of themselves, of positions and of trades', async () => {
      await world.start();
      world.consider(BTC, 'short');
      await passes(500);
      world.move(BTC, 58_700);
      await passes(500);
      const kinds = world.events.map((event) => event.type).filter((type) => type !== 'position');
      expect(kinds).toEqual(['trading', 'trading', 'signal', 'trade']);
      const trade = world.events.find((event) => event.type === 'trade')!.trade;
      expect(trade).toMatchObject({ symbol: BTC, direction: 'short', exitReason: 'target' });
      expect(await openRoles()).toEqual([]);
      expect(world.service.status().equity).toBeCloseTo(10_000 + Number(trade.netPnl), 6);
    });
  });

  describe('stop', () => {
    it('leaves positions with their stops', async () => {
      await world.start();
      world.consider(BTC, 'long');
      await passes(500);
      world.service.stop(false);
      await passes(1_000);
      expect(world.state).toBe('off');
      expect(await openRoles()).toEqual(['slt-s', 'slt-t']);
      expect((await world.exchange()).positions.size).toBe(1);
    });

    it('waits for an entry that is under way, and for the stop of what it has filled', async () => {
      await world.start();
      world.fates = {
        ...SOUND,
        place: ({ reduceOnly }) => (reduceOnly ? 'done' : { hangsMs: 3_000 }),
      };
      world.consider(BTC, 'long');
      await passes(500);
      world.service.stop(false);
      await passes(1_000);
      expect(world.state).toBe('stopping');
      await passes(4_000);
      expect(world.state).toBe('off');
      expect(await openRoles()).toEqual(['slt-s', 'slt-t']);
    });

    it('closes all positions when asked to, and leaves no order behind', async () => {
      await world.start();
      world.consider(BTC, 'long');
      world.consider(ETH, 'short');
      await passes(500);
      expect(held()).toEqual([BTC, ETH]);
      world.service.stop(true);
      await passes(2_000);
      expect(world.state).toBe('off');
      expect(await world.exchange()).toMatchObject({ positions: new Map(), open: [] });
      expect(world.journal.written('trade').map(({ trade }) => trade.exitReason)).toEqual([
        'flatten',
        'flatten',
      ]);
    });

    it('waits to close them until the exchange is back', async () => {
      await world.start();
      world.consider(BTC, 'long');
      await passes(500);
      world.fates = { ...SOUND, place: () => 'transient', ask: () => 'transient' };
      world.service.stop(true);
      await passes(60_000);
      expect(world.state).toBe('stopping');
      world.fates = SOUND;
      await passes(60_000);
      expect(world.state).toBe('off');
      expect(await world.exchange()).toMatchObject({ positions: new Map(), open: [] });
    });

    it('that waits in vain can be halted', async () => {
      await world.start();
      world.consider(BTC, 'long');
      await passes(500);
      world.fates = { ...SOUND, place: () => 'transient', ask: () => 'transient' };
      world.service.stop(true);
      await passes(5_000);
      world.service.halt('hand', 'enough');
      await passes(5_000);
      expect(world.state).toBe('halted');
      expect(held()).toEqual([BTC]);
    });
  });

  describe('the end of the process', () => {
    it('gives the entry that is under way its stop before it goes', async () => {
      await world.start();
      world.fates = { ...SOUND, place: ({ reduceOnly }) => (reduceOnly ? 'done' : { hangsMs: 500 }) };
      world.consider(BTC, 'long');
      await passes(100);
      const ended = world.service.onModuleDestroy();
      await passes(15_000);
      await ended;
      expect(await openRoles()).toEqual(['slt-s', 'slt-t']);
    });

    it('ends also where nothing answers any more', async () => {
      await world.start();
      world.consider(BTC, 'long');
      await passes(500);
      world.fates = { ...SOUND, place: () => ({ hangsMs: 1e9 }), ask: () => 'transient' };
      world.journal.isDown = true;
      world.service.stop(true);
      await passes(500);
      const ended = world.service.onModuleDestroy();
      await passes(15_000);
      await ended;
    });
  });

  describe('the journal', () => {
    it('away for ten seconds holds orders back, and not for ever', async () => {
      await world.start();
      world.consider(BTC, 'long');
      await passes(500);
      const sent = world.broker.sent.length;
      world.journal.isDown = true;
      const tooLate = world.consider(ETH, 'long');
      await passes(10_000);
      expect(world.broker.sent).toHaveLength(sent);
      world.journal.isDown = false;
      await passes(5_000);
      expect(world.state).toBe('on');
      expect(world.journal.decisions.get(tooLate.id)).toMatchObject({ reasons: ['ENTRY_NOT_FILLED'] });
      world.consider(ETH, 'long');
      await passes(500);
      expect(held()).toEqual([BTC, ETH]);
    });

    it('away while an entry is filled has its stop wait, and the position closed for it', async () => {
      await world.start();
      world.fates = { ...SOUND, place: ({ reduceOnly }) => (reduceOnly ? 'done' : { hangsMs: 1_000 }) };
      world.consider(BTC, 'long');
      await passes(500);
      world.journal.isDown = true;
      await passes(8_000);
      expect(world.broker.sent).toHaveLength(1);
      world.journal.isDown = false;
      await passes(10_000);
      expect(await world.exchange()).toMatchObject({ positions: new Map(), open: [] });
      expect(world.journal.written('trade').at(-1)!.trade.exitReason).toBe('unprotected');
      expect(world.state).toBe('on');
    });

    it('away for good ends trading, and a new start takes up what is there', async () => {
      await world.start();
      world.consider(BTC, 'long');
      await passes(500);
      world.journal.isDown = true;
      await passes(60_000);
      expect(world.state).toBe('off');
      world.journal.isDown = false;
      await world.start();
      expect(world.state).toBe('on');
      expect(world.service.status().positions).toMatchObject([{ symbol: BTC, isProtected: true }]);
    });

    it('that refuses halts trading, and the next start reads it anew', async () => {
      await world.start();
      world.journal.failure = new AppError('broken-invariant', 'DATABASE.STATEMENT_FAILED', 'no');
      world.consider(BTC, 'long');
      await passes(500);
      expect(world.service.status()).toMatchObject({
        state: 'halted',
        halt: { reason: 'broken-invariant' },
      });
      expect(world.broker.sent).toHaveLength(0);
      world.journal.failure = undefined;
      await world.start();
      expect(world.state).toBe('on');
      world.consider(BTC, 'long');
      await passes(500);
      expect(held()).toEqual([BTC]);
    });

    it('that refuses does not keep a stop from ending', async () => {
      await world.start();
      world.consider(BTC, 'long');
      await passes(500);
      world.journal.failure = new AppError('broken-invariant', 'DATABASE.STATEMENT_FAILED', 'no');
      world.move(BTC, 60_010);
      world.service.stop(true);
      await passes(20_000);
      expect(world.state).toBe('off');
      expect(await openRoles()).toEqual(['slt-s', 'slt-t']);
    });
  });

  describe('the circuit breaker', () => {
    it('writes down what calls make of it, and opens nothing while it blocks', async () => {
      await world.start();
      world.fates = { ...SOUND, ask: (name) => (name === 'prepare' ? 'transient' : 'answered') };
      for (let i = 0; i < 40 && world.journal.written('breaker').length === 0; i++) {
        world.consider(BTC, 'long');
        world.consider(ETH, 'long');
        await passes(1_000);
      }
      const [change] = world.journal.written('breaker');
      expect(change!.change).toMatchObject({ from: 'normal' });
      expect(change!.change.reasons.map(({ code }) => code)).toContain('ERROR_RATE');
      // In the exchange's time, whatever time the breaker counts in.
      expect(change!.change.at).toBeGreaterThan(clock.now() - 60_000);
      expect(world.events.some((event) => event.type === 'breaker')).toBe(true);
      world.service.resetBreaker();
      await settles();
      expect(world.journal.written('breaker').at(-1)!.change).toMatchObject({ to: 'normal', move: 'reset' });
    });

    it('reset while trading is off, it is normal after the next start', async () => {
      world.journal.entries.length = 0;
      await world.journal.breakerChanged('paper:world', {
        from: 'normal',
        to: 'blocked',
        move: 'worsen-to-blocked',
        at: clock.now() - 60_000,
        reasons: [],
      });
      await world.start();
      expect(world.service.status().breaker.level).toBe('blocked');
      world.service.stop(false);
      await passes(1_000);
      world.service.resetBreaker();
      await settles();
      world.crash();
      await world.start();
      expect(world.service.status().breaker.level).toBe('normal');
    });
  });

  describe('events that are lost', () => {
    const losing = (event: EventFate): void => void (world.fates = { ...SOUND, event: () => event });

    it('do not keep a fill from being booked, nor a position from its stop', async () => {
      await world.start();
      losing('lost');
      world.consider(BTC, 'long');
      await passes(500);
      expect(await openRoles()).toEqual(['slt-s', 'slt-t']);
      await passes(10_000);
      expect(held()).toEqual([BTC]);
      world.move(BTC, 59_300);
      await passes(45_000);
      expect(held()).toEqual([]);
      expect(world.journal.written('trade')).toHaveLength(1);
      expect(await openRoles()).toEqual([]);
      expect(world.state).toBe('on');
    });

    it('a stop that vanished unheard is found and replaced', async () => {
      await world.start();
      world.consider(BTC, 'long');
      await passes(500);
      losing('lost');
      const [stop] = (await world.exchange()).open;
      await world.byHand.cancel(stop!);
      world.fates = SOUND;
      await passes(45_000);
      expect(await openRoles()).toEqual(['slt-s', 'slt-t']);
      expect(world.state).toBe('on');
    });
  });
});
