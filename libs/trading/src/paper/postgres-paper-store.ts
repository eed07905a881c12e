/**
 * Paper accounts in PostgreSQL: one row that is replaced, and one row for each booking, never touched again. A save is
 * one statement, so it is done or it is not. The row's revision keeps two processes from trading one account.
 */
import type { Database } from '@slt/database';
import { AppError } from '@slt/domain';
import { LEDGER_KEPT_MS } from '../core/paper/paper-ledger';
import type { PaperSnapshot } from '../core/paper/paper-snapshot';
import type { PaperStore } from './paper-store';

const TABLES = `
  create schema if not exists trading;
  create table if not exists trading.paper_account (
    name text primary key,
    revision bigint not null,
    account jsonb not null
  );
  create table if not exists trading.paper_entry (
    name text not null,
    seq bigint not null,
    at bigint not null,
    entry jsonb not null,
    primary key (name, seq)
  );
`;

/** Bookings go in only if the account's row did. */
const SAVE = `
  with saved as (
    insert into trading.paper_account (name, revision, account) values ($1, $2 + 1, $3)
    on conflict (name) do update set revision = excluded.revision, account = excluded.account
      where trading.paper_account.revision = $2
    returning name
  ), booked as (
    insert into trading.paper_entry (name, seq, at, entry)
    select saved.name, (entry->>'seq')::bigint, (entry->>'at')::bigint, entry
    from saved, jsonb_array_elements($4::jsonb) as entry
  )
  select count(*)::int as count from saved
`;

interface StoredAccount {
  readonly revision: string;
  readonly account: unknown;
  readonly entries: unknown;
}

/** One statement: the account and its bookings are of the same moment. */
const LOAD = `
  select revision, account, (
    select coalesce(jsonb_agg(entry order by seq), '[]') from trading.paper_entry where name = $1
  ) as entries from trading.paper_account where name = $1
`;

/** As the exchange forgets: what is older than the newest booking by so much. */
const FORGET = `
  delete from trading.paper_entry where name = $1
    and at < (select max(at) from trading.paper_entry where name = $1) - $2
    and seq < (select min(seq) from trading.paper_entry where name = $1
      and at >= (select max(at) from trading.paper_entry where name = $1) - $2)
`;

export class PostgresPaperStore implements PaperStore {
  private revision = 0;

  /** @param name which account: as many as are wanted may share the tables */
  constructor(
    private readonly database: Pick<Database, 'query'>,
    private readonly name: string,
  ) {}

  async load(): Promise<unknown> {
    await this.createTables();
    await this.database.query(FORGET, [this.name, LEDGER_KEPT_MS]);
    const { rows } = await this.database.query<StoredAccount>(LOAD, [this.name]);
    this.revision = Number(rows[0]?.revision ?? 0);
    return snapshotOf(rows);
  }

  /** As `load`, for whoever only looks: changes nothing, and may be called while another process trades. */
  async peek(): Promise<unknown> {
    const { rows: tables } = await this.database.query<{ exists: boolean }>(
      `select to_regclass('trading.paper_entry') is not null as exists`,
    );
    if (tables[0]?.exists !== true) return undefined;
    return snapshotOf((await this.database.query<StoredAccount>(LOAD, [this.name])).rows);
  }

  async save({ account, entries }: PaperSnapshot): Promise<void> {
    const values = [this.name, this.revision, JSON.stringify(account), JSON.stringify(entries)];
    const { rows } = await this.database.query<{ count: number }>(SAVE, values);
    if (rows[0]?.count !== 1) {
      throw new AppError(
        'broken-invariant',
        'PAPER.FENCED',
        `another process trades the paper account "${this.name}": revision ${this.revision} is not the last`,
      );
    }
    this.revision++;
  }

  /** Two processes that create a table at once: one of them fails although "if not exists" is said. */
  private async createTables(): Promise<void> {
    try {
      await this.database.query(TABLES);
    } catch {
      await this.database.query(TABLES);
    }
  }
}

function snapshotOf([row]: readonly StoredAccount[]): unknown {
  return row === undefined ? undefined : { account: row.account, entries: row.entries };
}
