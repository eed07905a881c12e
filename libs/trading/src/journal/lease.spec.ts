import { spawnSync } from 'node:child_process';
import { ownIdentity } from '@slt/database';
import type { AppError } from '@slt/domain';
import { eventually } from '../../../../test/support/eventually';
import { LeaseKeeper } from './lease-keeper';
import { JournalUnderTest } from './testing/journal-under-test';
import { aFill, anIntent, anOrder, aPlan, aTrade } from './testing/samples';
import { addFills, closePosition, saveOrder, savePosition, writeIntents } from './testing/write-entries';

const LONG_MS = 600_000;
const ELSEWHERE = { name: 'another machine', identity: { place: 'elsewhere', pid: 1, startedAt: '1' } };

let subject: JournalUnderTest;
let account: string;

beforeAll(async () => {
  subject = new JournalUnderTest();
  await subject.parts.journal.open();
});

afterAll(() => subject.close());

beforeEach(() => {
  account = subject.newAccount();
});

const take = (ttlMs = LONG_MS) => subject.parts.leases.acquire({ account, ttlMs });

describe('the lease of an account', () => {
  it('has one holder, whom the refusal names', async () => {
    const { leases } = subject.parts;
    await leases.acquire({ account, ttlMs: LONG_MS, holder: ELSEWHERE });
    await expect(take()).rejects.toMatchObject({
      kind: 'rejected',
      code: 'TRADING.LEASE_HELD',
      message: expect.stringContaining('another machine') as unknown,
    });
    expect(await leases.holderOf(account)).toEqual(ELSEWHERE);
  });

  it('is not taken twice by the same process', async () => {
    await take();
    await expect(take()).rejects.toMatchObject({ code: 'TRADING.LEASE_HELD' });
  });

  it('goes to exactly one of many who want it at once', async () => {
    const { leases } = subject.other();
    const wanted = await Promise.allSettled(
      Array.from({ length: 12 }, (_, i) =>
        (i % 2 === 0 ? leases : subject.parts.leases).acquire({ account, ttlMs: LONG_MS }),
      ),
    );
    const taken = wanted.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(taken.map(({ token }) => token)).toEqual([1]);
    const refusals = wanted.flatMap((result) =>
      result.status === 'rejected' ? [(result.reason as AppError).code] : [],
    );
    expect(new Set(refusals)).toEqual(new Set(['TRADING.LEASE_HELD']));
  });

  it('has a token that only grows, over release and expiry', async () => {
    const first = await take();
    await first.release();
    const second = await take(1);
    const third = await eventually(() => take());
    expect([first.token, second.token, third.token]).toEqual([1, 2, 3]);
  });

  it('of a process of this machine that is dead is taken at once', async () => {
    const { pid } = spawnSync('/bin/true');
    const identity = { ...ownIdentity(), pid, startedAt: '1' };
    await subject.parts.leases.acquire({ account, ttlMs: LONG_MS, holder: { name: 'the dead', identity } });
    expect((await take()).token).toBe(2);
  });

  it('can be renewed after its time while nobody has taken it, and not once somebody has', async () => {
    const first = await take(1);
    await eventually(async () => (await subject.parts.leases.holderOf(account)) === undefined);
    expect(first.remainingMs()).toBeLessThanOrEqual(0);
    await first.renew();
    const second = await eventually(() => take());
    await expect(first.renew()).rejects.toMatchObject({
      kind: 'broken-invariant',
      code: 'TRADING.LEASE_LOST',
    });
    await first.release();
    expect(await subject.parts.leases.holderOf(account)).toBeDefined();
    expect(second.remainingMs()).toBeGreaterThan(0);
  });
});

describe('a writer whose lease was taken', () => {
  it('writes no decision any more, not even one it wrote before, and leaves nothing behind', async () => {
    const { journal } = subject.parts;
    const first = await take(1);
    const written = anIntent({ fencingToken: first.token });
    await writeIntents(journal, first, [written]);
    const second = await eventually(() => take());
    const lost = { kind: 'broken-invariant', code: 'TRADING.LEASE_LOST' };
    const next = anIntent({ generation: 2, fencingToken: first.token });
    await expect(writeIntents(journal, first, [next])).rejects.toMatchObject(lost);
    await expect(writeIntents(journal, first, [written])).rejects.toMatchObject(lost);
    await expect(saveOrder(journal, first, anOrder(written))).rejects.toMatchObject(lost);
    await expect(savePosition(journal, first, aPlan())).rejects.toMatchObject(lost);
    await expect(closePosition(journal, first, aTrade())).rejects.toMatchObject(lost);
    await expect(
      journal.append(first, [
        { kind: 'fill', fill: aFill() },
        { kind: 'intent', intent: next },
      ]),
    ).rejects.toMatchObject(lost);
    const state = await journal.load(account);
    expect(state.unfinishedOrders.map(({ intent }) => intent.id)).toEqual([written.id]);
    expect(state.lastFillAt).toBeNull();
    await writeIntents(journal, second, [{ ...next, fencingToken: second.token }]);
  });

  it('cannot pass an old token off as the new one', async () => {
    const { journal } = subject.parts;
    const first = await take(1);
    const second = await eventually(() => take());
    await expect(
      writeIntents(journal, second, [anIntent({ fencingToken: first.token })]),
    ).rejects.toMatchObject({
      code: 'TRADING.LEASE_LOST',
    });
  });

  it('may still write facts, without a token', async () => {
    const { journal } = subject.parts;
    await take();
    expect(await addFills(journal, { account }, [aFill()])).toHaveLength(1);
    await expect(savePosition(journal, { account }, aPlan())).rejects.toMatchObject({
      code: 'TRADING.NO_LEASE',
    });
  });

  it('holds up who takes over until its last batch is whole: none comes after', async () => {
    const { journal, leases } = subject.parts;
    const rival = subject.other();
    const first = await take(1);
    const order: string[] = [];
    for (let round = 0; round < 20; round++) {
      const intents = Array.from({ length: 20 }, (_, i) =>
        anIntent({ positionId: `r${round}-${i}`, fencingToken: first.token }),
      );
      const writing = writeIntents(journal, first, intents).then(
        () => order.push(`wrote ${round}`),
        (error: AppError) => order.push(error.code),
      );
      const taking =
        round === 10
          ? rival.leases.acquire({ account, ttlMs: LONG_MS }).then(() => order.push('taken'))
          : undefined;
      await Promise.all([writing, taking]);
    }
    const count = (await journal.load(account)).unfinishedOrders.length;
    const wrote = order.filter((text) => text.startsWith('wrote')).length;
    // Batches of 20, each whole or not there at all; from round 11 on none.
    expect(count).toBe(20 * wrote);
    expect([10, 11]).toContain(wrote);
    expect(order.filter((text) => text === 'TRADING.LEASE_LOST')).toHaveLength(20 - wrote);
    expect(await leases.holderOf(account)).toBeDefined();
  });
});

describe('the keeper of a lease', () => {
  it('renews it in time', async () => {
    const lease = await take(300);
    const keeper = new LeaseKeeper(lease, () => undefined);
    keeper.start();
    const { leases } = subject.parts;
    const until = performance.now() + 900;
    while (performance.now() < until) {
      await expect(leases.acquire({ account, ttlMs: 300 })).rejects.toMatchObject({
        code: 'TRADING.LEASE_HELD',
      });
    }
    keeper.stop();
    expect((await eventually(() => take())).token).toBe(lease.token + 1);
  });

  it('says once that it was taken', async () => {
    const lease = await take(60);
    const second = await eventually(() => take());
    const heard: string[] = [];
    const keeper = new LeaseKeeper(lease, (error) => heard.push(error.code));
    keeper.start();
    await eventually(() => heard.length > 0);
    expect(heard).toEqual(['TRADING.LEASE_LOST']);
    expect(second.token).toBe(2);
  });

  it('says so when the database does not answer in time', async () => {
    const rival = subject.other();
    const lease = await rival.leases.acquire({ account, ttlMs: 200 });
    const pool = await subject.parts.database.pool();
    const blocker = await pool.connect();
    await blocker.query('begin');
    await blocker.query('select 1 from trading.lease where account = $1 for update', [account]);
    const heard: string[] = [];
    const keeper = new LeaseKeeper(lease, (error) => heard.push(error.code));
    keeper.start();
    await eventually(() => heard.length > 0);
    expect(heard).toEqual(['TRADING.LEASE_LOST']);
    await blocker.query('rollback');
    blocker.release();
  });
});
