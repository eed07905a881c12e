/** Lets a held recording go on when the trader is ready for it, so that no candle passes while it starts. */
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Subscription } from 'rxjs';
import { ClusterService } from '@slt/cluster';
import { AppConfig } from '@slt/config';
import { type DurationMs, MINUTE_MS, toAppError } from '@slt/domain';
import { ExchangeHold } from '@slt/exchange';
import { TradingService } from '@slt/trading';

const RETRY_MS: DurationMs = 500;
/** With `auto` a recording waits no longer: whatever keeps the trader from being ready, there is something to be seen. */
const AUTO_LIMIT_MS: DurationMs = 2 * MINUTE_MS;

@Injectable()
export class ReplayHold implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Emulator');
  private readonly subscriptions = new Subscription();
  private retry: NodeJS.Timeout | undefined;
  private limit: NodeJS.Timeout | undefined;
  private isLettingGo = false;

  constructor(
    private readonly hold: ExchangeHold,
    private readonly cluster: ClusterService,
    private readonly trading: TradingService,
    private readonly config: AppConfig,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.hold.isHeld) return;
    const what = this.until === 'trading' ? 'trading is on' : 'the market is warm';
    if (this.until !== 'off') this.logger.log(`the recording waits until ${what}`);
    this.subscriptions.add(this.cluster.events.subscribe(() => this.look()));
    this.subscriptions.add(this.trading.events.subscribe(() => this.look()));
    if (this.config.EMULATOR_HOLD === 'auto') {
      this.limit = setTimeout(() => this.giveUp(), AUTO_LIMIT_MS).unref();
    }
    this.look();
  }

  onModuleDestroy(): void {
    clearTimeout(this.retry);
    clearTimeout(this.limit);
    this.subscriptions.unsubscribe();
  }

  private get until(): 'off' | 'ready' | 'trading' {
    const { EMULATOR_HOLD, TRADING_ENABLED } = this.config;
    if (EMULATOR_HOLD !== 'auto') return EMULATOR_HOLD;
    return TRADING_ENABLED ? 'trading' : 'ready';
  }

  private look(): void {
    if (this.isReady()) this.letGo();
  }

  private isReady(): boolean {
    switch (this.until) {
      case 'off':
        return true;
      case 'ready':
        return this.cluster.status().ready;
      case 'trading':
        return this.trading.status().state === 'on';
    }
  }

  private giveUp(): void {
    if (!this.hold.isHeld) return;
    this.logger.warn(
      'the recording goes on without waiting any longer; EMULATOR_HOLD=trading or ready waits for ever',
    );
    this.letGo();
  }

  private letGo(): void {
    if (this.isLettingGo) return;
    this.isLettingGo = true;
    this.hold.release().then(
      () => this.subscriptions.unsubscribe(),
      (error: unknown) => {
        this.logger.warn(`the recording waits: ${toAppError(error, 'EXCHANGE.HOLD').message}`);
        this.isLettingGo = false;
        this.retry = setTimeout(() => this.letGo(), RETRY_MS).unref();
      },
    );
  }
}
