/** Paper accounts in a real PostgreSQL. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { AppConfig } from '@slt/config';
import { DataDirLock, Database } from '@slt/database';
import { PaperAccount } from '../core/paper/paper-account';
import type { PaperSnapshot } from '../core/paper/paper-snapshot';
import { BTC } from '../testing/instruments';
import { quoteAt, SpecAccount, T0 } from '../testing/spec-account';
import { PostgresPaperStore } from './postgres-paper-store';

Logger.overrideLogger(false);

describe('PostgresPaperStore', () => {
  let folder: string;
  let database: Database;
  let names = 0;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'slt-paper-'));
    const config = Object.assign(new AppConfig(), { DATA_DIR: folder });
    database = new Database(config, new DataDirLock(config));
    await database.url();
  });

  afterAll(async () => {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = (name: string): PostgresPaperStore => new PostgresPaperStore(database, name);
  const newName = (): string => `account-${names++}`;

  /** Two trades, saved one after the other. */
  async function trade(store: PostgresPaperStore): Promise<SpecAccount> {
    const t = new SpecAccount();
    let saved = 0;
    for (const [side, at] of [
      ['buy', T0],
      ['sell', T0 + 1],
    ] as const) {
      t.account.place(t.market(side, '0.2'), at, quoteAt(50_000, at));
      const snapshot = t.account.snapshot(saved);
      await store.save(snapshot);
      saved = snapshot.account.entrySeq;
    }
    return t;
  }

  it('has nothing at first, then what was saved, entries of all saves in order', async () => {
    const name = newName();
    const store = open(name);
    expect(await store.load()).toBeUndefined();
    const { account } = await trade(store);
    const loaded = (await open(name).load()) as PaperSnapshot;
    expect(loaded).toEqual(account.snapshot());
    const again = new PaperAccount({
      instrument: () => BTC,
      listener: () => undefined,
      snapshot: loaded,
    });
    expect(again.fills(undefined, 0)).toEqual(account.fills(undefined, 0));
    expect(again.account(T0)).toEqual(account.account(T0));
  });

  it('lets only the newest of two processes save, and nothing of the other', async () => {
    const name = newName();
    const older = open(name);
    await older.load();
    await trade(older);
    const newer = open(name);
    const snapshot = (await newer.load()) as PaperSnapshot;
    await newer.save({ ...snapshot, entries: [] });
    const entry = { ...snapshot.entries.at(-1)!, seq: 99 };
    await expect(older.save({ ...snapshot, entries: [entry] })).rejects.toMatchObject({
      kind: 'broken-invariant',
      code: 'PAPER.FENCED',
    });
    expect(await open(name).load()).toEqual(snapshot);
  });

  it('keeps accounts apart', async () => {
    const [one, two] = [newName(), newName()];
    const store = open(one);
    await store.load();
    await trade(store);
    expect(await open(two).load()).toBeUndefined();
  });

  it('makes its tables once, however many begin at the same time', async () => {
    await database.query('drop table if exists trading.paper_account, trading.paper_entry');
    const stores = Array.from({ length: 6 }, () => open(newName()));
    expect(await Promise.all(stores.map((store) => store.load()))).toEqual(stores.map(() => undefined));
  });
});
