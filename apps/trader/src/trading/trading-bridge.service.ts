/** Leads candles from the cluster to trading, in the same synchronous pass, and starts trading where that is wanted. */
import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { filter, first, type Subscription } from 'rxjs';
import { ClusterService } from '@slt/cluster';
import { AppConfig } from '@slt/config';
import { toAppError } from '@slt/domain';
import { TradingService } from '@slt/trading';
import { ClusterMarketWatch } from './cluster-market-watch';

const RETRY_MS = 5_000;

@Injectable()
export class TradingBridge implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Trading');
  private stops: (() => void)[] = [];
  private waiting: Subscription | undefined;
  private retry: NodeJS.Timeout | undefined;

  constructor(
    private readonly cluster: ClusterService,
    private readonly trading: TradingService,
    private readonly watch: ClusterMarketWatch,
    private readonly config: AppConfig,
  ) {}

  onModuleInit(): void {
    this.trading.connect(this.watch);
    this.stops = [
      this.cluster.onCandle((...closed) => this.trading.onCandle(...closed)),
      this.cluster.onReload((symbol) => this.trading.onReload(symbol)),
    ];
  }

  /** With TRADING_ENABLED trading starts once the market is warm. */
  onApplicationBootstrap(): void {
    if (!this.config.TRADING_ENABLED) return;
    this.waiting = this.cluster.events
      .pipe(
        filter((event) => event.type === 'warm-up' && event.ready),
        first(),
      )
      .subscribe(() => void this.start());
    if (this.cluster.status().ready) {
      this.waiting.unsubscribe();
      void this.start();
    }
  }

  onModuleDestroy(): void {
    this.waiting?.unsubscribe();
    clearTimeout(this.retry);
    for (const stop of this.stops) stop();
  }

  private async start(): Promise<void> {
    try {
      await this.trading.start();
    } catch (error) {
      const { kind, message } = toAppError(error, 'TRADING.START');
      this.logger.error(`trading does not start: ${message}`);
      // Another process may hold the account a while yet, and an exchange comes back; a missing key does not.
      if (kind === 'transient' || message.includes('lease')) {
        this.retry = setTimeout(() => void this.start(), RETRY_MS).unref();
      }
    }
  }
}
