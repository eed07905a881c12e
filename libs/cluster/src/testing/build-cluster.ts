/** A cluster wired by hand on a fake market. */
import { AppConfig } from '@slt/config';
import { SmcService } from '@slt/smc';
import { ClusterEngine } from '../cluster-engine';
import { ClusterEvents } from '../cluster-events';
import { ClusterPhases } from '../cluster-phases';
import { ClusterRun } from '../cluster-run';
import { ClusterService } from '../cluster.service';
import { MarketFeed } from '../market-feed';
import { RestFiller } from '../rest-filler';
import { SeriesPersister } from '../series-persister';
import { StatusReporter } from '../status-reporter';
import { SymbolPipelines } from '../symbol-pipelines';
import { WarmUp } from '../warm-up';
import type { FakeMarket } from './fake-market';

export function buildCluster(
  market: FakeMarket,
  settings: Partial<AppConfig> = {},
  smc = new SmcService(),
): ClusterService {
  const config = Object.assign(new AppConfig(), { HISTORY_LIMIT: 100 }, settings);
  const { clock, history, streams, universe } = market;
  const events = new ClusterEvents();
  const filler = new RestFiller(history, clock);
  const pipelines = new SymbolPipelines(filler, events, clock, config, smc);
  const warmUp = new WarmUp(history, pipelines, clock, config);
  const feed = new MarketFeed(universe, streams, pipelines, events, clock);
  const persister = new SeriesPersister(history, pipelines, clock);
  const engine = new ClusterEngine(feed, warmUp, pipelines, persister, clock);
  const reporter = new StatusReporter(pipelines, warmUp, feed, clock, config);
  const run = new ClusterRun(new ClusterPhases(events, clock), engine, reporter, events, clock);
  return new ClusterService(run, reporter, pipelines, events, filler);
}
