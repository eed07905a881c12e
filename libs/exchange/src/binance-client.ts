/**
 * Market data over REST. Every call reserves its weight first; every failure leaves as an AppError that says what to
 * do next and holds nothing secret; every answer is checked before anyone sees it.
 */
import { Injectable } from '@nestjs/common';
import type { USDMClient } from 'binance/lib/usdm-client';
import { AppConfig } from '@slt/config';
import {
  isAppError,
  type CandleColumns,
  type Interval,
  intervalMs,
  SECOND_MS,
  type UtcMs,
} from '@slt/domain';
import { isInstant } from './core/decimal';
import { type ExchangeInfo, parseExchangeInfo } from './core/exchange-info';
import { closedCandles, parseKlineRows } from './core/kline-rows';
import { scanKlineBytes } from './core/kline-bytes';
import { klineWeight } from './core/kline-weight';
import { parseTickers, type Ticker24h } from './core/tickers';
import { CandleProof } from './candle-proof';
import { type Line, RestCalls } from './rest-calls';
import { WeightBudget } from './weight-budget';

export interface KlineRequest {
  readonly symbol: string;
  readonly interval: Interval;
  /** First open time wanted; inclusive. */
  readonly startTime: UtcMs;
  /** Last open time wanted; inclusive. */
  readonly endTime: UtcMs;
  /** 1 to 1500. */
  readonly limit: number;
}

const TICKERS_WEIGHT = 40;
type SdkKlines = Parameters<USDMClient['getKlines']>[0];
type SdkContinuousKlines = Parameters<USDMClient['getContinuousContractKlines']>[0];
const BUSIEST_SYMBOL = 'BTCUSDT';
const NEWEST_MINUTE = { contractType: 'PERPETUAL', interval: '1m', limit: 1 };

@Injectable()
export class BinanceClient {
  private tickerCache: { readonly at: number; readonly tickers: Promise<Map<string, Ticker24h>> } | undefined;

  constructor(
    private readonly calls: RestCalls,
    private readonly budget: WeightBudget,
    private readonly proof: CandleProof,
    private readonly config: AppConfig,
  ) {}

  serverTime(): Promise<UtcMs> {
    return this.calls.serverTime();
  }

  async exchangeInfo(): Promise<ExchangeInfo> {
    const info = await this.calls.run({
      weight: 1,
      purpose: 'market',
      send: (client) => client.getExchangeInfo(),
      parse: parseExchangeInfo,
    });
    if (info.weightLimit !== undefined) this.budget.limitTo(info.weightLimit);
    return info;
  }

  /**
   * The closed candles of the range, ascending, never the forming one.
   * @throws AppError transient, `EXCHANGE.CANDLE_OPEN`, when the exchange's candles lag behind its clock
   */
  async klines(request: KlineRequest, line?: Line): Promise<CandleColumns> {
    const { symbol, interval, startTime, endTime, limit } = request;
    const closedBy = await this.proof.closedBy(endTime + intervalMs(interval), () =>
      this.newestOpenTime(symbol),
    );
    const window = { interval, startTime, endTime, closedBy };
    return this.calls.run({
      weight: klineWeight(limit),
      purpose: 'market',
      send: (client) => client.getKlines({ symbol, interval, startTime, endTime, limit } as SdkKlines),
      line,
      scan: (bytes) => {
        const rows = scanKlineBytes(bytes, limit);
        return rows && closedCandles(rows, window);
      },
      parse: (body) => parseKlineRows(body, window),
    });
  }

  /** All symbols; asked for again after CACHE_TTL_TICKER seconds. */
  tickers(): Promise<Map<string, Ticker24h>> {
    const now = performance.now();
    const cached = this.tickerCache;
    if (cached !== undefined && now - cached.at < this.config.CACHE_TTL_TICKER * SECOND_MS)
      return cached.tickers;
    const tickers = this.calls.run({
      weight: TICKERS_WEIGHT,
      purpose: 'market',
      send: (client) => client.get24hrChangeStatistics(),
      parse: parseTickers,
    });
    const entry = { at: now, tickers };
    this.tickerCache = entry;
    tickers.catch(() => {
      if (this.tickerCache === entry) this.tickerCache = undefined;
    });
    return tickers;
  }

  /** Of the market that never sleeps; of the asked one where that is not listed. */
  private async newestOpenTime(symbol: string): Promise<UtcMs | undefined> {
    try {
      return await this.newestMinute(BUSIEST_SYMBOL);
    } catch (error) {
      if (!isAppError(error) || error.kind === 'transient') throw error;
      return this.newestMinute(symbol);
    }
  }

  /** By the other klines call, which costs the same and is counted apart. */
  private newestMinute(pair: string): Promise<UtcMs | undefined> {
    return this.calls.run({
      weight: klineWeight(1),
      purpose: 'market',
      send: (client) => client.getContinuousContractKlines({ pair, ...NEWEST_MINUTE } as SdkContinuousKlines),
      parse: parseNewestOpenTime,
    });
  }
}

function parseNewestOpenTime(body: unknown): UtcMs | undefined {
  const row: unknown = Array.isArray(body) ? body.at(-1) : undefined;
  const openTime: unknown = Array.isArray(row) ? row[0] : undefined;
  return isInstant(openTime) ? openTime : undefined;
}
