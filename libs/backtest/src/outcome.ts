/** Collects what a backtest decided and what came of it; small, however long the backtest. */
import { type CandleColumns, copyColumns, type UtcMs } from '@slt/domain';
import { Calibration, type CalibrationFigures } from '@slt/intelligence';
import {
  type Decision,
  type Performance,
  performanceOf,
  type Refusal,
  type Signal,
  type Trade,
} from '@slt/trading';
import { DecisionDigest } from './decision-digest';
import type { SymbolTrack } from './market/symbol-track';

/** A closed trade with the levels it was planned by. */
export interface TestedTrade extends Trade {
  readonly stop: number;
  readonly target: number;
  /** Candles around it up to its end; only of the first trades, as many as were asked for. */
  readonly candles?: CandleColumns;
}

export interface OutcomeFigures {
  readonly signals: number;
  readonly traded: number;
  /** How often each reason was given; a signal may have several. */
  readonly refusals: Readonly<Partial<Record<Refusal, number>>>;
  /** Ascending by exit time. */
  readonly trades: readonly TestedTrade[];
  readonly performance: Performance;
  readonly calibration: CalibrationFigures;
  readonly decisionsHash: string;
}

/** Candles of a chart before its trade. */
const LEAD = 40;

interface Levels {
  readonly stop: number;
  readonly target: number;
}

export class Outcome {
  private readonly digest = new DecisionDigest();
  private readonly refusals: Partial<Record<Refusal, number>> = {};
  private readonly levels = new Map<string, Levels>();
  private readonly trades: TestedTrade[] = [];
  private signals = 0;
  private traders = 0;

  /** @param charts trades that keep their candles */
  constructor(
    private readonly tracks: ReadonlyMap<string, SymbolTrack>,
    private readonly charts: number,
  ) {}

  decided(signal: Signal, decision: Decision): void {
    this.signals++;
    this.digest.decided(signal, decision);
    for (const reason of decision.reasons) this.refused(reason);
    if (decision.decision === 'refused') return;
    this.traders++;
    this.levels.set(signal.id, { stop: signal.stop, target: signal.target });
  }

  retracted(signalId: string, reason: Refusal): void {
    this.digest.retracted(signalId, reason);
    this.traders--;
    this.refused(reason);
    this.levels.delete(signalId);
  }

  traded(trade: Trade): void {
    this.digest.traded(trade);
    const { stop, target } = this.levels.get(trade.positionId) ?? { stop: NaN, target: NaN };
    this.levels.delete(trade.positionId);
    const isDrawn = this.trades.length < this.charts;
    this.trades.push({ ...trade, stop, target, ...(isDrawn ? { candles: this.candlesOf(trade) } : {}) });
  }

  /** Once, at the end. @param balance what the account began with */
  finish(balance: string): OutcomeFigures {
    const trades = this.trades.toSorted((a, b) => a.exitTime - b.exitTime);
    const calibration = new Calibration();
    for (const { confidence, netPnl } of trades) calibration.add(confidence, Number(netPnl) > 0);
    return {
      signals: this.signals,
      traded: this.traders,
      refusals: this.refusals,
      trades,
      performance: performanceOf(trades, balance),
      calibration: calibration.report(),
      decisionsHash: this.digest.finish(),
    };
  }

  private refused(reason: Refusal): void {
    this.refusals[reason] = (this.refusals[reason] ?? 0) + 1;
  }

  /** The newest one may not be in the series yet: the trade ended within it. */
  private candlesOf({ symbol, entryTime }: Trade): CandleColumns {
    const { series } = this.tracks.get(symbol)!;
    return copyColumns(series.toColumns(LEAD + candlesSince(series.toColumns().openTime, entryTime)));
  }
}

function candlesSince(openTimes: Float64Array, instant: UtcMs): number {
  return openTimes.length - openTimes.findIndex((openTime) => openTime >= instant - 1);
}
