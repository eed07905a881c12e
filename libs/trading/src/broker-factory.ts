/** Which broker, and whose account: the one place where paper and live part. */
import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { AppConfig } from '@slt/config';
import { Database } from '@slt/database';
import { AppError, type Clock, type Instrument } from '@slt/domain';
import { AccountClient, CLOCK, ExchangeEndpoint, PriceClient, PriceStreams, UserStream } from '@slt/exchange';
import type { ExchangeAccount } from './audit/exchange-account';
import { LiveAccount } from './audit/live-account';
import { SavedPaperAccount } from './audit/paper-account';
import { BinanceBroker } from './binance-broker';
import type { Broker } from './core/broker';
import { liveAccountId, paperAccountId } from './journal';
import type { PaperSettings } from './core/paper/paper-settings';
import { PaperBroker, type PaperBrokerParts } from './paper-broker';
import { CandlePriceFeed } from './paper/candle-price-feed';
import { LivePriceFeed } from './paper/live-price-feed';
import { PostgresPaperStore } from './paper/postgres-paper-store';

/** What an account that candles drive asks of their market. */
export interface CandlePrices {
  instrument(symbol: string): Instrument | undefined;
  /** Close of the newest candle; undefined before the first. */
  price(symbol: string): number | undefined;
}

/** The exchange's side of an account: what a live broker speaks through, and where a paper broker hears prices. */
@Injectable()
export class ExchangeLines {
  constructor(
    @Inject(ExchangeEndpoint) readonly endpoint: ExchangeEndpoint,
    @Inject(AccountClient) readonly account: AccountClient,
    @Inject(UserStream) readonly userStream: UserStream,
    @Inject(PriceClient) readonly prices: PriceClient,
    @Inject(PriceStreams) readonly priceStreams: PriceStreams,
  ) {}
}

@Injectable()
export class BrokerFactory {
  constructor(
    @Inject(AppConfig) private readonly config: AppConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ExchangeLines) private readonly lines: ExchangeLines,
    @Inject(Database) private readonly database: Database,
  ) {}

  /** Whose journal: an emulated market's account is never another market's. */
  get account(): string {
    const { TRADING_MODE, BINANCE_API_KEY = '', EXCHANGE } = this.config;
    if (TRADING_MODE === 'live') return liveAccountId(BINANCE_API_KEY);
    const { source } = this.lines.endpoint;
    return paperAccountId(EXCHANGE === 'emulator' ? `emulator-${fingerprint(source)}` : EXCHANGE);
  }

  /** What a paper account meets: with `auto` candles where recorded ones are replayed, for a backtest meets the same. */
  get matching(): PaperSettings['matching'] {
    const { TRADING_MODE, PAPER_MATCHING } = this.config;
    if (TRADING_MODE === 'live') return 'quotes';
    if (PAPER_MATCHING !== 'auto') return PAPER_MATCHING;
    return this.lines.endpoint.isReplay ? 'candles' : 'quotes';
  }

  /** @throws AppError rejected, `TRADING.NO_KEYS` */
  create(instrument: (symbol: string) => Instrument | undefined): Broker {
    const { config, clock, lines } = this;
    if (config.TRADING_MODE === 'live') return this.live();
    const feed = new LivePriceFeed(lines.priceStreams, lines.prices, clock);
    return new PaperBroker({ ...this.paper(instrument), feed, clock });
  }

  /** A paper account that is driven by its `line`. @param clock that of the candles */
  createByCandles(market: CandlePrices, clock: Clock): PaperBroker {
    const { prices } = this.lines;
    const feed = new CandlePriceFeed({ prices, clock, priceOf: (symbol) => market.price(symbol) });
    return new PaperBroker({
      ...this.paper((symbol) => market.instrument(symbol)),
      ...{ feed, clock, matching: 'candles' },
    });
  }

  /** The same account for whoever only looks. @throws as create */
  auditedAccount(): ExchangeAccount {
    const { config, clock, lines } = this;
    if (config.TRADING_MODE === 'live') return new LiveAccount(lines.account, this.live(), clock);
    const store = new PostgresPaperStore(this.database, this.account);
    return new SavedPaperAccount(store, clock, String(config.PAPER_BALANCE));
  }

  private paper(
    instrument: (symbol: string) => Instrument | undefined,
  ): Pick<PaperBrokerParts, 'store' | 'instrument' | 'settings'> {
    return {
      store: new PostgresPaperStore(this.database, this.account),
      instrument,
      settings: { initialBalance: String(this.config.PAPER_BALANCE) },
    };
  }

  private live(): BinanceBroker {
    const { BINANCE_API_KEY, BINANCE_API_SECRET } = this.config;
    if (BINANCE_API_KEY === undefined || BINANCE_API_SECRET === undefined) {
      const what = 'live trading needs BINANCE_API_KEY and BINANCE_API_SECRET';
      throw new AppError('rejected', 'TRADING.NO_KEYS', what);
    }
    return new BinanceBroker(this.lines.account, this.lines.userStream, this.clock);
  }
}

const fingerprint = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);
