/**
 * Every setting of the service, its default and its bounds. The names are those of the environment, so that what
 * stands in `.env`, in an error and in the code is one word. Field order is the order of `.env.example`.
 */
import { ArrayNotEmpty, IsBoolean, IsIn, IsOptional, IsString, IsUrl, Matches } from 'class-validator';
import { INTERVALS, type Interval, NOTIFICATION_KINDS, type NotificationKind } from '@slt/domain';
import { Amount, Flag, List, OptionalSecret, OptionalWebAddress, WebAddress, Whole } from './decorators';

export const EXCHANGES = ['emulator', 'testnet', 'binance'] as const;
export const TRADING_MODES = ['paper', 'live'] as const;
export const MATCHINGS = ['auto', 'quotes', 'candles'] as const;
export const HOLDS = ['auto', 'off', 'ready', 'trading'] as const;
export const SWITCHES = ['on', 'off'] as const;
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export class AppConfig {
  // --- HTTP
  @IsString()
  HOST = '127.0.0.1';

  @Whole(0, 65_535)
  PORT = 3000;

  /** Required to listen beyond loopback; asked of every call that changes anything once set. */
  @OptionalSecret()
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
  @Whole(10)
  RATE_LIMIT_REQUESTS = 2400;

  /** Seconds. */
  @Whole(1)
  RATE_LIMIT_PERIOD = 60;

  /** Symbols to follow, separated by commas; empty: the whole universe. */
  @List()
  @IsString({ each: true })
  SYMBOLS: readonly string[] = [];

  // --- History
  @Whole(10, 20_000)
  HISTORY_LIMIT = 1000;

  /** The shortest is streamed; longer ones are aggregated from it where it is whole. */
  @List()
  @IsIn(INTERVALS, { each: true })
  HISTORY_INTERVALS: readonly Interval[] = ['1m'];

  /** Candles kept per file; never fewer than HISTORY_LIMIT. */
  @Whole(10)
  HISTORY_KEEP = 5_000;

  /** Requests under way at once, in this process. */
  @Whole(1, 200)
  HISTORY_CONCURRENCY = 16;

  /** Whether this process works on history jobs itself; false leaves them to apps/worker. */
  @Flag()
  @IsBoolean()
  HISTORY_WORKER = true;

  /** A cached series this young is loaded as it is, without asking the exchange. */
  @Amount(0)
  CACHE_MAX_AGE_MINUTES = 1;

  /** Seconds. */
  @Amount(0)
  CACHE_TTL_TICKER = 30;

  // --- Cluster
  /** Whether the market pipeline starts with the process. */
  @Flag()
  @IsBoolean()
  CLUSTER_AUTOSTART = true;

  /** Share of symbols that must be whole and streaming for readiness. */
  @Amount(0, 1)
  WARMUP_MIN_READY = 0.95;

  // --- Trading
  @Flag()
  @IsBoolean()
  TRADING_ENABLED = false;

  @IsIn(TRADING_MODES)
  TRADING_MODE: (typeof TRADING_MODES)[number] = 'paper';

  /** USDT that a paper account begins with. */
  @Amount(1, 1_000_000_000)
  PAPER_BALANCE = 10_000;

  /**
   * What orders of a paper account meet: the market's quotes as they come, or closed candles, minute by minute, as in a
   * backtest. `auto`: candles where recorded ones are replayed, else quotes.
   */
  @IsIn(MATCHINGS)
  PAPER_MATCHING: (typeof MATCHINGS)[number] = 'auto';

  /** Refused signals that are older are deleted; 0: none. What was traded is kept for ever. */
  @Whole(0, 36_500)
  JOURNAL_RETENTION_DAYS = 90;

  /** Positions at once, entries under way among them. */
  @Whole(1, 1_000)
  MAX_CONCURRENT_ORDERS = 5;

  // --- Risk: shares and ratios are fractions, 0.01 is one per cent; docs/trading-risk.md has each rule
  /** A position's margin, as a share of equity: notional ≤ this × equity × leverage. */
  @Amount(0.000001, 1)
  RISK_POSITION_SHARE = 0.1;

  @Whole(1, 125)
  RISK_LEVERAGE_CAP = 5;

  /** Initial margin of all positions ÷ equity. */
  @Amount(0.000001, 1)
  RISK_MARGIN_RATIO = 0.6;

  /** Net notional of what moves together ÷ (equity × leverage cap). */
  @Amount(0.000001, 1_000)
  RISK_CORRELATED_SHARE = 0.25;

  /** From this correlation of returns on, two symbols move together. */
  @Amount(0, 1)
  RISK_CORRELATION = 0.7;

  /** Of the equity at the start of the UTC day. */
  @Amount(0.000001, 1)
  RISK_DAILY_LOSS = 0.05;

  /** Of the highest equity. */
  @Amount(0.000001, 1)
  RISK_DRAWDOWN = 0.15;

  /** Losing trades in a row that begin a pause. */
  @Whole(1, 1_000)
  RISK_LOSING_STREAK = 4;

  @Amount(0, 43_200)
  RISK_COOL_DOWN_MINUTES = 60;

  /** The liquidation price is at least so many stop distances away. */
  @Amount(1, 100)
  RISK_LIQUIDATION_FACTOR = 2;

  /** The stop is at least so many times the costs of a round trip away. */
  @Amount(0, 100)
  RISK_STOP_MIN_COSTS = 1.5;

  /** Of the price. */
  @Amount(0.000001, 0.5)
  RISK_STOP_MAX_SHARE = 0.05;

  /** Seconds of exchange time. */
  @Amount(0.001, 86_400)
  RISK_SIGNAL_MAX_AGE = 30;

  // --- Circuit breaker: each threshold is the value from which on the level holds
  @Flag()
  @IsBoolean()
  GRADED_CIRCUIT_BREAKER_ENABLED = true;

  /** Seconds of calls that are looked at. */
  @Amount(1, 3_600)
  CIRCUIT_BREAKER_WINDOW = 60;

  /** Fewer calls in the window say nothing. */
  @Whole(1)
  CIRCUIT_BREAKER_MIN_CALLS = 5;

  /** Share of calls that failed. */
  @Amount(0.000001, 1)
  CIRCUIT_BREAKER_WARNING_THRESHOLD = 0.1;

  @Amount(0.000001, 1)
  CIRCUIT_BREAKER_THROTTLED_THRESHOLD = 0.3;

  @Amount(0.000001, 1)
  CIRCUIT_BREAKER_BLOCKED_THRESHOLD = 0.5;

  /** Milliseconds that 95 of 100 calls stay below. */
  @Amount(1)
  CIRCUIT_BREAKER_LATENCY_WARNING = 1_000;

  @Amount(1)
  CIRCUIT_BREAKER_LATENCY_THROTTLED = 3_000;

  @Amount(1)
  CIRCUIT_BREAKER_LATENCY_BLOCKED = 8_000;

  /** Share of streams that are stale. */
  @Amount(0.000001, 1)
  CIRCUIT_BREAKER_STALE_WARNING = 0.05;

  @Amount(0.000001, 1)
  CIRCUIT_BREAKER_STALE_THROTTLED = 0.2;

  @Amount(0.000001, 1)
  CIRCUIT_BREAKER_STALE_BLOCKED = 0.5;

  /** Seconds that a block lasts at least, before it opens half. */
  @Amount(0.1, 86_400)
  CIRCUIT_BREAKER_TIMEOUT = 60;

  /** Seconds without a cause before the level sinks by a grade. */
  @Amount(0, 86_400)
  CIRCUIT_BREAKER_RECOVERY = 60;

  /** Calls that must go well, and entries that may be tried, while half open. */
  @Whole(1, 100)
  CIRCUIT_BREAKER_PROBES = 3;

  // --- Learning: of each market by itself
  /** `off`: the heuristic alone decides, and nothing is learned. */
  @IsIn(SWITCHES)
  LEARNING: (typeof SWITCHES)[number] = 'on';

  /** Hours of exchange time between two trainings of a challenger; 0: only when asked for. */
  @Amount(0, 8_760)
  LEARNING_TRAIN_HOURS = 6;

  /** Labelled signals kept of each market, the newest. */
  @Whole(1_000, 1_000_000)
  LEARNING_SAMPLES = 100_000;

  /** Of all that training draws by chance. */
  @Whole(0, 4_294_967_295)
  LEARNING_SEED = 1;

  // --- Notifications: nobody is told anything until a channel is set; see docs/notifications.md
  /** What every channel tells; the rest is told to nobody, however urgent. */
  @List()
  @ArrayNotEmpty()
  @IsIn(NOTIFICATION_KINDS, { each: true })
  NOTIFY: readonly NotificationKind[] = NOTIFICATION_KINDS;

  /** Of a bot, from BotFather. */
  @IsOptional()
  @Matches(/^\d+:[\w-]{20,}$/, {
    message: 'TELEGRAM_TOKEN must be a token as BotFather gives it: digits:letters',
  })
  TELEGRAM_TOKEN?: string;

  /** Of a person, a group or a channel that the bot may write to. */
  @IsOptional()
  @Matches(/^(-?\d+|@\w+)$/, { message: 'TELEGRAM_CHAT_ID must be a number or @name' })
  TELEGRAM_CHAT_ID?: string;

  /** Another one is a Bot API server of one's own. */
  @WebAddress()
  TELEGRAM_API_URL = 'https://api.telegram.org';

  @OptionalWebAddress()
  DISCORD_WEBHOOK_URL?: string;

  /** Gets JSON, signed with WEBHOOK_SECRET. */
  @OptionalWebAddress()
  WEBHOOK_URL?: string;

  /** As text, or in base64 after `whsec_`. */
  @OptionalSecret()
  WEBHOOK_SECRET?: string;

  // --- Traces
  /** Also on where OTEL_EXPORTER_OTLP_ENDPOINT is set. */
  @IsIn(SWITCHES)
  TRACING: (typeof SWITCHES)[number] = 'off';

  /** A collector that takes OTLP over HTTP; `/v1/traces` is added. */
  @OptionalWebAddress()
  OTEL_EXPORTER_OTLP_ENDPOINT?: string;

  // --- Emulator, with EXCHANGE=emulator
  /** An emulator that runs elsewhere; empty: one of our own, in this process. */
  @IsOptional()
  @IsUrl({ protocols: ['http'], require_tld: false, require_protocol: true })
  EMULATOR_URL?: string;

  @Whole(1, 600)
  EMULATOR_SYMBOLS = 300;

  @Whole(0)
  EMULATOR_SEED = 1;

  /** 1 is real time; 60 closes a one-minute candle every second. */
  @Amount(0.1, 3600)
  EMULATOR_SPEED = 1;

  /** A folder of recorded candles to replay instead of generating. */
  @IsOptional()
  @IsString()
  EMULATOR_REPLAY?: string;

  /**
   * How long a recording waits for this process: until the market is warm, until trading is on, or not at all. `auto`:
   * for trading where TRADING_ENABLED starts it, else for the market. Also of an emulator that runs elsewhere, if held.
   */
  @IsIn(HOLDS)
  EMULATOR_HOLD: (typeof HOLDS)[number] = 'auto';
}
