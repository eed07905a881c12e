/**
 * Market data over REST. Every call reserves its weight first; every failure leaves as an AppError that says what to
 * do next and holds nothing secret; every answer is checked before anyone sees it.
 */
import { Injectable } from '@nestjs/common';
import type { USDMClient } from 'binance/lib/usdm-client';
import { AppConfig } from '@slt/config';
import {
  AppError,
  isAppError,
  type CandleColumns,
  type DurationMs,
  type Interval,
  intervalMs,
  SECOND_MS,
  type UtcMs,
} from '@slt/domain';
import { badResponse, excerpt } from './core/bad-response';
import { isInstant } from './core/decimal';
import { judgeFailure, parseErrorBody, toExchangeError } from './core/exchange-error';
import { type ExchangeInfo, parseExchangeInfo } from './core/exchange-info';
import { closedCandles, parseKlineRows } from './core/kline-rows';
import { scanKlineBytes } from './core/kline-bytes';
import { klineWeight } from './core/kline-weight';
import { parseTickers, type Ticker24h } from './core/tickers';
import type { WeightPurpose } from './core/weight-window';
import { CandleProof } from './candle-proof';
import { ExchangeTime } from './exchange-time';
import { type Answer, CallError, RestTransport } from './rest-transport';
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

/** Runs the work when its turn comes, so that no more than so many requests are on the wire at once. */
export type Line = <T>(work: () => Promise<T>) => Promise<T>;

interface Call<T> {
  readonly weight: number;
  readonly purpose: WeightPurpose;
  /** Where calls of a kind wait for one another; between the reservation and the wire. */
  readonly line?: Line | undefined;
  send(client: USDMClient): Promise<unknown>;
  /** A short cut past JSON.parse, for the shape that the exchange sends; undefined for any other. */
  scan?(bytes: Uint8Array): T | undefined;
  parse(body: unknown): T;
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
    private readonly transport: RestTransport,
    private readonly budget: WeightBudget,
    private readonly time: ExchangeTime,
    private readonly proof: CandleProof,
    private readonly config: AppConfig,
  ) {}

  serverTime(): Promise<UtcMs> {
    return this.call({
      weight: 1,
      // Orders need the clock, so it may use their share.
      purpose: 'trading',
      send: (client) => client.get('fapi/v1/time'),
      parse: parseServerTime,
    });
  }

  async exchangeInfo(): Promise<ExchangeInfo> {
    const info = await this.call({
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
    return this.call({
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
    const tickers = this.call({
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
    return this.call({
      weight: klineWeight(1),
      purpose: 'market',
      send: (client) => client.getContinuousContractKlines({ pair, ...NEWEST_MINUTE } as SdkContinuousKlines),
      parse: parseNewestOpenTime,
    });
  }

  /** @throws AppError; see core/exchange-error for kinds and codes */
  private async call<T>(call: Call<T>): Promise<T> {
    await this.reserve(call.weight, call.purpose);
    const done = this.budget.sending(call.weight);
    let usedWeight: number | undefined;
    const send = async (): Promise<Answer> => {
      this.refuseWhileBanned();
      try {
        const answer = await this.transport.call((client) => call.send(client));
        usedWeight = answer.usedWeight;
        return answer;
      } catch (error) {
        if (error instanceof CallError) usedWeight = error.usedWeight;
        // Before the place in line is given free: who comes next must know of a ban.
        throw await this.explain(error);
      }
    };
    try {
      const answer = await (call.line === undefined ? send() : call.line(send));
      return call.scan?.(answer.bytes) ?? call.parse(this.toBody(answer.bytes.toString()));
    } catch (error) {
      throw await this.explain(error);
    } finally {
      done(usedWeight);
    }
  }

  private async explain(error: unknown): Promise<unknown> {
    return error instanceof CallError ? this.translate(error) : error;
  }

  private async reserve(weight: number, purpose: WeightPurpose): Promise<void> {
    const reservation = await this.budget.tryReserve(weight, purpose);
    if (reservation.granted) return;
    const { retryAfterMs } = reservation;
    this.refuseWhileBanned(retryAfterMs);
    const reason = 'the weight of this minute is spent';
    throw new AppError('transient', 'EXCHANGE.RATE_LIMITED', reason, { retryAfterMs });
  }

  /** Also for who has reserved already and waited in line when the ban came. */
  private refuseWhileBanned(retryAfterMs?: DurationMs): void {
    const until = this.budget.status().bannedUntil;
    if (until === undefined) return;
    const wait = Math.ceil(this.time.toWallMs(until - this.time.now()));
    throw new AppError(
      'transient',
      'EXCHANGE.RATE_LIMITED',
      `the exchange asked us to pause until ${until}`,
      { retryAfterMs: retryAfterMs ?? Math.max(1, wait) },
    );
  }

  /** The parsed answer. An error body that comes with status 200 is an error all the same. */
  private toBody(text: string): unknown {
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch {
      throw badResponse(`no JSON: ${excerpt(text)}`);
    }
    const code = text.length < 1_000 ? parseErrorBody(text)?.code : undefined;
    if (code !== undefined && code < 0) throw new CallError({ status: 200, body: text });
    return body;
  }

  private async translate({ failure }: CallError): Promise<AppError> {
    const verdict = judgeFailure(failure, {
      now: this.time.now(),
      windowEndsAt: this.budget.status().windowEndsAt,
      secrets: [this.config.BINANCE_API_KEY, this.config.BINANCE_API_SECRET].filter(
        (key) => key !== undefined,
      ),
    });
    if (verdict.banUntil !== undefined) await this.budget.ban(verdict.banUntil);
    // One resync for all calls that fail so; its own failure leaves the clock as it was.
    if (verdict.code === 'EXCHANGE.CLOCK_SKEW')
      void this.time.sync(() => this.serverTime()).catch(() => undefined);
    return toExchangeError(verdict, (span) => this.time.toWallMs(span));
  }
}

function parseServerTime(body: unknown): UtcMs {
  const time = (body as { serverTime?: unknown } | null)?.serverTime;
  if (!isInstant(time) || time === 0) throw badResponse(`no server time: ${excerpt(body)}`);
  return time;
}

function parseNewestOpenTime(body: unknown): UtcMs | undefined {
  const row: unknown = Array.isArray(body) ? body.at(-1) : undefined;
  const openTime: unknown = Array.isArray(row) ? row[0] : undefined;
  return isInstant(openTime) ? openTime : undefined;
}
