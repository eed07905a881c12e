/** The order of what is written, and what a database that is away or refuses makes of it. */
import { AppError } from '@slt/domain';
import { aFill, anIntent, anOrder, aPlan, aTrade, T0 } from '../journal/testing/samples';
import type { AppendResult, JournalEntry } from '../journal/entries';
import { OrderedJournal } from './ordered-journal';
import { passes, settles, useVirtualTime } from './testing/virtual-time';

const NOTHING: AppendResult = { newFills: [], newFundings: [], intents: [], staleOrders: [] };
const balance = (at: number): JournalEntry => ({
  kind: 'balance',
  point: { at, walletBalance: '1', equity: '1' },
});
const timesOf = (entries: readonly JournalEntry[]): number[] =>
  entries.map((entry) => (entry.kind === 'balance' ? entry.point.at : NaN));
const unreachable = (): AppError => new AppError('transient', 'DATABASE.UNREACHABLE', 'away');

/** Answers when told. */
class Target {
  readonly batches: (readonly JournalEntry[])[] = [];
  failure: AppError | undefined;
  private answers: (() => void)[] = [];
  isPatient = false;

  async append(entries: readonly JournalEntry[]): Promise<AppendResult> {
    this.batches.push([...entries]);
    if (this.isPatient) await new Promise<void>((resolve) => this.answers.push(resolve));
    if (this.failure !== undefined) throw this.failure;
    return NOTHING;
  }

  answer(): void {
    this.answers.shift()?.();
  }
}

describe('OrderedJournal', () => {
  let target: Target;
  let failures: AppError[];
  let journal: OrderedJournal;

  useVirtualTime();
  beforeEach(() => {
    target = new Target();
    failures = [];
    journal = new OrderedJournal(target, (error) => failures.push(error));
  });

  it('writes at once, and what comes meanwhile together after it', async () => {
    target.isPatient = true;
    const first = journal.append([balance(1)]);
    const second = journal.append([balance(2)]);
    journal.note([balance(3), balance(4)]);
    let isSecondDone = false;
    void second.then(() => (isSecondDone = true));
    target.answer();
    await first;
    await settles();
    expect(isSecondDone).toBe(false);
    expect(target.batches.map(timesOf)).toEqual([[1], [2, 3, 4]]);
    target.answer();
    await second;
    expect(journal.lagMs).toBe(0);
  });

  it('waits for a database that is away, and writes the same batch again', async () => {
    target.failure = unreachable();
    const written = journal.append([balance(1)]);
    journal.note([balance(2)]);
    await passes(10_000);
    expect(journal.lagMs).toBe(10_000);
    expect(new Set(target.batches.map((batch) => timesOf(batch).join()))).toEqual(new Set(['1']));
    target.failure = undefined;
    await passes(2_000);
    await written;
    await journal.settled();
    expect(timesOf(target.batches.at(-1)!)).toEqual([2]);
    expect(failures).toEqual([]);
  });

  it('does not ask a database that is away without a pause', async () => {
    target.failure = unreachable();
    journal.note([balance(1)]);
    await passes(60_000);
    // 50 + 100 + … + 1,600 = 3,150 ms of doubling pauses, 7 calls; then one every 2 s: 28 in the rest of the minute.
    expect(target.batches).toHaveLength(35);
  });

  it('ends for good when the database refuses, and says so once', async () => {
    target.isPatient = true;
    const first = journal.append([balance(1)]);
    const second = journal.append([balance(2)]);
    target.failure = new AppError('broken-invariant', 'TRADING.LEASE_LOST', 'another has it');
    target.answer();
    await expect(first).rejects.toMatchObject({ code: 'TRADING.LEASE_LOST' });
    await expect(second).rejects.toMatchObject({ code: 'TRADING.LEASE_LOST' });
    await expect(journal.append([balance(3)])).rejects.toMatchObject({ code: 'TRADING.LEASE_LOST' });
    journal.note([balance(4)]);
    await journal.settled();
    expect(journal.hasFailed).toBe(true);
    expect(failures).toHaveLength(1);
    expect(target.batches).toHaveLength(1);
  });

  it('gives up what is not written when it is stopped, and tells nobody', async () => {
    target.failure = unreachable();
    const written = journal.append([balance(1)]);
    const refused = expect(written).rejects.toMatchObject({ code: 'TRADING.JOURNAL_CLOSED' });
    journal.stop();
    await passes(3_000);
    await refused;
    await journal.settled();
    expect(failures).toEqual([]);
  });

  it('is settled when all that was given by then is written', async () => {
    target.isPatient = true;
    journal.note([balance(1)]);
    journal.note([balance(2)]);
    let isSettled = false;
    void journal.settled().then(() => (isSettled = true));
    target.answer();
    await settles();
    expect(isSettled).toBe(false);
    target.answer();
    await settles();
    expect(isSettled).toBe(true);
  });

  it('begins another batch for a position that ended in this one and begins again', async () => {
    target.isPatient = true;
    journal.note([balance(1)]);
    journal.note([
      { kind: 'fill', fill: aFill() },
      { kind: 'trade', trade: aTrade({ positionId: 'p1' }) },
    ]);
    journal.note([{ kind: 'position', plan: aPlan({ id: 'p2' }) }]);
    journal.note([{ kind: 'position', plan: aPlan({ id: 'p1', openedAt: T0 + 200 }) }]);
    journal.note([{ kind: 'order', order: anOrder(anIntent()) }]);
    for (let i = 0; i < 3; i++) {
      target.answer();
      await settles();
    }
    await journal.settled();
    expect(target.batches.map((batch) => batch.map(({ kind }) => kind))).toEqual([
      ['balance'],
      ['fill', 'trade', 'position'],
      ['position', 'order'],
    ]);
  });
});
