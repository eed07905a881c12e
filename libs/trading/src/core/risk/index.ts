export { correlatedExposure, correlationOf, type Exposure } from './correlation';
export { decideRisk, type RiskDecision } from './decide-risk';
export { liquidationPrice, type MarginBracket } from './liquidation';
export { LossBook, type LossBookState, type LossFacts } from './loss-book';
export type { EntrySize } from './position-size';
export type { RiskAccount, RiskContext, RiskMarket } from './risk-context';
export * from './risk-limits';
