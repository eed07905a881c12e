/** The real market pipeline on an emulated exchange, without HTTP: what the trader runs, minus its calls. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DynamicModule, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClusterModule, ClusterService } from '@slt/cluster';
import { AppConfig, ConfigModule } from '@slt/config';
import { Database, DatabaseModule, DataDirLock } from '@slt/database';
import { type Candle, candleAt, type CandleColumns, type Interval, intervalMs } from '@slt/domain';
import { Emulator, type EmulatorOptions } from '@slt/emulator';
import {
  endpointFromConfig,
  ExchangeModule,
  MarketStreams,
  type MarketStreamsOptions,
  STREAM_OPTIONS,
} from '@slt/exchange';
import { CandleStore, HistoryModule, HistoryService } from '@slt/history';
import { eventually } from '../../support/eventually';

/** Network patience in tests: what takes tens of seconds in earnest takes one or two. */
const IMPATIENT: Partial<MarketStreamsOptions> = {
  handshakeTimeoutMs: 1_500,
  ackTimeoutMs: 1_500,
  pingEveryMs: 500,
  pongTimeoutMs: 500,
  silenceMs: 1_500,
  backoff: { baseMs: 50, maxMs: 500 },
};

@Module({})
class StreamOptionsModule {
  static of(options: Partial<MarketStreamsOptions>): DynamicModule {
    const provider = { provide: STREAM_OPTIONS, useValue: options };
    return { module: StreamOptionsModule, global: true, providers: [provider], exports: [STREAM_OPTIONS] };
  }
}

export interface MarketOptions {
  readonly emulator?: EmulatorOptions;
  readonly config?: Partial<AppConfig>;
  /** Goes on with the data of an earlier one. */
  readonly dataDir?: string;
  /** An exchange that already runs; stays the caller's to close. */
  readonly exchange?: Emulator;
}

/** One database for the scenarios of a file. */
export class SharedDatabase {
  private constructor(
    readonly url: string,
    private readonly database: Database,
    private readonly folder: string,
  ) {}

  static async start(): Promise<SharedDatabase> {
    const folder = await mkdtemp(join(tmpdir(), 'slt-db-'));
    const config = Object.assign(new AppConfig(), { DATA_DIR: folder });
    const database = new Database(config, new DataDirLock(config));
    return new SharedDatabase(await database.url(), database, folder);
  }

  async stop(): Promise<void> {
    await this.database.close();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

export class MarketUnderTest {
  /** What went downstream, by `symbol interval`. */
  readonly delivered = new Map<string, Candle[]>();
  private closed = false;

  private constructor(
    readonly app: INestApplicationContext,
    public emulator: Emulator,
    readonly dataDir: string,
    private readonly ownsExchange: boolean,
  ) {
    this.cluster.onCandle((symbol, interval, candle) => {
      const key = `${symbol} ${interval}`;
      const candles = this.delivered.get(key);
      if (candles === undefined) this.delivered.set(key, [candle]);
      else candles.push(candle);
    });
  }

  static async start(database: SharedDatabase, options: MarketOptions = {}): Promise<MarketUnderTest> {
    const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'slt-market-')));
    const emulator =
      options.exchange ??
      (await Emulator.start({ symbols: 12, speed: 300, quiet: true, ...options.emulator }));
    const config = Object.assign(new AppConfig(), {
      DATA_DIR: dataDir,
      DATABASE_URL: database.url,
      HISTORY_LIMIT: 120,
      LOG_LEVEL: 'silent',
      ...options.config,
    });
    @Module({
      imports: [
        ConfigModule.forRoot(config),
        DatabaseModule,
        StreamOptionsModule.of(IMPATIENT),
        ExchangeModule.forRoot(endpointFromConfig(config, emulator)),
        HistoryModule.forRoot(),
        ClusterModule,
      ],
    })
    class Pipeline {}
    const app = await NestFactory.createApplicationContext(Pipeline, {
      logger: process.env['SLT_TEST_LOGS'] === undefined ? false : ['log', 'warn', 'error', 'debug'],
      abortOnError: false,
    });
    return new MarketUnderTest(app, emulator, dataDir, options.exchange === undefined);
  }

  get cluster(): ClusterService {
    return this.app.get(ClusterService);
  }

  get streams(): MarketStreams {
    return this.app.get(MarketStreams);
  }

  get store(): CandleStore {
    return this.app.get(CandleStore);
  }

  get history(): HistoryService {
    return this.app.get(HistoryService);
  }

  symbols(): string[] {
    return this.cluster.symbols().map(({ symbol }) => symbol);
  }

  async ready(timeoutMs = 15_000): Promise<void> {
    await eventually(() => {
      const { ready, phase, reason, failures } = this.cluster.status();
      if (!ready || phase !== 'streaming') {
        throw new Error(`${phase}: ${reason ?? 'not streaming'} ${JSON.stringify(failures.slice(0, 2))}`);
      }
    }, timeoutMs);
  }

  /** Waits until every symbol has delivered so many more candles of the interval. */
  async streamed(count: number, options: { interval?: Interval; timeoutMs?: number } = {}): Promise<void> {
    const { interval = '1m', timeoutMs = 20_000 } = options;
    const had = new Map(this.symbols().map((symbol) => [symbol, this.countOf(symbol, interval)]));
    await eventually(() => {
      const behind = [...had].filter(([symbol, before]) => this.countOf(symbol, interval) < before + count);
      if (behind.length > 0) {
        const states = behind.slice(0, 3).map(([symbol]) => this.cluster.symbolState(symbol));
        throw new Error(`${behind.length} symbols lag: ${JSON.stringify(states)}`);
      }
    }, timeoutMs);
  }

  /** What differs between the live series and the exchange's truth; empty when all is well. */
  flaws(interval: Interval = '1m'): string[] {
    return this.symbols().flatMap((symbol) => {
      const series = this.cluster.series(symbol, interval);
      if (series === undefined || series.length === 0) return [`${symbol}: no series`];
      return compare(symbol, series.toColumns(), { emulator: this.emulator, interval });
    });
  }

  /** The same of what lies on disk. */
  async flawsOnDisk(interval: Interval = '1m'): Promise<string[]> {
    const flaws = await Promise.all(
      this.symbols().map(async (symbol) => {
        const stored = await this.store.read(symbol, interval);
        if (stored === undefined) return [`${symbol}: no file`];
        return compare(symbol, stored.columns, { emulator: this.emulator, interval });
      }),
    );
    return flaws.flat();
  }

  /** Whether downstream saw each candle once and in order, without one left out. */
  disorders(interval: Interval = '1m'): string[] {
    const step = intervalMs(interval);
    return [...this.delivered].flatMap(([key, candles]) => {
      if (!key.endsWith(` ${interval}`)) return [];
      return candles.slice(1).flatMap((candle, i) => {
        const steps = (candle.openTime - candles[i]!.openTime) / step;
        return steps === 1 ? [] : [`${key}: ${steps} steps to ${candle.openTime}`];
      });
    });
  }

  async close(options: { keepData?: boolean } = {}): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.app.close();
    if (this.ownsExchange) await this.emulator.close();
    if (options.keepData !== true)
      await rm(this.dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  private countOf(symbol: string, interval: Interval): number {
    return this.delivered.get(`${symbol} ${interval}`)?.length ?? 0;
  }
}

/** Nothing missing between both ends, nothing double, nothing forming, and each number as the exchange has it. */
function compare(
  symbol: string,
  columns: CandleColumns,
  against: { emulator: Emulator; interval: Interval },
): string[] {
  const { emulator, interval } = against;
  const now = emulator.now();
  const from = columns.openTime[0]!;
  const to = columns.openTime[columns.length - 1]!;
  const flaws: string[] = [];
  if (to + intervalMs(interval) > now) flaws.push(`${symbol}: a forming candle at ${to}`);
  const range = { from, to, limit: 1_000_000, fromEnd: false };
  const truth = emulator.market.klines(symbol, interval, range, now).map((row) => ({
    openTime: row.openTime,
    open: Number(row.open),
    high: Number(row.high),
    low: Number(row.low),
    close: Number(row.close),
    volume: Number(row.volume),
  }));
  if (truth.length !== columns.length) flaws.push(`${symbol}: ${columns.length} of ${truth.length} candles`);
  for (let i = 0; i < Math.min(truth.length, columns.length); i++) {
    const held = candleAt(columns, i);
    if (JSON.stringify(held) === JSON.stringify(truth[i])) continue;
    flaws.push(`${symbol} #${i}: ${JSON.stringify(held)} instead of ${JSON.stringify(truth[i])}`);
    break;
  }
  return flaws;
}
