/** How the parts of integrity are put together. */
import path from 'node:path';
import type { Provider } from '@nestjs/common';
import { AppConfig } from '@slt/config';
import type { Clock } from '@slt/domain';
import { BinanceClient, CLOCK, ExchangeEndpoint } from '@slt/exchange';
import { CandleStore } from '@slt/history';
import { HoleFetcher } from './hole-fetcher';
import { IntegrityChecker } from './integrity-checker';
import { IntegrityService } from './integrity.service';
import { RepairRunner } from './repair-runner';

export const integrityProviders: Provider[] = [
  {
    provide: IntegrityChecker,
    inject: [AppConfig, CLOCK, ExchangeEndpoint],
    useFactory: (config: AppConfig, clock: Clock, { source }: ExchangeEndpoint) =>
      new IntegrityChecker({ folder: config.DATA_DIR, clock, source, wantedRows: config.HISTORY_LIMIT }),
  },
  {
    provide: HoleFetcher,
    inject: [BinanceClient],
    useFactory: (client: BinanceClient) => new HoleFetcher(client),
  },
  {
    provide: RepairRunner,
    inject: [IntegrityChecker, CandleStore, HoleFetcher, AppConfig, CLOCK, ExchangeEndpoint],
    useFactory: (
      checker: IntegrityChecker,
      store: CandleStore,
      fetcher: HoleFetcher,
      config: AppConfig,
      clock: Clock,
      { source }: ExchangeEndpoint,
    ) =>
      new RepairRunner(checker, store, fetcher, {
        folder: path.resolve(config.DATA_DIR),
        source,
        clock,
        wantedRows: config.HISTORY_LIMIT,
        mostRows: config.HISTORY_KEEP,
      }),
  },
  {
    provide: IntegrityService,
    inject: [IntegrityChecker, RepairRunner, CLOCK],
    useFactory: (checker: IntegrityChecker, runner: RepairRunner, clock: Clock) =>
      new IntegrityService(checker, runner, clock),
  },
];
