export * from './core/indicators';
export * from './core/session-name';
export * from './core/smc-engine';
export * from './core/smc-event';
export { DEFAULT_SMC_OPTIONS, type Mitigation, type SmcOptions } from './core/smc-options';
export type { SmcSnapshot } from './core/smc-snapshot';
export * from './core/smc-view';
