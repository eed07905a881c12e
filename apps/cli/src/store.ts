import type { AppConfig } from '@slt/config';
import { CandleStore } from '@slt/history';
import type { ExchangeSession } from './exchange-session';

/** The same files as the trader's, under the same locks: both may run. */
export function openStore(config: AppConfig, { endpoint, clock }: ExchangeSession): CandleStore {
  return new CandleStore({
    folder: config.DATA_DIR,
    source: endpoint.source,
    keep: config.HISTORY_KEEP,
    clock,
  });
}
