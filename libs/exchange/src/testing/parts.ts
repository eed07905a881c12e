/** The exchange's parts put together by hand, for specs that look at one of them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppConfig } from '@slt/config';
import { MINUTE_MS } from '@slt/domain';
import { AccountClient } from '../account-client';
import { BinanceClient } from '../binance-client';
import { type BudgetStore, memoryBudgetStore } from '../budget-store';
import { CandleProof } from '../candle-proof';
import { ExchangeEndpoint } from '../endpoint';
import { ExchangeClock } from '../exchange-clock';
import { ExchangeTime, type LocalClocks } from '../exchange-time';
import { MarketStreams } from '../market-streams';
import { PriceClient } from '../price-client';
import { PriceStreams } from '../price-streams';
import { RestCalls } from '../rest-calls';
import { RestTransport, type TransportOptions } from '../rest-transport';
import type { MarketStreamsOptions } from '../stream-options';
import { Universe } from '../universe';
import { UserStream, type UserStreamOptions } from '../user-stream';
import { WeightBudget } from '../weight-budget';

export interface PartsOptions {
  readonly config?: Partial<AppConfig>;
  readonly store?: BudgetStore;
  readonly transport?: TransportOptions;
  readonly streams?: Partial<MarketStreamsOptions>;
  readonly userStream?: UserStreamOptions;
  readonly local?: LocalClocks;
  readonly limit?: number;
}

export interface Parts {
  readonly config: AppConfig;
  readonly endpoint: ExchangeEndpoint;
  readonly time: ExchangeTime;
  readonly budget: WeightBudget;
  readonly client: BinanceClient;
  readonly clock: ExchangeClock;
  readonly universe: Universe;
  readonly streams: MarketStreams;
  readonly prices: PriceClient;
  readonly priceStreams: PriceStreams;
  readonly account: AccountClient;
  readonly userStream: UserStream;
  close(): Promise<void>;
}

export interface Address {
  readonly url: string;
  readonly wsUrl: string;
  readonly speed?: number;
  readonly source?: string;
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'slt-exchange-'));
}

export function createParts(address: Address, options: PartsOptions = {}): Parts {
  const folder = options.config?.DATA_DIR ?? temporaryFolder();
  const config = Object.assign(new AppConfig(), { DATA_DIR: folder, ...options.config });
  const endpoint = new ExchangeEndpoint({
    restUrl: address.url,
    wsUrl: address.wsUrl,
    archiveUrl: address.url,
    speed: address.speed ?? 1,
    source: `emulator:${address.source ?? 'test'}`,
  });
  const time = new ExchangeTime(endpoint.speed, options.local);
  const transport = new RestTransport(endpoint, options.transport);
  const budget = new WeightBudget(time, options.store ?? memoryBudgetStore(), {
    limit: options.limit ?? 2400,
    period: MINUTE_MS,
    scope: endpoint.account,
    folder,
  });
  const proof = new CandleProof(time);
  const calls = new RestCalls(transport, budget, time, config);
  const client = new BinanceClient(calls, budget, proof, config);
  const streams = new MarketStreams(endpoint, time, proof, options.streams);
  const priceStreams = new PriceStreams(endpoint, time, options.streams);
  const account = new AccountClient(endpoint, budget, time, config, options.transport);
  const userStream = new UserStream(account, endpoint, time, options.userStream);
  return {
    config,
    endpoint,
    time,
    budget,
    client,
    clock: new ExchangeClock(time, client),
    universe: new Universe(client, time, endpoint, config),
    streams,
    prices: new PriceClient(calls),
    priceStreams,
    account,
    userStream,
    close: async () => {
      await userStream.close();
      account.close();
      priceStreams.close();
      await streams.close();
      await budget.close();
      transport.close();
      if (options.config?.DATA_DIR === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}
