export type { Candidate, Evidence, MarketContext } from './setup';
export { SetupEngine, type SetupEngineParts, type SetupStep } from './setup-engine';
export * from './setup-options';
