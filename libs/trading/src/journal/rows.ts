/** Signals, executions, positions and trades as rows, and back; orders are in order-rows.ts. */
import type { Interval } from '@slt/domain';
import type { Insertable, Selectable } from 'kysely';
import type { BreakerTransition } from '../core/breaker';
import type { Fill, FundingPayment } from '../core/broker';
import type { PositionPlan, Trade } from '../core/position';
import type { Decision, Signal } from '../core/signal';
import { readAssessment, writtenAssessment } from './assessment-json';
import type {
  BreakerChangeTable,
  FillTable,
  FundingTable,
  PositionTable,
  SignalTable,
  TradeTable,
} from './tables';

/** As `GET /signals` shows it. */
export type SignalRecord = Signal & Decision;

export function toSignalRow(account: string, signal: Signal, decision: Decision): Insertable<SignalTable> {
  return {
    account,
    id: signal.id,
    symbol: signal.symbol,
    interval: signal.interval,
    setup: signal.setup,
    direction: signal.direction,
    at: signal.at,
    entry: signal.entry,
    stop: signal.stop,
    target: signal.target,
    confidence: signal.confidence,
    parts: JSON.stringify(signal.parts),
    assessment: signal.assessment === undefined ? null : JSON.stringify(writtenAssessment(signal.assessment)),
    decision: decision.decision,
    reasons: [...decision.reasons],
  };
}

export function toSignalRecord(row: Selectable<SignalTable>): SignalRecord {
  return {
    id: row.id,
    symbol: row.symbol,
    interval: row.interval as Interval,
    setup: row.setup,
    direction: row.direction,
    at: Number(row.at),
    entry: row.entry,
    stop: row.stop,
    target: row.target,
    confidence: row.confidence,
    parts: row.parts,
    ...(row.assessment === null ? {} : { assessment: readAssessment(row.assessment) }),
    decision: row.decision,
    reasons: row.reasons,
  };
}

/** Without the position, which the statement finds. */
export function toFillRow(account: string, fill: Fill): Omit<Insertable<FillTable>, 'position_id'> {
  return {
    account,
    symbol: fill.symbol,
    trade_id: fill.tradeId,
    order_id: fill.orderId,
    client_order_id: fill.clientOrderId,
    side: fill.side,
    quantity: fill.quantity,
    price: fill.price,
    fee: fill.fee,
    fee_asset: fill.feeAsset,
    realized_pnl: fill.realizedPnl,
    is_maker: fill.isMaker,
    at: fill.at,
  };
}

export function toFill(row: Selectable<FillTable>): Fill {
  return {
    symbol: row.symbol,
    tradeId: row.trade_id,
    orderId: row.order_id,
    clientOrderId: row.client_order_id,
    side: row.side,
    quantity: row.quantity,
    price: row.price,
    fee: row.fee,
    feeAsset: row.fee_asset,
    realizedPnl: row.realized_pnl,
    isMaker: row.is_maker,
    at: Number(row.at),
  };
}

export function toFunding(row: Selectable<FundingTable>): FundingPayment {
  return { symbol: row.symbol, id: row.id, amount: row.amount, at: Number(row.at) };
}

export function toBreakerTransition(row: Selectable<BreakerChangeTable>): BreakerTransition {
  return {
    from: row.from_phase,
    to: row.to_phase,
    move: row.move,
    at: Number(row.at),
    reasons: row.reasons,
  };
}

export function toPositionRow(account: string, plan: PositionPlan): Insertable<PositionTable> {
  return {
    account,
    id: plan.id,
    symbol: plan.symbol,
    direction: plan.direction,
    setup: plan.setup,
    stop: plan.stop,
    target: plan.target,
    entry: plan.entry,
    confidence: plan.confidence,
    opened_at: plan.openedAt,
    state: 'open',
    closed_at: null,
  };
}

export function toPlan(row: Selectable<PositionTable>): PositionPlan {
  return {
    id: row.id,
    symbol: row.symbol,
    direction: row.direction,
    setup: row.setup,
    stop: row.stop,
    target: row.target,
    entry: row.entry,
    confidence: row.confidence,
    openedAt: Number(row.opened_at),
  };
}

export function toTradeRow(account: string, trade: Trade): Insertable<TradeTable> {
  return {
    account,
    position_id: trade.positionId,
    symbol: trade.symbol,
    setup: trade.setup,
    direction: trade.direction,
    quantity: trade.quantity,
    entry_time: trade.entryTime,
    entry_price: trade.entryPrice,
    exit_time: trade.exitTime,
    exit_price: trade.exitPrice,
    exit_reason: trade.exitReason,
    realized_pnl: trade.realizedPnl,
    fees: trade.fees,
    funding: trade.funding,
    net_pnl: trade.netPnl,
    r: trade.r,
    confidence: trade.confidence,
  };
}

export function toTrade(row: Selectable<TradeTable>): Trade {
  return {
    positionId: row.position_id,
    symbol: row.symbol,
    setup: row.setup,
    direction: row.direction,
    quantity: row.quantity,
    entryTime: Number(row.entry_time),
    entryPrice: row.entry_price,
    exitTime: Number(row.exit_time),
    exitPrice: row.exit_price,
    exitReason: row.exit_reason,
    realizedPnl: row.realized_pnl,
    fees: row.fees,
    funding: row.funding,
    netPnl: row.net_pnl,
    r: row.r,
    confidence: row.confidence,
  };
}
