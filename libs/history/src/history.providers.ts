import type { Provider } from '@nestjs/common';
import { AppConfig } from '@slt/config';
import { Database } from '@slt/database';
import { type Clock, MINUTE_MS } from '@slt/domain';
import { BinanceClient, CLOCK, ExchangeEndpoint } from '@slt/exchange';
import { createQueueBackend } from '@slt/queue';
import { CandleStore } from './candle-store';
import { assembleHistory, type HistoryParts } from './history-parts';
import { HistoryService } from './history.service';
import { DEFAULT_SETTINGS, HISTORY_SETTINGS, type HistorySettings } from './history.settings';
import { HISTORY_PARTS } from './history.tokens';
import { queueName } from './queue-name';

export const historyExports = [HistoryService, CandleStore];

export function historyProviders(options: { worker: boolean }): Provider[] {
  return [
    HistoryService,
    { provide: HISTORY_SETTINGS, useValue: DEFAULT_SETTINGS },
    { provide: CandleStore, inject: [AppConfig, ExchangeEndpoint, CLOCK], useFactory: createStore },
    {
      provide: HISTORY_PARTS,
      inject: [
        AppConfig,
        ExchangeEndpoint,
        BinanceClient,
        CLOCK,
        CandleStore,
        HISTORY_SETTINGS,
        // A worker on Redis needs none.
        { token: Database, optional: true },
      ],
      useFactory: (...parts: Parts) => createParts(options, ...parts),
    },
  ];
}

type Parts = [AppConfig, ExchangeEndpoint, BinanceClient, Clock, CandleStore, HistorySettings, Database?];

function createStore(config: AppConfig, { source }: ExchangeEndpoint, clock: Clock): CandleStore {
  return new CandleStore({ folder: config.DATA_DIR, source, keep: config.HISTORY_KEEP, clock });
}

function createParts(options: { worker: boolean }, ...parts: Parts): HistoryParts {
  const [config, endpoint, client, clock, store, settings, database] = parts;
  return assembleHistory({
    client,
    clock,
    store,
    settings,
    backend: () => createQueueBackend(config, database),
    queueName: () => queueName(store.folder, endpoint.source),
    options: {
      worker: options.worker,
      concurrency: config.HISTORY_CONCURRENCY,
      intervals: config.HISTORY_INTERVALS,
      maxAgeMs: config.CACHE_MAX_AGE_MINUTES * MINUTE_MS,
    },
  });
}
