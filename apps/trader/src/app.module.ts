/** The service as a table of contents: libraries, calls, guards. */
import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { ThrottlerModule } from '@nestjs/throttler';
import { ClusterModule } from '@slt/cluster';
import { type AppConfig, ConfigModule } from '@slt/config';
import { DatabaseModule, DataDirLock } from '@slt/database';
import { type ExchangeEndpoint, ExchangeModule } from '@slt/exchange';
import { HistoryModule } from '@slt/history';
import { IntegrityModule } from '@slt/integrity';
import { IntelligenceModule } from '@slt/intelligence';
import { NotificationsModule } from '@slt/notifications';
import { SmcModule } from '@slt/smc';
import { TradingModule } from '@slt/trading';
import { ClusterController } from './cluster/cluster.controller';
import { ClusterAutostart } from './cluster/cluster-autostart.service';
import { SessionController } from './dashboard/session.controller';
import { Sessions } from './dashboard/sessions';
import { EventFeed } from './events/event-feed.service';
import { EventsController } from './events/events.controller';
import { HealthController } from './health/health.controller';
import { HealthService, SurroundingsIndicators } from './health/health.service';
import { INDICATORS } from './health/indicators';
import { HistoryController } from './history/history.controller';
import { HistoryRefresh } from './history/history-refresh.service';
import { HomeController } from './home/home.controller';
import { DeclaredInputGuard } from './http/declared-input.guard';
import { ProblemFilter } from './http/problem.filter';
import { ThrottleGuard } from './http/throttle.guard';
import { THROTTLING } from './http/throttle';
import { TokenGuard } from './http/token.guard';
import { IntegrityController } from './integrity/integrity.controller';
import { MarketController } from './market/market.controller';
import { MarketReader } from './market/market-reader.service';
import { LearningBridge } from './intelligence/learning-bridge.service';
import { ModelsController } from './intelligence/models.controller';
import { ModelsReader } from './intelligence/models-reader.service';
import { EventLoopMonitor } from './metrics/event-loop';
import { MetricsController } from './metrics/metrics.controller';
import { ClusterMetrics } from './metrics/cluster-metrics';
import { ExchangeMetrics } from './metrics/exchange-metrics';
import { HistoryMetrics } from './metrics/history-metrics';
import { LearningMetrics } from './metrics/learning-metrics';
import { MetricsRegistry } from './metrics/metrics-registry';
import { NotificationMetrics } from './metrics/notification-metrics';
import { ProcessMetrics } from './metrics/process-metrics';
import { SmcMetrics } from './metrics/smc-metrics';
import { TradingMetrics } from './metrics/trading-metrics';
import { NotificationSource } from './notifications/notification-source.service';
import { QueueBoard } from './queues/queue-board.service';
import { QueuesController } from './queues/queues.controller';
import { SmcHistory } from './smc/smc-history.service';
import { SmcReader } from './smc/smc-reader.service';
import { CandleReader } from './symbols/candle-reader.service';
import { SymbolsController } from './symbols/symbols.controller';
import { AccountController } from './trading/account.controller';
import { ReplayHold } from './start/replay-hold.service';
import { ClusterMarketWatch } from './trading/cluster-market-watch';
import { ClusterMinutes } from './trading/cluster-minutes';
import { JournalController } from './trading/journal.controller';
import { TradingPerformance } from './trading/performance.service';
import { TradingBridge } from './trading/trading-bridge.service';
import { TradingKeeper } from './trading/trading-keeper.service';
import { TradingController } from './trading/trading.controller';
import { TradingPastController } from './trading/trading-past.controller';
import { TradingRecords } from './trading/trading-records.service';

export interface Surroundings {
  config: AppConfig;
  endpoint: ExchangeEndpoint;
  /** Held already: nothing touches DATA_DIR before. */
  lock: DataDirLock;
}

@Module({
  controllers: [
    HomeController,
    SessionController,
    HealthController,
    ClusterController,
    SymbolsController,
    MarketController,
    HistoryController,
    IntegrityController,
    QueuesController,
    EventsController,
    TradingController,
    TradingPastController,
    AccountController,
    JournalController,
    ModelsController,
    MetricsController,
  ],
  providers: [
    Sessions,
    ClusterAutostart,
    CandleReader,
    SmcHistory,
    SmcReader,
    MarketReader,
    HistoryRefresh,
    QueueBoard,
    EventFeed,
    EventLoopMonitor,
    MetricsRegistry,
    ClusterMetrics,
    ExchangeMetrics,
    HistoryMetrics,
    LearningMetrics,
    NotificationMetrics,
    ProcessMetrics,
    SmcMetrics,
    TradingMetrics,
    HealthService,
    SurroundingsIndicators,
    ClusterMarketWatch,
    ClusterMinutes,
    LearningBridge,
    ReplayHold,
    ModelsReader,
    TradingBridge,
    TradingKeeper,
    TradingRecords,
    TradingPerformance,
    NotificationSource,
    ...INDICATORS,
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_GUARD, useClass: ThrottleGuard },
    { provide: APP_GUARD, useClass: TokenGuard },
    { provide: APP_GUARD, useClass: DeclaredInputGuard },
  ],
})
export class AppModule {
  static forRoot({ config, endpoint, lock }: Surroundings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(config),
        { module: DatabaseModule, providers: [{ provide: DataDirLock, useValue: lock }] },
        ExchangeModule.forRoot(endpoint),
        HistoryModule.forRoot({ worker: config.HISTORY_WORKER }),
        IntegrityModule,
        SmcModule,
        ClusterModule,
        IntelligenceModule,
        TradingModule,
        NotificationsModule,
        TerminusModule.forRoot({ logger: false }),
        ThrottlerModule.forRoot(THROTTLING),
      ],
    };
  }
}
