/** Plans of positions, their end, and the trades they became. */
import { sql } from 'kysely';
import type { PositionPlan, Trade } from '../core/position';
import type { EntryOf } from './entries';
import type { JournalTransaction } from './journal-database';
import { toPositionRow, toTradeRow } from './rows';

/** In the order given: a batch may hold two plans of one position. Usually it is one. */
export async function writePlans(
  trx: JournalTransaction,
  account: string,
  plans: readonly PositionPlan[],
): Promise<void> {
  for (const plan of plans) {
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
}

export async function dropPositions(
  trx: JournalTransaction,
  account: string,
  entries: readonly EntryOf<'position-dropped'>[],
): Promise<void> {
  for (const { positionId, at } of entries) {
    await trx
      .updateTable('trading.positions')
      .set({ state: 'dropped', closed_at: at })
      .where('account', '=', account)
      .where('id', '=', positionId)
      .where('state', '=', 'open')
      .where('opened_at', '<=', String(at))
      .execute();
  }
}

/**
 * A trade that is there is replaced: fees and funding may come after the last fill. A new one closes its position; an
 * older one, told again, leaves a position alone that a late fill has opened since.
 */
export async function writeTrades(
  trx: JournalTransaction,
  account: string,
  trades: readonly Trade[],
): Promise<void> {
  for (const trade of trades) {
    const row = toTradeRow(account, trade);
    const { is_new: isNew } = await trx
      .insertInto('trading.trades')
      .values(row)
      .onConflict((conflict) => conflict.columns(['account', 'position_id', 'entry_time']).doUpdateSet(row))
      .returning(sql<boolean>`(xmax = 0)`.as('is_new'))
      .executeTakeFirstOrThrow();
    await trx
      .updateTable('trading.positions')
      .set({ state: 'closed', closed_at: trade.exitTime })
      .where('account', '=', account)
      .where('id', '=', trade.positionId)
      .$if(!isNew, (update) => update.where('opened_at', '<=', String(trade.exitTime)))
      .execute();
  }
}

export async function retractTrades(
  trx: JournalTransaction,
  account: string,
  entries: readonly EntryOf<'trade-retracted'>[],
): Promise<void> {
  for (const { positionId, entryTime } of entries) {
    await trx
      .deleteFrom('trading.trades')
      .where('account', '=', account)
      .where('position_id', '=', positionId)
      .where('entry_time', '=', String(entryTime))
      .execute();
  }
}
