/** Which broker, and whose account: the one place where paper and live part. */
import { Inject, Injectable } from '@nestjs/common';
import { AppConfig } from '@slt/config';
import type { Instrument } from '@slt/domain';
import { AppError } from '@slt/domain';
import { ExchangeEndpoint } from '@slt/exchange';
import type { Broker } from './core/broker';
import { liveAccountId, paperAccountId } from './journal';

@Injectable()
export class BrokerFactory {
  constructor(
    @Inject(AppConfig) private readonly config: AppConfig,
    @Inject(ExchangeEndpoint) private readonly endpoint: ExchangeEndpoint,
  ) {}

  /** Of the journal; that of a live account without keys shows nothing. */
  get account(): string {
    const { TRADING_MODE, BINANCE_API_KEY } = this.config;
    if (TRADING_MODE === 'live') return liveAccountId(BINANCE_API_KEY ?? '');
    return paperAccountId(this.endpoint.account);
  }

  /** @throws AppError rejected, `TRADING.NO_KEYS` */
  create(_instrument: (symbol: string) => Instrument | undefined): Broker {
    throw new AppError('rejected', 'TRADING.NO_KEYS', '');
  }
}
