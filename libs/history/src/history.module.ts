/** History for the whole application; with `worker` this process works on the jobs too. */
import { type DynamicModule, Module } from '@nestjs/common';
import { historyExports, historyProviders } from './history.providers';

/** Needs ConfigModule, DatabaseModule and ExchangeModule in the application. */
@Module({})
export class HistoryModule {
  static forRoot(options: { worker: boolean } = { worker: true }): DynamicModule {
    return {
      module: HistoryModule,
      global: true,
      providers: historyProviders(options),
      exports: historyExports,
    };
  }
}
