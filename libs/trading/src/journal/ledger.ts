/** Sums over the whole journal of an account, and its executions in order: what an audit holds against the exchange. */
import { Injectable } from '@nestjs/common';
import type { UtcMs } from '@slt/domain';
import { type RawBuilder, sql } from 'kysely';
import type { Decimal, Fill, FundingPayment } from '../core/broker';
import type { Trade } from '../core/position';
import type { Transfer } from './entries';
import { JournalDatabase } from './journal-database';
import { toFill, toFunding, toTrade } from './rows';
import { readWholeJournal, type WholeJournal } from './whole-journal';

export interface LedgerTotals {
  readonly initialBalance: Decimal | null;
  /** Of fills, before fees. */
  readonly realizedPnl: Decimal;
  /** By asset; positive: paid. */
  readonly fees: Readonly<Record<string, Decimal>>;
  /** Positive: received. */
  readonly funding: Decimal;
  readonly transfers: Decimal;
  readonly fills: number;
}

const ROWS_AT_ONCE = 1_000;

@Injectable()
export class JournalLedger {
  constructor(private readonly database: JournalDatabase) {}

  /** Exact sums, as of one moment. */
  totals(account: string): Promise<LedgerTotals> {
    return this.database.readConsistently(async (trx) => {
      const sums = await sql<{
        initial: Decimal | null;
        realized: Decimal;
        fills: string;
        funding: Decimal;
        transfers: Decimal;
      }>`select
        (select initial_balance from trading.accounts where id = ${account}) as initial,
        (select coalesce(sum(realized_pnl), 0) from trading.fills where account = ${account}) as realized,
        (select count(*) from trading.fills where account = ${account}) as fills,
        (select coalesce(sum(amount), 0) from trading.fundings where account = ${account}) as funding,
        (select coalesce(sum(amount), 0) from trading.transfers where account = ${account}) as transfers`.execute(
        trx,
      );
      const fees = await sql<{ asset: string; paid: Decimal }>`
        select fee_asset as asset, sum(fee) as paid from trading.fills
        where account = ${account} group by fee_asset order by fee_asset`.execute(trx);
      const row = sums.rows[0]!;
      return {
        initialBalance: row.initial,
        realizedPnl: row.realized,
        fees: Object.fromEntries(fees.rows.map(({ asset, paid }) => [asset, paid])),
        funding: row.funding,
        transfers: row.transfers,
        fills: Number(row.fills),
      };
    });
  }

  /** Everything, as of one moment. */
  whole(account: string): Promise<WholeJournal> {
    return this.database.readConsistently((trx) => readWholeJournal(trx, account));
  }

  /** Ascending by time, from `since` on, inclusive. */
  async *fills(account: string, since: UtcMs = 0): AsyncGenerator<Fill> {
    yield* pages(since, async (after) => {
      const rows = await this.database.read((db) =>
        db
          .selectFrom('trading.fills')
          .selectAll()
          .where('account', '=', account)
          .where(after('trade_id'))
          .orderBy('at')
          .orderBy('symbol')
          .orderBy('trade_id')
          .limit(ROWS_AT_ONCE)
          .execute(),
      );
      return rows.map((row) => ({ item: toFill(row), id: row.trade_id }));
    });
  }

  /** Ascending by time, from `since` on, inclusive. */
  async *fundings(account: string, since: UtcMs = 0): AsyncGenerator<FundingPayment> {
    yield* pages(since, async (after) => {
      const rows = await this.database.read((db) =>
        db
          .selectFrom('trading.fundings')
          .selectAll()
          .where('account', '=', account)
          .where(after('id'))
          .orderBy('at')
          .orderBy('symbol')
          .orderBy('id')
          .limit(ROWS_AT_ONCE)
          .execute(),
      );
      return rows.map((row) => ({ item: toFunding(row), id: row.id }));
    });
  }

  /** Ascending by exit; page by page, so that few are in memory. @param until exits up to it, inclusive */
  async *trades(account: string, until: UtcMs = Number.MAX_SAFE_INTEGER): AsyncGenerator<readonly Trade[]> {
    let last: Trade | undefined;
    do {
      const from = last;
      const rows = await this.database.read((db) => {
        const query = db
          .selectFrom('trading.trades')
          .selectAll()
          .where('account', '=', account)
          .where('exit_time', '<=', String(until));
        const rest =
          from === undefined
            ? query
            : query.where(
                sql<boolean>`(exit_time, position_id, entry_time) >
                  (${from.exitTime}::bigint, ${from.positionId}::text, ${from.entryTime}::bigint)`,
              );
        return rest
          .orderBy('exit_time')
          .orderBy('position_id')
          .orderBy('entry_time')
          .limit(ROWS_AT_ONCE)
          .execute();
      });
      const trades = rows.map(toTrade);
      if (trades.length > 0) yield trades;
      last = trades.length === ROWS_AT_ONCE ? trades.at(-1) : undefined;
    } while (last !== undefined);
  }

  /** Ascending by time. */
  transfers(account: string): Promise<readonly Transfer[]> {
    return this.database.read(async (db) => {
      const rows = await db
        .selectFrom('trading.transfers')
        .select(['id', 'amount', 'reason', 'at'])
        .where('account', '=', account)
        .orderBy('at')
        .orderBy('id')
        .execute();
      return rows.map((row) => ({ ...row, at: Number(row.at) }));
    });
  }
}

interface Keyed<Item> {
  readonly item: Item;
  readonly id: string;
}

async function* pages<Item extends { readonly at: UtcMs; readonly symbol: string }>(
  since: UtcMs,
  fetch: (after: (idColumn: 'id' | 'trade_id') => RawBuilder<boolean>) => Promise<readonly Keyed<Item>[]>,
): AsyncGenerator<Item> {
  let last: Keyed<Item> | undefined;
  do {
    const from = last;
    const rows = await fetch((idColumn) =>
      from === undefined
        ? sql<boolean>`at >= ${since}::bigint`
        : sql<boolean>`(at, symbol, ${sql.ref(idColumn)}) >
            (${from.item.at}::bigint, ${from.item.symbol}::text, ${from.id}::text)`,
    );
    yield* rows.map(({ item }) => item);
    last = rows.length === ROWS_AT_ONCE ? rows.at(-1) : undefined;
  } while (last !== undefined);
}
