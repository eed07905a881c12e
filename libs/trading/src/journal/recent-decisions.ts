/**
 * What was decided lately, and what came of it: whoever learns saves now and then, and after a crash knows less than the
 * journal. By plain SQL: a start waits for it, and a database without tables is one without decisions.
 */
import { Inject, Injectable } from '@nestjs/common';
import { Database, isWithoutTables } from '@slt/database';
import type { UtcMs } from '@slt/domain';
import type { Selectable } from 'kysely';
import type { Trade } from '../core/position';
import { type SignalRecord, toSignalRecord, toTrade } from './rows';
import type { SignalTable, TradeTable } from './tables';

export interface Decided {
  /** Ascending by time and id, each with the decision that counts by now. */
  readonly signals: readonly SignalRecord[];
  /** Ascending by exit. */
  readonly trades: readonly Trade[];
}

/** The newest of each kind. */
const MOST = 10_000;
const NOTHING: Decided = { signals: [], trades: [] };

const SIGNALS = `
  select * from trading.signals where account = $1 and at >= $2 and at <= $3 and assessment is not null
  order by at desc, id desc limit ${MOST}
`;
const TRADES = `
  select * from trading.trades where account = $1 and exit_time >= $2 and exit_time <= $3
  order by exit_time desc, position_id desc limit ${MOST}
`;

@Injectable()
export class RecentDecisions {
  constructor(@Inject(Database) private readonly database: Pick<Database, 'query'>) {}

  /**
   * Signals that a learner assessed, and closed positions.
   * @param from inclusive, as `until`
   * @throws AppError transient `DATABASE.UNREACHABLE`
   */
  async between(account: string, from: UtcMs, until: UtcMs): Promise<Decided> {
    const span = [account, Math.floor(from), Math.ceil(until)];
    try {
      const [signals, trades] = await Promise.all([
        this.database.query<Selectable<SignalTable>>(SIGNALS, span),
        this.database.query<Selectable<TradeTable>>(TRADES, span),
      ]);
      return {
        signals: signals.rows.reverse().map(toSignalRecord),
        trades: trades.rows.reverse().map(toTrade),
      };
    } catch (error) {
      if (isWithoutTables(error)) return NOTHING;
      throw error;
    }
  }
}
