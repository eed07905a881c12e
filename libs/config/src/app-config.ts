/**
 * Every setting of the service, its default and its bounds. The names are those of the environment, so that what
 * stands in `.env`, in an error and in the code is one word. Field order is the order of `.env.example`.
 */
import { Transform } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Max,
  Min,
} from 'class-validator';
import { INTERVALS, type Interval } from '@slt/domain';
import { toBoolean, toList, toNumber } from './parse';

export const EXCHANGES = ['emulator', 'testnet', 'binance'] as const;
export const TRADING_MODES = ['paper', 'live'] as const;
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const Numeric = (): PropertyDecorator => Transform(({ value }) => toNumber(value));
const Flag = (): PropertyDecorator => Transform(({ value }) => toBoolean(value));
const List = (): PropertyDecorator => Transform(({ value }) => toList(value));

export class AppConfig {
  // --- HTTP
  @IsString()
  HOST = '127.0.0.1';

  @Numeric()
  @IsInt()
  @Min(0)
  @Max(65_535)
  PORT = 3000;

  /** Required to listen beyond loopback; asked of every call that changes anything once set. */
  @IsOptional()
  @Matches(/^[\x21-\x7e]{16,}$/, {
    message: 'API_TOKEN must be at least 16 printable characters without spaces',
  })
  API_TOKEN?: string;

  @IsIn(LOG_LEVELS)
  LOG_LEVEL: (typeof LOG_LEVELS)[number] = 'info';

  // --- Storage
  @IsString()
  DATA_DIR = 'data';

  /** Moves the queues and the weight budget to Redis. */
  @IsOptional()
  @IsUrl({ protocols: ['redis', 'rediss'], require_tld: false, require_protocol: true })
  REDIS_URL?: string;

  /** Moves the tables from the embedded database to a PostgreSQL server. */
  @IsOptional()
  @IsUrl({ protocols: ['postgres', 'postgresql'], require_tld: false, require_protocol: true })
  DATABASE_URL?: string;

  // --- Exchange
  @IsIn(EXCHANGES)
  EXCHANGE: (typeof EXCHANGES)[number] = 'emulator';

  @IsOptional()
  @IsString()
  BINANCE_API_KEY?: string;

  @IsOptional()
  @IsString()
  BINANCE_API_SECRET?: string;

  /** Request weight per period that this machine's IP may spend. */
  @Numeric()
  @IsInt()
  @Min(10)
  RATE_LIMIT_REQUESTS = 2400;

  /** Seconds. */
  @Numeric()
  @IsInt()
  @Min(1)
  RATE_LIMIT_PERIOD = 60;

  /** Symbols to follow, separated by commas; empty: the whole universe. */
  @List()
  @IsString({ each: true })
  SYMBOLS: readonly string[] = [];

  // --- History
  @Numeric()
  @IsInt()
  @Min(10)
  @Max(20_000)
  HISTORY_LIMIT = 1000;

  /** The shortest is streamed; longer ones are aggregated from it where it is whole. */
  @List()
  @IsIn(INTERVALS, { each: true })
  HISTORY_INTERVALS: readonly Interval[] = ['1m'];

  /** Candles kept per file; never fewer than HISTORY_LIMIT. */
  @Numeric()
  @IsInt()
  @Min(10)
  HISTORY_KEEP = 5_000;

  /** Requests under way at once, in this process. */
  @Numeric()
  @IsInt()
  @Min(1)
  @Max(200)
  HISTORY_CONCURRENCY = 16;

  /** Whether this process works on history jobs itself; false leaves them to apps/worker. */
  @Flag()
  @IsBoolean()
  HISTORY_WORKER = true;

  /** A cached series this young is loaded as it is, without asking the exchange. */
  @Numeric()
  @IsNumber()
  @Min(0)
  CACHE_MAX_AGE_MINUTES = 1;

  /** Seconds. */
  @Numeric()
  @IsNumber()
  @Min(0)
  CACHE_TTL_TICKER = 30;

  // --- Cluster
  /** Whether the market pipeline starts with the process. */
  @Flag()
  @IsBoolean()
  CLUSTER_AUTOSTART = true;

  /** Share of symbols that must be whole and streaming for readiness. */
  @Numeric()
  @IsNumber()
  @Min(0)
  @Max(1)
  WARMUP_MIN_READY = 0.95;

  // --- Trading: read and validated, without effect until the trading module is there
  @Flag()
  @IsBoolean()
  TRADING_ENABLED = false;

  @IsIn(TRADING_MODES)
  TRADING_MODE: (typeof TRADING_MODES)[number] = 'paper';

  // --- Emulator, with EXCHANGE=emulator
  /** An emulator that runs elsewhere; empty: one of our own, in this process. */
  @IsOptional()
  @IsUrl({ protocols: ['http'], require_tld: false, require_protocol: true })
  EMULATOR_URL?: string;

  @Numeric()
  @IsInt()
  @Min(1)
  @Max(600)
  EMULATOR_SYMBOLS = 300;

  @Numeric()
  @IsInt()
  @Min(0)
  EMULATOR_SEED = 1;

  /** 1 is real time; 60 closes a one-minute candle every second. */
  @Numeric()
  @IsNumber()
  @Min(0.1)
  @Max(3600)
  EMULATOR_SPEED = 1;

  /** A folder of recorded candles to replay instead of generating. */
  @IsOptional()
  @IsString()
  EMULATOR_REPLAY?: string;
}
