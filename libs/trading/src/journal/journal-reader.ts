/** What the journal shows over HTTP: pages, newest first, and the equity curve. */
import { Injectable } from '@nestjs/common';
import type { UtcMs } from '@slt/domain';
import { type RawBuilder, sql, type SqlBool } from 'kysely';
import type { BreakerTransition } from '../core/breaker';
import type { Order } from '../core/order';
import type { ExitReason, Trade } from '../core/position';
import type { Decision, Setup } from '../core/signal';
import { checkLimit, decodeCursor, type Page, pageOf } from './cursor';
import type { BalancePoint, Reconciliation } from './entries';
import { JournalDatabase } from './journal-database';
import { toOrder } from './order-rows';
import { type SignalRecord, toBreakerTransition, toSignalRecord, toTrade } from './rows';
import { selectOrders } from './write-orders';

export interface PageRequest {
  /** 1 to 1,000. */
  readonly limit: number;
  /** `next` of the page before. */
  readonly cursor?: string;
}

export interface SignalFilter {
  readonly symbol?: string;
  readonly setup?: Setup;
  readonly decision?: Decision['decision'];
}

export interface TradeFilter {
  readonly symbol?: string;
  readonly setup?: Trade['setup'];
  readonly exitReason?: ExitReason;
  /** By exit time, both inclusive. */
  readonly since?: UtcMs;
  readonly until?: UtcMs;
}

export interface EquityRequest {
  /** Both inclusive. */
  readonly since?: UtcMs;
  readonly until?: UtcMs;
  /** Of more points the last of each of so many spans of equal length is given. */
  readonly maxPoints?: number;
}

const EQUITY_POINTS = 1_000;
/** As tradeKey has it. */
const TRADE_KEY = "(position_id || '@' || entry_time)";
const LOOK = "(cause || ' ' || is_clean::text)";
const SEQ_DIGITS = 19;
const SEQ = `lpad(seq::text, ${SEQ_DIGITS}, '0') collate "C"`;

@Injectable()
export class JournalReader {
  constructor(private readonly database: JournalDatabase) {}

  signals(account: string, page: PageRequest, filter: SignalFilter = {}): Promise<Page<SignalRecord>> {
    const limit = checkLimit(page.limit);
    return this.database.read(async (db) => {
      let query = db.selectFrom('trading.signals').selectAll().where('account', '=', account);
      if (filter.symbol !== undefined) query = query.where('symbol', '=', filter.symbol);
      if (filter.setup !== undefined) query = query.where('setup', '=', filter.setup);
      if (filter.decision !== undefined) query = query.where('decision', '=', filter.decision);
      const rows = await query
        .where(beyond('at', 'id', page.cursor))
        .orderBy('at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute();
      return pageOf(rows, limit, toSignalRecord, ({ at, id }) => ({ at, id }));
    });
  }

  trades(account: string, page: PageRequest, filter: TradeFilter = {}): Promise<Page<Trade>> {
    const limit = checkLimit(page.limit);
    return this.database.read(async (db) => {
      let query = db.selectFrom('trading.trades').selectAll().where('account', '=', account);
      if (filter.symbol !== undefined) query = query.where('symbol', '=', filter.symbol);
      if (filter.setup !== undefined) query = query.where('setup', '=', filter.setup);
      if (filter.exitReason !== undefined) query = query.where('exit_reason', '=', filter.exitReason);
      if (filter.since !== undefined) query = query.where('exit_time', '>=', String(filter.since));
      if (filter.until !== undefined) query = query.where('exit_time', '<=', String(filter.until));
      const rows = await query
        .where(beyond('exit_time', TRADE_KEY, page.cursor))
        .orderBy('exit_time', 'desc')
        .orderBy(sql.raw(TRADE_KEY), 'desc')
        .limit(limit + 1)
        .execute();
      return pageOf(rows, limit, toTrade, (row) => ({
        at: row.exit_time,
        id: `${row.position_id}@${row.entry_time}`,
      }));
    });
  }

  /** By creation of their intents. */
  orders(
    account: string,
    page: PageRequest,
    filter: { readonly symbol?: string; readonly positionId?: string } = {},
  ): Promise<Page<Order>> {
    const limit = checkLimit(page.limit);
    return this.database.read(async (db) => {
      let query = selectOrders(db, account).selectAll(['i', 'o']);
      if (filter.symbol !== undefined) query = query.where('i.symbol', '=', filter.symbol);
      if (filter.positionId !== undefined) query = query.where('i.position_id', '=', filter.positionId);
      const rows = await query
        .where(beyond('i.created_at', 'i.id', page.cursor))
        .orderBy('i.created_at', 'desc')
        .orderBy('i.id', 'desc')
        .limit(limit + 1)
        .execute();
      return pageOf(rows, limit, toOrder, (row) => ({ at: row.created_at, id: row.id }));
    });
  }

  breakerChanges(account: string, page: PageRequest): Promise<Page<BreakerTransition>> {
    const limit = checkLimit(page.limit);
    return this.database.read(async (db) => {
      const rows = await db
        .selectFrom('trading.breaker_changes')
        .selectAll()
        .where('account', '=', account)
        .where(beyond('at', SEQ, page.cursor))
        .orderBy('at', 'desc')
        .orderBy(sql.raw(SEQ), 'desc')
        .limit(limit + 1)
        .execute();
      return pageOf(rows, limit, toBreakerTransition, ({ at, seq }) => ({
        at,
        id: seq.padStart(SEQ_DIGITS, '0'),
      }));
    });
  }

  reconciliations(account: string, page: PageRequest): Promise<Page<Reconciliation>> {
    const limit = checkLimit(page.limit);
    return this.database.read(async (db) => {
      const rows = await db
        .selectFrom('trading.reconciliations')
        .selectAll()
        .where('account', '=', account)
        .where(beyond('at', LOOK, page.cursor))
        .orderBy('at', 'desc')
        .orderBy(sql.raw(LOOK), 'desc')
        .limit(limit + 1)
        .execute();
      return pageOf(
        rows,
        limit,
        (row) => ({
          at: Number(row.at),
          cause: row.cause,
          isClean: row.is_clean,
          findings: row.findings,
        }),
        (row) => ({ at: row.at, id: `${row.cause} ${row.is_clean}` }),
      );
    });
  }

  /** Ascending by time; the last point of the range is always among them. */
  equity(account: string, request: EquityRequest = {}): Promise<readonly BalancePoint[]> {
    const since = request.since ?? 0;
    const until = request.until ?? Number.MAX_SAFE_INTEGER;
    const maxPoints = checkLimit(request.maxPoints ?? EQUITY_POINTS);
    return this.database.read(async (db) => {
      const { rows } = await sql<{ at: string; wallet_balance: string; equity: string }>`
        with points as (
          select at, wallet_balance, equity from trading.balances
          where account = ${account} and at between ${since}::bigint and ${until}::bigint),
        span as (
          select max(at) as last,
            case when count(*) <= ${maxPoints}::bigint then 1
              else (max(at) - min(at)) / ${maxPoints}::bigint + 1 end as width
          from points)
        select distinct on ((span.last - at) / span.width) at, wallet_balance, equity
        from points cross join span
        order by (span.last - at) / span.width desc, at desc`.execute(db);
      return rows.map((row) => ({
        at: Number(row.at),
        walletBalance: row.wallet_balance,
        equity: row.equity,
      }));
    });
  }
}

/** What comes after the page before; everything where this is the first. */
function beyond(at: string, id: string, cursor: string | undefined): RawBuilder<SqlBool> {
  if (cursor === undefined) return sql<SqlBool>`true`;
  const last = decodeCursor(cursor);
  return sql<SqlBool>`(${sql.raw(at)}, ${sql.raw(id)}) < (${last.at}::bigint, ${last.id}::text)`;
}
