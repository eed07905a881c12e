export { AccountAudit, type AuditReport, type Compared } from './audit/account-audit';
export { type Advisor, ADVISOR } from './core/advice';
export { BrokerFactory } from './broker-factory';
export type { AuditDifference, AuditSubject } from './core/audit';
export * from './core/broker';
export {
  BREAKER_LEVELS,
  type BreakerReason,
  type BreakerSettings,
  type BreakerTransition,
  GradedCircuitBreaker,
} from './core/breaker';
export { type Score, type ScoreInput, type Scorer, scoreByParts } from './core/confidence';
export { CONTROL_STATES, type ControlState } from './core/control';
export { decideClose } from './core/closing';
export { DEFAULT_EXITS, type ExitOptions } from './core/exits';
export * from './core/order';
export type { OrderDraft } from './core/order-intent';
export { PaperAccount, type FundingFacts, type PaperAccountOptions } from './core/paper/paper-account';
export { PAPER_DEFAULTS, type PaperSettings } from './core/paper/paper-settings';
export { AroundPrice, type PaperCandle, paperCandleOf, type Quote } from './core/paper/quote';
export * from './core/performance';
export * from './core/position';
export { decideProtection } from './core/protection';
export type { ProtectionAction, ProtectionView } from './core/protection-view';
export { completeRiskLimits, DEFAULT_RISK_LIMITS, type RiskLimits } from './core/risk';
export { DEFAULT_SETUP_OPTIONS, SetupEngine, type SetupOptions, type SetupStep } from './core/setups';
export type { Candidate, Evidence, MarketContext } from './core/setups/setup';
export * from './core/signal';
export * from './journal';
export type { Expected } from './core/minute-barrier';
export type { MinuteSource } from './minutes/minute-market';
export { AccountBook, type BookListener } from './session/account-book';
export { AccountFigures } from './session/account-figures';
export { AccountWatch } from './session/account-watch';
export { BreakerWatch } from './session/breaker-watch';
export { type Checkpoint, CHECKPOINT, ORDER_STEPS, type OrderStep } from './session/checkpoint';
export { EntryJudge, type Judgement } from './session/entry-judge';
export { ExitDesk } from './session/exit-desk';
export type { DataQuality, MarketWatch } from './session/market-watch';
export { relativeVolume } from './signal-finder';
export { smcForSetups } from './smc-for-setups';
export type { CallCount, CallTimes, OrderCount, TradingTelemetry } from './telemetry';
export { TradingModule } from './trading.module';
export { TradingService } from './trading.service';
export { breakerSettingsOf, riskLimitsOf } from './trading-settings';
export type * from './trading-status';
