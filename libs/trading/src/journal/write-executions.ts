/**
 * Fills and funding payments. The first write stays, but what has no position yet is given one by a later write that
 * knows it. A chunk goes as one JSON text: the position of each is looked up by a plan made once, not once a row.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Fill, FundingPayment } from '../core/broker';
import { chunksOf, roundsOf, sorted } from './batching';
import type { EntryOf } from './entries';
import type { JournalTransaction } from './journal-database';
import { toFillRow } from './rows';

interface Written {
  readonly symbol: string;
  readonly id: string;
  /** False: it was there, and was only given its position. */
  readonly is_new: boolean;
}

/** A row that was there before has a transaction in its xmax. */
const inserted = (): RawBuilder<unknown> => sql`(xmax = 0) as is_new`;

/** What the journal was told, else by our own order, else the position of the symbol that was open then. */
const byTime = (): RawBuilder<unknown> => sql`(
  select p.id from trading.positions p
  where p.account = v.account and p.symbol = v.symbol and p.state <> 'dropped'
    and p.opened_at <= v.at and (p.closed_at is null or p.closed_at >= v.at)
  order by p.opened_at desc, p.id desc limit 1)`;
const byOrder = (): RawBuilder<unknown> => sql`(
  select i.position_id from trading.intents i
  where i.account = v.account and i.client_order_id = v.client_order_id)`;

/** @returns those that were not there before */
export async function writeFills(
  trx: JournalTransaction,
  account: string,
  entries: readonly EntryOf<'fill'>[],
): Promise<readonly Fill[]> {
  const fresh = await writeOnce(entries, fillKey, (chunk) => {
    const rows = chunk.map(({ fill, positionId }) => ({
      ...toFillRow(account, fill),
      position_id: positionId ?? null,
    }));
    return written(
      trx,
      sql<Written>`
      insert into trading.fills as f (account, symbol, trade_id, position_id, order_id, client_order_id, side,
        quantity, price, fee, fee_asset, realized_pnl, is_maker, at)
      select account, symbol, trade_id, coalesce(position_id, ${byOrder()}, ${byTime()}), order_id, client_order_id,
        side, quantity, price, fee, fee_asset, realized_pnl, is_maker, at
      from json_populate_recordset(null::trading.fills, ${JSON.stringify(rows)}::json) v
      on conflict (account, symbol, trade_id) do update set position_id = excluded.position_id
        where f.position_id is null and excluded.position_id is not null
      returning symbol, trade_id as id, ${inserted()}`,
    );
  });
  return fresh.map(({ fill }) => fill);
}

/** @returns those that were not there before */
export async function writeFundings(
  trx: JournalTransaction,
  account: string,
  entries: readonly EntryOf<'funding'>[],
): Promise<readonly FundingPayment[]> {
  const fresh = await writeOnce(entries, fundingKey, (chunk) => {
    const rows = chunk.map(({ payment: { symbol, id, amount, at }, positionId }) => {
      return { account, symbol, id, amount, at, position_id: positionId ?? null };
    });
    return written(
      trx,
      sql<Written>`
      insert into trading.fundings as f (account, symbol, id, position_id, amount, at)
      select account, symbol, id, coalesce(position_id, ${byTime()}), amount, at
      from json_populate_recordset(null::trading.fundings, ${JSON.stringify(rows)}::json) v
      on conflict (account, symbol, id) do update set position_id = excluded.position_id
        where f.position_id is null and excluded.position_id is not null
      returning symbol, id, ${inserted()}`,
    );
  });
  return fresh.map(({ payment }) => payment);
}

async function written(trx: JournalTransaction, insert: RawBuilder<Written>): Promise<readonly string[]> {
  const { rows } = await insert.execute(trx);
  return rows.filter((row) => row.is_new).map((row) => keyOf(row.symbol, row.id));
}

/** @param insert returns the keys of those that were not there before @returns those, each once, in the order given */
async function writeOnce<E>(
  entries: readonly E[],
  key: (entry: E) => string,
  insert: (chunk: readonly E[]) => Promise<readonly string[]>,
): Promise<readonly E[]> {
  const fresh = new Set<string>();
  const rounds = roundsOf(entries, key);
  for (const round of rounds) {
    for (const chunk of chunksOf(sorted(round, key))) {
      for (const id of await insert(chunk)) fresh.add(id);
    }
  }
  return (rounds[0] ?? []).filter((entry) => fresh.has(key(entry)));
}

/** No symbol has a line feed. */
const keyOf = (symbol: string, id: string): string => `${symbol}\n${id}`;
const fillKey = ({ fill }: EntryOf<'fill'>): string => keyOf(fill.symbol, fill.tradeId);
const fundingKey = ({ payment }: EntryOf<'funding'>): string => keyOf(payment.symbol, payment.id);
