/** How the parts of the exchange are put together; each factory is one decision of configuration. */
import type { Provider } from '@nestjs/common';
import { AppConfig } from '@slt/config';
import { Database } from '@slt/database';
import { SECOND_MS } from '@slt/domain';
import { AccountClient } from './account-client';
import { BinanceClient } from './binance-client';
import { type BudgetStore, memoryBudgetStore, postgresBudgetStore, redisBudgetStore } from './budget-store';
import { CandleProof } from './candle-proof';
import { ExchangeEndpoint } from './endpoint';
import { ExchangeClock } from './exchange-clock';
import { ExchangeHold } from './exchange-hold';
import { ExchangeTime, LOCAL_CLOCKS } from './exchange-time';
import { ExchangeUpkeep } from './exchange-upkeep.service';
import { CLOCK } from './exchange.tokens';
import { MarketStreams } from './market-streams';
import { PriceClient } from './price-client';
import { PriceStreams } from './price-streams';
import { RestCalls } from './rest-calls';
import { RestTransport } from './rest-transport';
import { Universe } from './universe';
import { UserStream } from './user-stream';
import { WeightBudget } from './weight-budget';

/** Redis if there is one, else the database if the application has one, else this process alone. */
export function budgetStoreFor(config: AppConfig, database: Database | undefined): BudgetStore {
  if (config.REDIS_URL !== undefined) return redisBudgetStore(config.REDIS_URL);
  return database === undefined ? memoryBudgetStore() : postgresBudgetStore(() => database.pool());
}

export const exchangeProviders: Provider[] = [
  {
    provide: ExchangeTime,
    inject: [ExchangeEndpoint],
    useFactory: (endpoint: ExchangeEndpoint) =>
      new ExchangeTime(endpoint.speed, LOCAL_CLOCKS, endpoint.isHeld),
  },
  {
    provide: RestTransport,
    inject: [ExchangeEndpoint],
    useFactory: (endpoint: ExchangeEndpoint) => new RestTransport(endpoint),
  },
  {
    provide: WeightBudget,
    inject: [ExchangeTime, ExchangeEndpoint, AppConfig, { token: Database, optional: true }],
    useFactory: (time: ExchangeTime, endpoint: ExchangeEndpoint, config: AppConfig, database?: Database) =>
      new WeightBudget(time, budgetStoreFor(config, database), {
        limit: config.RATE_LIMIT_REQUESTS,
        period: config.RATE_LIMIT_PERIOD * SECOND_MS,
        scope: endpoint.account,
        folder: config.DATA_DIR,
      }),
  },
  {
    provide: RestCalls,
    inject: [RestTransport, WeightBudget, ExchangeTime, AppConfig],
    useFactory: (transport: RestTransport, budget: WeightBudget, time: ExchangeTime, config: AppConfig) =>
      new RestCalls(transport, budget, time, config),
  },
  CandleProof,
  BinanceClient,
  ExchangeClock,
  ExchangeHold,
  { provide: CLOCK, useExisting: ExchangeClock },
  Universe,
  MarketStreams,
  {
    provide: PriceClient,
    inject: [RestCalls],
    useFactory: (calls: RestCalls) => new PriceClient(calls),
  },
  {
    provide: PriceStreams,
    inject: [ExchangeEndpoint, ExchangeTime],
    useFactory: (endpoint: ExchangeEndpoint, time: ExchangeTime) => new PriceStreams(endpoint, time),
  },
  {
    provide: AccountClient,
    inject: [ExchangeEndpoint, WeightBudget, ExchangeTime, AppConfig],
    useFactory: (endpoint: ExchangeEndpoint, budget: WeightBudget, time: ExchangeTime, config: AppConfig) =>
      new AccountClient(endpoint, budget, time, config),
  },
  {
    provide: UserStream,
    inject: [AccountClient, ExchangeEndpoint, ExchangeTime],
    useFactory: (account: AccountClient, endpoint: ExchangeEndpoint, time: ExchangeTime) =>
      new UserStream(account, endpoint, time),
  },
  ExchangeUpkeep,
];

export const exchangeExports = [
  ExchangeEndpoint,
  ExchangeTime,
  ExchangeClock,
  ExchangeHold,
  CLOCK,
  WeightBudget,
  BinanceClient,
  Universe,
  MarketStreams,
  PriceClient,
  PriceStreams,
  AccountClient,
  UserStream,
];
