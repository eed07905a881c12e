/** Plans of positions, their end, and the trades they became. */
import { sql } from 'kysely';
import type { PositionPlan } from '../core/position';
import type { EntryOf } from './entries';
import type { JournalTransaction } from './journal-database';
import { toPositionRow, toTradeRow } from './rows';

/** Kinds that make and undo one another. */
export type LifeEntry = EntryOf<'position' | 'position-dropped' | 'trade' | 'trade-retracted'>;

/**
 * In the order given: what a late fill undoes may be done again within one batch, and what is over may begin anew.
 */
export async function writeLives(
  trx: JournalTransaction,
  account: string,
  entries: readonly LifeEntry[],
): Promise<void> {
  for (const entry of entries) {
    switch (entry.kind) {
      case 'position':
        await writePlan(trx, account, entry.plan);
        break;
      case 'position-dropped':
        await dropPosition(trx, account, entry);
        break;
      case 'trade':
        await writeTrade(trx, account, entry);
        break;
      case 'trade-retracted':
        await retractTrade(trx, account, entry);
        break;
    }
  }
}

async function writePlan(trx: JournalTransaction, account: string, plan: PositionPlan): Promise<void> {
  await trx
    .insertInto('trading.positions')
    .values(toPositionRow(account, plan))
    .onConflict((conflict) =>
      conflict
        .columns(['account', 'id'])
        .doUpdateSet((set) => ({
          direction: set.ref('excluded.direction'),
          setup: set.ref('excluded.setup'),
          stop: set.ref('excluded.stop'),
          target: set.ref('excluded.target'),
          entry: set.ref('excluded.entry'),
          confidence: set.ref('excluded.confidence'),
          opened_at: set.ref('excluded.opened_at'),
          state: 'open',
          closed_at: null,
        }))
        .where((where) =>
          where.or([
            where('trading.positions.state', '=', 'open'),
            where('trading.positions.opened_at', '<', where.ref('excluded.opened_at')),
          ]),
        ),
    )
    .execute();
}

async function dropPosition(
  trx: JournalTransaction,
  account: string,
  { positionId, at }: EntryOf<'position-dropped'>,
): Promise<void> {
  await trx
    .updateTable('trading.positions')
    .set({ state: 'dropped', closed_at: at })
    .where('account', '=', account)
    .where('id', '=', positionId)
    .where('state', '=', 'open')
    .where('opened_at', '<=', String(at))
    .execute();
}

/** A trade that is there is replaced: fees and funding may come after the last fill. */
async function writeTrade(
  trx: JournalTransaction,
  account: string,
  { trade, closes }: EntryOf<'trade'>,
): Promise<void> {
  const row = toTradeRow(account, trade);
  const { is_new: isNew } = await trx
    .insertInto('trading.trades')
    .values(row)
    .onConflict((conflict) => conflict.columns(['account', 'position_id', 'entry_time']).doUpdateSet(row))
    .returning(sql<boolean>`(xmax = 0)`.as('is_new'))
    .executeTakeFirstOrThrow();
  if (closes === false) return;
  await trx
    .updateTable('trading.positions')
    .set({ state: 'closed', closed_at: trade.exitTime })
    .where('account', '=', account)
    .where('id', '=', trade.positionId)
    // Told again, it leaves a position alone that a late fill has opened since.
    .$if(!isNew && closes !== true, (update) => update.where('opened_at', '<=', String(trade.exitTime)))
    .execute();
}

async function retractTrade(
  trx: JournalTransaction,
  account: string,
  { positionId, entryTime }: EntryOf<'trade-retracted'>,
): Promise<void> {
  await trx
    .deleteFrom('trading.trades')
    .where('account', '=', account)
    .where('position_id', '=', positionId)
    .where('entry_time', '=', String(entryTime))
    .execute();
}
