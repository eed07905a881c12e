import { Module } from '@nestjs/common';
import { SmcModule } from '@slt/smc';
import { ClusterEngine } from './cluster-engine';
import { ClusterEvents } from './cluster-events';
import { ClusterPhases } from './cluster-phases';
import { ClusterRun } from './cluster-run';
import { ClusterService } from './cluster.service';
import { FormingFeed } from './forming-feed';
import { MarketFeed } from './market-feed';
import { RestFiller } from './rest-filler';
import { SeriesPersister } from './series-persister';
import { StatusReporter } from './status-reporter';
import { SymbolPipelines } from './symbol-pipelines';
import { WarmUp } from './warm-up';

const parts = [
  ClusterEngine,
  ClusterEvents,
  ClusterPhases,
  ClusterRun,
  MarketFeed,
  RestFiller,
  SeriesPersister,
  StatusReporter,
  SymbolPipelines,
  WarmUp,
];

const services = [ClusterService, FormingFeed];

/** Needs ConfigModule, ExchangeModule.forRoot and HistoryModule.forRoot in the application. */
@Module({ imports: [SmcModule], providers: [...parts, ...services], exports: services })
export class ClusterModule {}
