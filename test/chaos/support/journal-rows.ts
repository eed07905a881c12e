/** The journal as it lies in the tables, read by statements of its own: nothing of the trader's helps to judge it. */
import { Pool } from 'pg';

export interface OrderRow {
  readonly intentId: string;
  readonly positionId: string;
  readonly role: string;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: string;
  readonly kind: string;
  readonly quantity: string;
  readonly status: string;
  readonly filledQuantity: string;
  readonly reason: string | null;
}

export interface FillRow {
  readonly symbol: string;
  readonly tradeId: string;
  readonly positionId: string | null;
  readonly clientOrderId: string;
  readonly orderId: string;
  readonly side: string;
  readonly quantity: string;
  readonly price: string;
  readonly fee: string;
  readonly realizedPnl: string;
}

export interface FundingRow {
  readonly symbol: string;
  readonly id: string;
  readonly amount: string;
}

export interface PlanRow {
  readonly id: string;
  readonly symbol: string;
  readonly direction: string;
  readonly setup: string;
  readonly state: string;
}

export interface TradeRow {
  readonly positionId: string;
  readonly symbol: string;
  readonly quantity: string;
  readonly realizedPnl: string;
  readonly fees: string;
  readonly funding: string;
  readonly netPnl: string;
}

export interface JournalRows {
  readonly initialBalance: string | null;
  readonly orders: readonly OrderRow[];
  readonly fills: readonly FillRow[];
  readonly fundings: readonly FundingRow[];
  readonly plans: readonly PlanRow[];
  readonly trades: readonly TradeRow[];
}

const QUERIES = {
  orders: `select i.id "intentId", position_id "positionId", role, client_order_id "clientOrderId", symbol, side, kind,
    quantity::text, status, filled_quantity::text "filledQuantity", reason
    from trading.intents i join trading.orders o on o.account = i.account and o.intent_id = i.id`,
  fills: `select symbol, trade_id "tradeId", position_id "positionId", client_order_id "clientOrderId",
    order_id "orderId", side, quantity::text, price::text, fee::text, realized_pnl::text "realizedPnl"
    from trading.fills`,
  fundings: 'select symbol, id, amount::text from trading.fundings',
  plans: 'select id, symbol, direction, setup, state from trading.positions',
  trades: `select position_id "positionId", symbol, quantity::text, realized_pnl::text "realizedPnl", fees::text,
    funding::text, net_pnl::text "netPnl" from trading.trades`,
} as const;

export class JournalTables {
  private readonly pool: Pool;

  constructor(url: string) {
    this.pool = new Pool({ connectionString: url, max: 1, allowExitOnIdle: true });
    this.pool.on('error', () => undefined);
  }

  /** All as of one moment. */
  async read(): Promise<JournalRows> {
    const client = await this.pool.connect();
    try {
      await client.query('begin isolation level repeatable read read only');
      const all = async <T>(text: string): Promise<T[]> => (await client.query(text)).rows as T[];
      const [account] = await all<{ balance: string | null }>(
        'select initial_balance::text balance from trading.accounts',
      );
      const rows: JournalRows = {
        initialBalance: account?.balance ?? null,
        orders: await all(QUERIES.orders),
        fills: await all(QUERIES.fills),
        fundings: await all(QUERIES.fundings),
        plans: await all(QUERIES.plans),
        trades: await all(QUERIES.trades),
      };
      await client.query('commit');
      return rows;
    } finally {
      client.release();
    }
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}
