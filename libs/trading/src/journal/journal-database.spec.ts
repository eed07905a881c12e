import { JournalUnderTest } from './testing/journal-under-test';
import { T0 } from './testing/samples';

let subject: JournalUnderTest;

beforeEach(() => {
  subject = new JournalUnderTest();
});

afterEach(() => subject.close());

async function tablesOf(): Promise<string[]> {
  const { rows } = await subject.parts.database.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'trading' order by 1`,
  );
  return rows.map((row) => row.name);
}

describe('the tables of the journal', () => {
  it('are made once by several processes that begin at the same time, from nothing', async () => {
    await subject.parts.database.url();
    const rivals = [subject.other(), subject.other(), subject.other(), subject.other()];
    await Promise.all(
      rivals.map(({ journal }, i) =>
        journal.append({ account: 'paper' }, [
          { kind: 'transfer', transfer: { id: `t${i}`, amount: '1', reason: 'deposit', at: T0 + i } },
        ]),
      ),
    );
    expect(await tablesOf()).toEqual([
      'accounts',
      'balances',
      'breaker_changes',
      'fills',
      'fundings',
      'intents',
      'kysely_migration',
      'kysely_migration_lock',
      'lease',
      'orders',
      'positions',
      'reconciliations',
      'signals',
      'snapshots',
      'trades',
      'transfers',
    ]);
    // Four deposits of 1.
    expect((await subject.parts.ledger.totals('paper')).transfers).toBe('4');
  });

  it('are not made before something is asked of them', async () => {
    await subject.parts.database.url();
    expect(await tablesOf()).toEqual([]);
    await subject.parts.journal.open();
    expect(await tablesOf()).toContain('intents');
  });

  it('of a later version are refused by name, and tried again at the next call', async () => {
    await subject.parts.journal.open();
    await subject.parts.database.query(
      `insert into trading.kysely_migration values ('9999-later', '2030-01-01T00:00:00.000Z')`,
    );
    const older = subject.other();
    await expect(older.journal.open()).rejects.toMatchObject({
      kind: 'broken-invariant',
      code: 'TRADING.JOURNAL_MIGRATION',
      message: expect.stringContaining('9999-later') as unknown,
    });
    await subject.parts.database.query(`delete from trading.kysely_migration where name = '9999-later'`);
    await older.journal.open();
  });

  it('keep accounts of one mode to themselves', async () => {
    const { journal, database } = subject.parts;
    await journal.setInitialBalance('paper', '10000');
    await journal.setInitialBalance('live:0123456789abcdef', '7.5');
    await expect(
      database.query(`insert into trading.accounts (id, mode) values ('paper:x', 'live')`),
    ).rejects.toMatchObject({ code: 'DATABASE.STATEMENT_FAILED' });
    expect((await journal.load('paper')).initialBalance).toBe('10000');
    await expect(journal.append({ account: 'demo' }, [])).resolves.toBeDefined();
    await expect(journal.setInitialBalance('demo', '1')).rejects.toMatchObject({
      code: 'TRADING.ACCOUNT_ID',
    });
  });
});
