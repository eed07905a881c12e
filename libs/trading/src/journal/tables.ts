/**
 * The journal's tables as PostgreSQL returns them: `numeric` as exact text, `bigint` as text (times; the row functions
 * make numbers of them), `double precision` as numbers. The first column of every key is the account.
 */
import type { ColumnType, Generated } from 'kysely';
import type { BreakerTransition } from '../core/breaker';
import type { OrderKind, OrderSide } from '../core/broker';
import type { OrderRole, OrderStatus } from '../core/order';
import type { ExitReason, PositionPlan } from '../core/position';
import type { Decision, Direction, Refusal, Setup } from '../core/signal';
import type { WrittenAssessment } from './assessment-json';

/** UTC milliseconds; a token. Below 2^53. */
type Whole = ColumnType<string, number, number>;
/** Written as JSON text, read parsed. */
type Json<T> = ColumnType<T, string, string>;
type Exact = string;
type Id = string;

export interface AccountTable {
  id: Id;
  mode: 'paper' | 'live';
  initial_balance: Exact | null;
}

export interface LeaseTable {
  account: Id;
  token: Whole;
  holder: string;
  place: string;
  pid: number;
  started_at: string;
  expires_at: ColumnType<Date, string, string>;
}

export interface SignalTable {
  account: Id;
  id: Id;
  symbol: string;
  interval: string;
  setup: Setup;
  direction: Direction;
  at: Whole;
  entry: number;
  stop: number;
  target: number;
  confidence: number;
  parts: Json<Record<string, number>>;
  /** Null where nobody learned. */
  assessment: ColumnType<WrittenAssessment | null, string | null, string | null>;
  decision: Decision['decision'];
  reasons: Refusal[];
}

export interface IntentTable {
  account: Id;
  id: Id;
  position_id: Id;
  role: OrderRole;
  exit_reason: ExitReason | null;
  generation: number;
  fencing_token: Whole;
  client_order_id: Id;
  symbol: string;
  side: OrderSide;
  kind: OrderKind;
  quantity: Exact;
  reduce_only: boolean;
  price: Exact | null;
  time_in_force: 'GTC' | 'IOC' | 'FOK' | 'GTX' | null;
  trigger_price: Exact | null;
  working_type: 'contract' | 'mark' | null;
  created_at: Whole;
}

export interface OrderTable {
  account: Id;
  intent_id: Id;
  status: OrderStatus;
  filled_quantity: Exact;
  average_price: Exact;
  order_id: string | null;
  algo_id: string | null;
  reason: string | null;
  updated_at: Whole;
}

export interface FillTable {
  account: Id;
  symbol: string;
  trade_id: Id;
  position_id: Id | null;
  order_id: string;
  client_order_id: string;
  side: OrderSide;
  quantity: Exact;
  price: Exact;
  fee: Exact;
  fee_asset: string;
  realized_pnl: Exact;
  is_maker: boolean;
  at: Whole;
}

export interface FundingTable {
  account: Id;
  symbol: string;
  id: Id;
  position_id: Id | null;
  amount: Exact;
  at: Whole;
}

export interface PositionTable {
  account: Id;
  id: Id;
  symbol: string;
  direction: Direction;
  setup: PositionPlan['setup'];
  stop: Exact;
  target: Exact | null;
  entry: Exact;
  confidence: number;
  opened_at: Whole;
  state: 'open' | 'closed' | 'dropped';
  /** Of the last execution; null while open. */
  closed_at: ColumnType<string | null, number | null, number | null>;
}

export interface TradeTable {
  account: Id;
  position_id: Id;
  symbol: string;
  setup: PositionPlan['setup'];
  direction: Direction;
  quantity: Exact;
  entry_time: Whole;
  entry_price: Exact;
  exit_time: Whole;
  exit_price: Exact;
  exit_reason: ExitReason;
  realized_pnl: Exact;
  fees: Exact;
  funding: Exact;
  net_pnl: Exact;
  r: number;
  confidence: number;
}

export interface BreakerChangeTable {
  account: Id;
  at: Whole;
  from_phase: BreakerTransition['from'];
  to_phase: BreakerTransition['to'];
  move: BreakerTransition['move'];
  reasons: Json<BreakerTransition['reasons']>;
  /** Two changes of the same millisecond follow each other by it. */
  seq: Generated<string>;
}

export interface ReconciliationTable {
  account: Id;
  at: Whole;
  cause: string;
  is_clean: boolean;
  findings: Json<unknown[]>;
}

export interface TransferTable {
  account: Id;
  id: Id;
  amount: Exact;
  reason: string;
  at: Whole;
}

export interface BalanceTable {
  account: Id;
  at: Whole;
  wallet_balance: Exact;
  equity: Exact;
}

export interface SnapshotTable {
  account: Id;
  name: string;
  at: Whole;
  body: Json<unknown>;
}

export interface JournalTables {
  'trading.accounts': AccountTable;
  'trading.lease': LeaseTable;
  'trading.signals': SignalTable;
  'trading.intents': IntentTable;
  'trading.orders': OrderTable;
  'trading.fills': FillTable;
  'trading.fundings': FundingTable;
  'trading.positions': PositionTable;
  'trading.trades': TradeTable;
  'trading.breaker_changes': BreakerChangeTable;
  'trading.reconciliations': ReconciliationTable;
  'trading.transfers': TransferTable;
  'trading.balances': BalanceTable;
  'trading.snapshots': SnapshotTable;
}
