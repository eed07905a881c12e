/** Leads candles from the cluster to trading, in the same synchronous pass. */
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { ClusterService } from '@slt/cluster';
import { TradingService } from '@slt/trading';
import { ClusterMarketWatch } from './cluster-market-watch';

@Injectable()
export class TradingBridge implements OnModuleInit, OnModuleDestroy {
  private stops: (() => void)[] = [];

  constructor(
    private readonly cluster: ClusterService,
    private readonly trading: TradingService,
    private readonly watch: ClusterMarketWatch,
  ) {}

  onModuleInit(): void {
    this.trading.connect(this.watch);
    this.stops = [
      this.cluster.onCandle((...closed) => this.trading.onCandle(...closed)),
      this.cluster.onReload((symbol) => this.trading.onReload(symbol)),
    ];
  }

  onModuleDestroy(): void {
    for (const stop of this.stops) stop();
  }
}
