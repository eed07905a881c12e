/** What the start tells a person: how far the warm-up is, and where to click. The cluster tells its phases itself. */
import type { ClusterEvent, ClusterService } from '@slt/cluster';
import type { PinoLogger } from '../logging/pino-logger';
import type { Terminal } from '../logging/terminal';

const CONTEXT = 'Trader';

export class Announcer {
  private firstReadyTold = false;

  /** @param startedAt by performance.now(), when the process began */
  constructor(
    private readonly logger: PinoLogger,
    private readonly terminal: Terminal,
    private readonly url: string,
    private readonly startedAt = 0,
  ) {}

  /** @returns what ends it */
  follow(cluster: Pick<ClusterService, 'events' | 'status'>): () => void {
    this.logger.log(`listening on ${this.url} after ${this.seconds()} s; API: ${this.url}/docs`, CONTEXT);
    const subscription = cluster.events.subscribe((event) => this.on(event, cluster));
    return () => {
      subscription.unsubscribe();
      this.terminal.endProgress();
    };
  }

  private on(event: ClusterEvent, cluster: Pick<ClusterService, 'status'>): void {
    if (event.type === 'warm-up') this.showProgress(event.warmUp);
    if (event.type === 'phase' && event.phase !== 'warming') this.terminal.endProgress();
    if (!this.firstReadyTold && (event.type === 'phase' || event.type === 'warm-up')) this.tellReady(cluster);
  }

  private showProgress(warmUp: { total: number; cached: number; fetched: number; etaMs?: number }): void {
    if (this.firstReadyTold || warmUp.total === 0) return;
    const done = warmUp.cached + warmUp.fetched;
    const eta = warmUp.etaMs === undefined ? '' : `${Math.ceil(warmUp.etaMs / 1000)} s left`;
    this.terminal.progress({ done, total: warmUp.total, note: eta });
  }

  private tellReady(cluster: Pick<ClusterService, 'status'>): void {
    const { ready, warmUp } = cluster.status();
    if (!ready) return;
    this.firstReadyTold = true;
    this.terminal.endProgress();
    const origins = `${warmUp.cached} from the cache, ${warmUp.fetched} fetched`;
    this.logger.log(
      `${warmUp.ready} symbols warm in ${this.seconds()} s (${origins}): ${this.url}/docs`,
      CONTEXT,
    );
  }

  private seconds(): string {
    return ((performance.now() - this.startedAt) / 1000).toFixed(1);
  }
}
