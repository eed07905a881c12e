export { ClusterModule } from './cluster.module';
export { ClusterService } from './cluster.service';
export type { CandleListener, ReloadListener } from './cluster-events';
export * from './cluster-status';
export { FormingFeed } from './forming-feed';
export { CLUSTER_PHASES, type ClusterPhase } from './core/phase';
export type { WarmUpStatus } from './core/warm-up-status';
