export * from './breaker-level';
export { BREAKER_MOVES, type BreakerMove, nextBreakerPhase } from './breaker-phase';
export * from './breaker-settings';
export * from './breaker-words';
export * from './entry-permit';
export { GradedCircuitBreaker } from './graded-circuit-breaker';
