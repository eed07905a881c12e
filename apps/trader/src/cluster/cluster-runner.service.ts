/** Keeps the market pipeline as it is wanted: starts it, and starts it again while the exchange is away. */
import { setTimeout as delay } from 'node:timers/promises';
import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { ClusterService } from '@slt/cluster';
import { AppConfig } from '@slt/config';
import { toAppError } from '@slt/domain';

const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 30_000;

@Injectable()
export class ClusterRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Cluster');
  private attempt: AbortController | undefined;
  private reason: string | undefined;

  constructor(
    private readonly cluster: ClusterService,
    private readonly config: AppConfig,
  ) {}

  /** Whether the pipeline is meant to run. */
  get isWanted(): boolean {
    return this.attempt !== undefined;
  }

  /** Why the last attempt failed; undefined once one succeeded. */
  get lastFailure(): string | undefined {
    return this.reason;
  }

  onApplicationBootstrap(): void {
    if (this.config.CLUSTER_AUTOSTART) this.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.stop();
  }

  /** Returns at once; the attempts go on until one succeeds or stop() is called. */
  start(): void {
    if (this.attempt !== undefined) return;
    this.attempt = new AbortController();
    void this.run(this.attempt.signal);
  }

  async stop(): Promise<void> {
    this.attempt?.abort();
    this.attempt = undefined;
    this.reason = undefined;
    await this.cluster.stop();
  }

  private async run(signal: AbortSignal): Promise<void> {
    for (let waitMs = FIRST_DELAY_MS; !signal.aborted; waitMs = Math.min(2 * waitMs, LONGEST_DELAY_MS)) {
      try {
        await this.cluster.start();
        this.reason = undefined;
        return;
      } catch (thrown) {
        if (signal.aborted) return;
        const error = toAppError(thrown, 'CLUSTER.START_FAILED');
        const pauseMs = Math.max(waitMs, error.retryAfterMs ?? 0);
        this.reason = error.message;
        this.logger.warn(`cannot start: ${error.message}; again in ${Math.ceil(pauseMs / 1000)} s`);
        await delay(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
      }
    }
  }
}
