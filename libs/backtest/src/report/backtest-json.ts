/** The result as JSON, in numbers; what cannot be told is null. */
import type { Trade } from '@slt/trading';
import type { BacktestResult } from '../backtest';
import type { LearningFigures } from '../learning/learning-record';

export interface BacktestJson {
  readonly candles: number;
  readonly seconds: number;
  readonly candlesPerSecond: number;
  readonly signals: number;
  readonly trades: readonly TradeJson[];
  readonly metrics: Readonly<Record<MetricName, number | null>>;
  readonly decisionsHash: string;
  /** Only of a backtest that learns. */
  readonly learning?: LearningFigures;
}

export type MetricName =
  | 'netPnl'
  | 'expectancyR'
  | 'winRate'
  | 'profitFactor'
  | 'maxDrawdown'
  | 'sharpe'
  | 'brier'
  | 'ece'
  | 'logLoss';

export type TradeJson = ReturnType<typeof tradeJson>;

export function backtestJson({ candles, seconds, signals, trades, ...result }: BacktestResult): BacktestJson {
  const { netPnl, expectancyR, winRate, profitFactor, maxDrawdown, sharpe } = result.performance;
  // What was learned said probabilities of all signals; the heuristic's confidence is held against its trades.
  const { brier, ece, logLoss } = result.learning?.calibration ?? result.calibration;
  return {
    candles,
    seconds,
    candlesPerSecond: seconds > 0 ? Math.round(candles / seconds) : 0,
    signals,
    trades: trades.map(tradeJson),
    metrics: { netPnl, expectancyR, winRate, profitFactor, maxDrawdown, sharpe, brier, ece, logLoss },
    decisionsHash: result.decisionsHash,
    ...(result.learning === undefined ? {} : { learning: result.learning }),
  };
}

function tradeJson(trade: Trade) {
  const { symbol, setup, direction, entryTime, exitTime, exitReason, r } = trade;
  return {
    symbol,
    setup,
    direction,
    entryTime,
    entryPrice: Number(trade.entryPrice),
    exitTime,
    exitPrice: Number(trade.exitPrice),
    exitReason,
    r,
    fees: Number(trade.fees),
    funding: Number(trade.funding),
    pnl: Number(trade.netPnl),
  };
}
