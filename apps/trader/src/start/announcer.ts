/** What the start tells a person: how far the warm-up is, and where to click. The cluster tells its phases itself. */
import type { ClusterEvent, ClusterService, WarmUpStatus } from '@slt/cluster';
import type { PinoLogger, Terminal } from '@slt/logging';

const CONTEXT = 'Trader';

export class Announcer {
  private firstWarmUpTold = false;

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
    if (event.type === 'warm-up' && !this.firstWarmUpTold) this.showProgress(event.warmUp);
    if (event.type !== 'phase' || event.phase === 'warming' || event.phase === 'discovering') return;
    this.terminal.endProgress();
    if (event.phase === 'streaming' && !this.firstWarmUpTold) this.tellWarm(cluster.status().warmUp);
  }

  private showProgress({ total, cached, fetched, etaMs }: WarmUpStatus): void {
    const eta = etaMs === undefined ? '' : `${Math.ceil(etaMs / 1000)} s left`;
    if (total > 0) this.terminal.progress({ done: cached + fetched, total, note: eta });
  }

  private tellWarm({ total, ready, cached, fetched }: WarmUpStatus): void {
    this.firstWarmUpTold = true;
    const howMany = ready === total ? `${total}` : `${ready} of ${total}`;
    const origins = `${cached} from the cache, ${fetched} fetched`;
    this.logger.log(`${howMany} symbols warm in ${this.seconds()} s (${origins}): ${this.url}/docs`, CONTEXT);
  }

  private seconds(): string {
    return ((performance.now() - this.startedAt) / 1000).toFixed(1);
  }
}
