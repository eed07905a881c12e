/** What is sent, what is not, and what becomes of it when the answer is none. */
import type { ErrorKind } from '@slt/domain';
import type { OrderReport } from '../core/broker';
import type { Order, OrderRole } from '../core/order';
import { ARRIVAL_LIMIT_MS } from '../core/order-life';
import { draftOf } from '../core/spec-orders';
import { DeskBench } from './testing/desk-bench';
import { failing, filledReport, restingReport } from './testing/stub-broker';
import { clock, passes, settles, useVirtualTime } from './testing/virtual-time';

const ROLES: readonly OrderRole[] = ['entry', 'stop', 'target', 'exit'];

describe('OrderDesk', () => {
  let bench: DeskBench;

  useVirtualTime();
  beforeEach(() => {
    bench = new DeskBench();
  });

  const placed = async (role: OrderRole, generation = 1): Promise<Order> => {
    const [order] = await bench.place(role, generation);
    return order!;
  };
  const now = (order: Order): Order => bench.book.orders.get(order.intent.order.clientOrderId)!;

  it('journals before it sends, and tells the journal of each step', async () => {
    const seen: number[] = [];
    bench.broker.onPlace = (order) => {
      seen.push(bench.journal.written('intent').length);
      return filledReport(order);
    };
    const order = await placed('entry');
    expect(seen).toEqual([1]);
    expect(order.status).toBe('filled');
    await settles();
    expect(bench.statuses(order.intent.id)).toEqual(['sent', 'filled']);
  });

  it('journals several in one batch and sends them side by side', async () => {
    let under = 0;
    let most = 0;
    bench.broker.onPlace = async (order) => {
      most = Math.max(most, ++under);
      await passes(10);
      under--;
      return restingReport(order);
    };
    const orders = await bench.desk.place([draftOf('stop', 1), draftOf('target', 1)]);
    expect(orders.map(({ status }) => status)).toEqual(['working', 'working']);
    expect(most).toBe(2);
  });

  describe.each(ROLES)('an order that is the %s', (role) => {
    it.each<ErrorKind>(['rejected', 'invalid', 'not-found'])(
      'is over when the answer is "%s"',
      async (kind) => {
        bench.broker.onPlace = failing(kind, 'ORDER.NO');
        const order = await placed(role);
        await passes(60_000);
        expect(now(order)).toMatchObject({ status: 'rejected', reason: 'ORDER.NO: as the spec says' });
        expect(bench.broker.placed).toHaveLength(1);
        expect(bench.broken).toEqual([]);
      },
    );

    it('is asked for, and never sent again, when the outcome is unknown', async () => {
      bench.broker.onPlace = failing('outcome-unknown', 'EXCHANGE.TIMEOUT');
      const order = await placed(role);
      expect(order.status).toBe('unknown');
      await passes(2_000);
      bench.broker.onFind = () =>
        restingReport(order.intent.order, { state: 'filled', filledQuantity: '10', averagePrice: '99' });
      await passes(5_000);
      expect(now(order)).toMatchObject({ status: 'filled', averagePrice: '99' });
      expect(bench.broker.placed).toHaveLength(1);
      const asked = bench.broker.found.length;
      await passes(60_000);
      expect(bench.broker.found).toHaveLength(asked);
    });

    it('that never arrived is over once it can arrive no more', async () => {
      bench.broker.onPlace = failing('outcome-unknown', 'EXCHANGE.TIMEOUT');
      const order = await placed(role);
      await passes(ARRIVAL_LIMIT_MS - 100);
      expect(now(order).status).toBe('unknown');
      await passes(4_000);
      expect(now(order)).toMatchObject({ status: 'rejected', reason: 'NEVER_ARRIVED' });
      expect(bench.broker.placed).toHaveLength(1);
    });

    it('is asked for as long as the exchange is away', async () => {
      bench.broker.onPlace = failing('outcome-unknown', 'EXCHANGE.TIMEOUT');
      bench.broker.onFind = failing('transient', 'EXCHANGE.AWAY');
      const order = await placed(role);
      await passes(10 * 60_000);
      expect(now(order).status).toBe('unknown');
      bench.broker.onFind = () => restingReport(order.intent.order);
      await passes(3_000);
      expect(now(order).status).toBe('working');
    });

    it('stops trading, and is asked for, when the broker breaks', async () => {
      bench.broker.onPlace = failing('broken-invariant', 'BROKER.BROKEN');
      const order = await placed(role);
      expect(order.status).toBe('unknown');
      expect(bench.broken.map(({ code }) => code)).toEqual(['BROKER.BROKEN']);
    });

    it('is not sent when the lease may be gone', async () => {
      bench.maySend = false;
      const order = await placed(role);
      expect(order).toMatchObject({ status: 'rejected', reason: 'ABANDONED' });
      expect(bench.broker.placed).toEqual([]);
    });

    it('is not sent where the journal takes nothing', async () => {
      bench.journal.failure = Object.assign(new Error('no'), { code: 'x' }) as never;
      await expect(bench.place(role)).rejects.toMatchObject({ code: 'TRADING.JOURNAL_FAILED' });
      expect(bench.broker.placed).toEqual([]);
      expect(bench.broken).toHaveLength(1);
    });
  });

  it('tries what protects again when it was surely not done, and gives it up after a while', async () => {
    bench.broker.onPlace = failing('transient', 'EXCHANGE.BUSY');
    const placing = bench.place('stop');
    await passes(100 + 300 + 900);
    const [order] = await placing;
    // At once, and after 100, 300 and 900 ms.
    expect(bench.broker.placed).toHaveLength(4);
    expect(order).toMatchObject({ status: 'rejected', reason: 'ABANDONED' });
  });

  it('waits as long as the exchange says', async () => {
    bench.broker.onPlace = failing('transient', 'EXCHANGE.BANNED', 5_000);
    const placing = bench.place('stop');
    await passes(4_999);
    expect(bench.broker.placed).toHaveLength(1);
    bench.broker.onPlace = (order) => restingReport(order);
    await passes(1);
    expect((await placing)[0]!.status).toBe('working');
  });

  it('does not try an entry again', async () => {
    bench.broker.onPlace = failing('transient', 'EXCHANGE.BUSY');
    const order = await placed('entry');
    expect(order).toMatchObject({ status: 'rejected', reason: 'ABANDONED' });
    await passes(10_000);
    expect(bench.broker.placed).toHaveLength(1);
  });

  it('gives up an entry that waited for the journal too long, and sends a stop however late', async () => {
    bench.journal.isDown = true;
    const entry = bench.place('entry');
    const stop = bench.place('stop');
    await passes(6_000);
    bench.journal.isDown = false;
    await passes(2_000);
    expect((await entry)[0]).toMatchObject({ status: 'rejected', reason: 'ABANDONED' });
    expect((await stop)[0]!.status).toBe('working');
    expect(bench.broker.placed.map(({ kind }) => kind)).toEqual(['stop']);
  });

  it('counts the age of an entry from its decision', async () => {
    const decidedAt = performance.now() - 5_001;
    const [order] = await bench.desk.place([draftOf('entry', 1)], [], decidedAt);
    expect(order!.reason).toBe('ABANDONED');
  });

  it('opens nothing once it may not, and closes all the same', async () => {
    bench.mayOpen = false;
    expect((await placed('entry')).reason).toBe('ABANDONED');
    expect((await placed('exit')).status).toBe('working');
    expect(bench.broker.placed.map(({ kind }) => kind)).toEqual(['market']);
  });

  it('believes the stream where it was quicker than a refusal that says "not done"', async () => {
    bench.broker.onPlace = (order) => {
      bench.book.report(restingReport(order));
      return failing('transient', 'EXCHANGE.BUSY')();
    };
    const order = await placed('stop');
    await passes(10_000);
    expect(order.status).toBe('working');
    expect(bench.broker.placed).toHaveLength(1);
    expect(bench.broken).toEqual([]);
  });

  it('does not send again what the stream tells of between two attempts', async () => {
    bench.broker.onPlace = failing('transient', 'EXCHANGE.BUSY');
    const placing = bench.place('stop');
    await passes(50);
    bench.book.report(restingReport(bench.broker.placed[0]!));
    await passes(10_000);
    expect((await placing)[0]!.status).toBe('working');
    expect(bench.broker.placed).toHaveLength(1);
    expect(bench.broken).toEqual([]);
  });

  it('believes the stream where the answer is a refusal', async () => {
    bench.broker.onPlace = (order) => {
      bench.book.report(restingReport(order));
      return failing('rejected', 'ORDER.NO')();
    };
    expect((await placed('entry')).status).toBe('working');
    expect(bench.broken).toEqual([]);
  });

  it('asks for an intent that the journal knew already, and does not send it', async () => {
    const first = await placed('entry');
    const later = new DeskBench();
    later.broker.onFind = (ref): OrderReport => filledReport({ ...first.intent.order, ...ref } as never);
    await passes(1_000);
    for (const entry of bench.journal.entries)
      await later.journal.append({ account: 'paper:bench', token: 1 }, [entry]);
    const [again] = await later.desk.place([draftOf('entry', 1)]);
    await passes(1_000);
    expect(later.broker.placed).toEqual([]);
    expect(later.book.orders.get(again!.intent.order.clientOrderId)!.status).toBe('filled');
  });

  it('does not take the second writing of a batch for an earlier life', async () => {
    bench.journal.losesAnswer = true;
    const placing = bench.place('entry');
    await passes(1_000);
    expect((await placing)[0]!.status).toBe('working');
    expect(bench.broker.placed).toHaveLength(1);
  });

  it('stops trading when two orders bear one name', async () => {
    await placed('entry');
    expect(await bench.desk.place([draftOf('entry', 1)])).toEqual([]);
    expect(bench.broken.map(({ code }) => code)).toEqual(['ORDER.DUPLICATE_INTENT']);
  });

  describe('cancel', () => {
    const refOf = ({ intent }: Order) => intent.order;

    it('resolves to true once it is over', async () => {
      const order = await placed('stop');
      bench.broker.onCancel = () => restingReport(order.intent.order, { state: 'cancelled' });
      expect(await bench.desk.cancel(refOf(order))).toBe(true);
      expect(now(order).status).toBe('cancelled');
      expect(bench.desk.cancelling.size).toBe(0);
    });

    it('is under way once', async () => {
      const order = await placed('stop');
      bench.broker.onCancel = () => new Promise(() => undefined);
      void bench.desk.cancel(refOf(order));
      expect(await bench.desk.cancel(refOf(order))).toBe(false);
      expect([...bench.desk.cancelling]).toEqual([refOf(order).clientOrderId]);
      expect(bench.broker.cancelled).toHaveLength(1);
    });

    it.each<ErrorKind>(['transient', 'outcome-unknown'])(
      'is tried again after "%s", four times in all',
      async (kind) => {
        const order = await placed('stop');
        bench.broker.onCancel = failing(kind, 'EXCHANGE.AWAY');
        const cancelling = bench.desk.cancel(refOf(order));
        await passes(100 + 300 + 900);
        expect(await cancelling).toBe(false);
        expect(bench.broker.cancelled).toHaveLength(4);
        expect(now(order).status).toBe('working');
      },
    );

    it('of an order that the exchange does not know yet is not the end of it', async () => {
      const order = await placed('stop');
      const cancelling = bench.desk.cancel(refOf(order));
      await passes(1_300);
      expect(await cancelling).toBe(false);
      expect(now(order).status).toBe('working');
      await passes(ARRIVAL_LIMIT_MS);
      expect(await bench.desk.cancel(refOf(order))).toBe(true);
      expect(now(order)).toMatchObject({ status: 'expired', reason: 'FORGOTTEN' });
    });

    it('of a stray that nobody knows is done', async () => {
      const stray = { symbol: 'BTCUSDT', clientOrderId: 'slt-s-x', kind: 'stop' } as const;
      expect(await bench.desk.cancel(stray)).toBe(true);
    });

    it('sends nothing without the lease, and says that it is not over', async () => {
      const order = await placed('stop');
      bench.maySend = false;
      expect(await bench.desk.cancel(refOf(order))).toBe(false);
      expect(bench.broker.cancelled).toEqual([]);
    });
  });

  describe('the end', () => {
    it('waits for answers, opens nothing, and lets what protects pass', async () => {
      bench.broker.onPlace = async (order) => {
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        return filledReport(order);
      };
      const entry = bench.place('entry');
      await settles();
      let isDrained = false;
      void bench.desk.drain().then(() => (isDrained = true));
      const late = bench.desk.place([draftOf('entry', 2)]);
      const stop = bench.place('stop');
      await passes(999);
      expect(isDrained).toBe(false);
      await passes(1);
      await settles();
      expect(isDrained).toBe(true);
      expect((await entry)[0]!.status).toBe('filled');
      expect((await late)[0]!.reason).toBe('ABANDONED');
      expect((await stop)[0]!.status).toBe('filled');
    });

    it('does not wait for what is asked for without end', async () => {
      bench.broker.onPlace = failing('outcome-unknown', 'EXCHANGE.TIMEOUT');
      bench.broker.onFind = failing('transient', 'EXCHANGE.AWAY');
      const order = await placed('stop');
      await bench.desk.drain();
      expect(now(order).status).toBe('unknown');
      const asked = bench.broker.found.length;
      await passes(60_000);
      expect(bench.broker.found).toHaveLength(asked);
    });

    it('closed, it sends nothing', async () => {
      bench.desk.close();
      expect((await placed('stop')).reason).toBe('ABANDONED');
      expect(bench.broker.placed).toEqual([]);
    });
  });

  it('takes the time of its intents from the exchange', async () => {
    await passes(7_000);
    const order = await placed('entry');
    expect(order.intent.createdAt).toBe(clock.now());
  });
});
