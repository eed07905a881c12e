import { type DynamicModule, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { ExchangeEndpoint } from './endpoint';
import { exchangeExports, exchangeProviders } from './exchange.providers';

/** One exchange: client, streams, weight budget, clock and universe. Needs ConfigModule; uses DatabaseModule if it is there. */
@Module({})
export class ExchangeModule {
  static forRoot(endpoint: ExchangeEndpoint): DynamicModule {
    return {
      module: ExchangeModule,
      global: true,
      imports: [ScheduleModule.forRoot()],
      providers: [{ provide: ExchangeEndpoint, useValue: endpoint }, ...exchangeProviders],
      exports: exchangeExports,
    };
  }
}
