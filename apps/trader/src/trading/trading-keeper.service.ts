/**
 * Keeps trading on for as long as it is wanted: from the first warm-up with TRADING_ENABLED, from a start by call
 * without. What takes the account away unasked, such as a database that is gone, only interrupts it.
 */
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { filter, first, Subscription } from 'rxjs';
import { ClusterService } from '@slt/cluster';
import { AppConfig } from '@slt/config';
import { type AppError, type DurationMs, toAppError } from '@slt/domain';
import { type ControlState, TradingService } from '@slt/trading';

const SHORTEST_PAUSE_MS: DurationMs = 1_000;
const LONGEST_PAUSE_MS: DurationMs = 5_000;

@Injectable()
export class TradingKeeper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Trading');
  private readonly subscriptions = new Subscription();
  private retry: NodeJS.Timeout | undefined;
  private isWanted = false;

  constructor(
    private readonly cluster: ClusterService,
    private readonly trading: TradingService,
    private readonly config: AppConfig,
  ) {}

  onApplicationBootstrap(): void {
    this.subscriptions.add(
      this.trading.events.subscribe((event) => {
        if (event.type === 'trading') this.follow(event.state);
      }),
    );
    if (!this.config.TRADING_ENABLED) return;
    this.isWanted = true;
    if (this.cluster.status().ready) void this.resume();
    else this.resumeOnceWarm();
  }

  onModuleDestroy(): void {
    this.giveUp();
    this.subscriptions.unsubscribe();
  }

  /** @throws AppError as TradingService.start does: then it is the caller's to try again */
  async start(): Promise<void> {
    await this.trading.start();
    this.isWanted = true;
  }

  stop(flatten: boolean): void {
    this.giveUp();
    this.trading.stop(flatten);
  }

  private resumeOnceWarm(): void {
    const isWarm = this.cluster.events.pipe(
      filter((event) => event.type === 'warm-up' && event.ready),
      first(),
    );
    this.subscriptions.add(isWarm.subscribe(() => void this.resume()));
  }

  private follow(state: ControlState): void {
    // Whatever halted it, a person is to look before it goes on.
    if (state === 'halted') this.giveUp();
    if (state === 'off' && this.isWanted) this.resumeIn(SHORTEST_PAUSE_MS);
  }

  private async resume(): Promise<void> {
    if (!this.isWanted) return;
    try {
      await this.trading.start();
    } catch (error) {
      this.failed(toAppError(error, 'TRADING.START'));
    }
  }

  private failed({ kind, code, message, retryAfterMs }: AppError): void {
    if (!this.isWanted) return;
    // Another process may hold the account a while yet, and an exchange comes back; a missing key does not.
    if (kind === 'transient' || code === 'TRADING.LEASE_HELD' || code === 'TRADING.STOPPING') {
      this.logger.warn(`trading does not start yet: ${message}`);
      this.resumeIn(retryAfterMs ?? LONGEST_PAUSE_MS);
      return;
    }
    this.logger.error(`trading does not start: ${message}`);
    this.giveUp();
  }

  private resumeIn(pauseMs: DurationMs): void {
    clearTimeout(this.retry);
    const boundMs = Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, pauseMs));
    this.retry = setTimeout(() => void this.resume(), boundMs).unref();
  }

  private giveUp(): void {
    this.isWanted = false;
    clearTimeout(this.retry);
  }
}
