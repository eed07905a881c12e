/** What a session of trading stands on, and whom it tells. */
import type { AppError, Clock, Interval } from '@slt/domain';
import type { BreakerTransition, GradedCircuitBreaker } from '../core/breaker';
import type { Broker } from '../core/broker';
import type { Digest } from '../core/client-order-id';
import type { ControlState } from '../core/control';
import type { Trade } from '../core/position';
import type { RiskLimits } from '../core/risk';
import type { Decision, Refusal, Signal } from '../core/signal';
import type { Journal } from '../journal/journal';
import type { HeldLease } from '../journal/lease';
import type { MinuteClock } from '../minutes/minute-clock';
import type { CandleLine } from '../paper/candle-line';
import type { TradingTelemetry } from '../telemetry';
import type { Checkpoint } from './checkpoint';
import type { MarketWatch } from './market-watch';

/** What a session needs of the journal. */
export type SessionJournal = Pick<Journal, 'append' | 'load' | 'setInitialBalance' | 'recordSignal'>;

export interface SessionParts {
  readonly account: string;
  readonly broker: Broker;
  readonly journal: SessionJournal;
  readonly lease: HeldLease;
  readonly clock: Clock;
  readonly market: MarketWatch;
  readonly interval: Interval;
  readonly limits: RiskLimits;
  readonly breaker: GradedCircuitBreaker;
  readonly digest: Digest;
  readonly reach: Checkpoint;
  readonly telemetry: TradingTelemetry;
  /** Undefined: the session lives by quotes and by the time that passes. */
  readonly candles?: SessionCandles | undefined;
}

/** What a session needs that lives by candles. */
export interface SessionCandles {
  readonly line: CandleLine;
  readonly clock: MinuteClock;
}

export interface SessionListener {
  controlState(): ControlState;
  /** Something may have been missed; a reconciliation is due. */
  doubt(reason: string): void;
  /** A reconciliation is due, though nothing is in doubt. */
  review(): void;
  broke(error: AppError): void;
  /** Once for each signal. */
  decided(signal: Signal, decision: Decision): void;
  /** It was to be traded, and after all was not. */
  withdrawn(signal: Signal, decision: Decision): void;
  /** As far as is known nothing of it was filled: told of whatever was withdrawn, and of what comes out later. */
  retracted(signalId: string, reason: Refusal): void;
  traded(trade: Trade): void;
  changed(symbol: string): void;
  breakerMoved(transition: BreakerTransition): void;
  /** The drawdown limit is reached. */
  drawn(): void;
  warn(message: string): void;
}
