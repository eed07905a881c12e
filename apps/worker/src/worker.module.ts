import { type DynamicModule, Module } from '@nestjs/common';
import { type AppConfig, ConfigModule } from '@slt/config';
import { DatabaseModule } from '@slt/database';
import { type ExchangeEndpoint, ExchangeModule } from '@slt/exchange';
import { SweepModule } from '@slt/backtest';
import { HistoryModule } from '@slt/history';

/** How long the trader's database may take to appear. */
const DATABASE_WAIT_MS = 8_000;

/** The history worker of the trader, alone, which works on sweeps of backtests as well. On Redis it needs no database. */
@Module({})
export class WorkerModule {
  static forRoot(config: AppConfig, endpoint: ExchangeEndpoint): DynamicModule {
    const database = DatabaseModule.forRoot({ role: 'guest', waitMs: DATABASE_WAIT_MS });
    return {
      module: WorkerModule,
      imports: [
        ConfigModule.forRoot(config),
        ...(config.REDIS_URL === undefined ? [database] : []),
        ExchangeModule.forRoot(endpoint),
        HistoryModule.forRoot({ worker: true }),
        SweepModule,
      ],
    };
  }
}
