/** The trader as an object: started for people by main.ts, and by every e2e test. */
// Else loaded by the first candles that are stored, in the middle of the warm-up: .swcrc.
import 'apache-arrow';
import 'nodejs-polars';
import type { AddressInfo } from 'node:net';
import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ClusterService } from '@slt/cluster';
import type { AppConfig } from '@slt/config';
import { DataDirLock } from '@slt/database';
import { AppError } from '@slt/domain';
import type { Emulator } from '@slt/emulator';
import { type ExchangeEndpoint, resolveEndpoint } from '@slt/exchange';
import { HistoryService } from '@slt/history';
import { TradingService } from '@slt/trading';
import { AppModule } from './app.module';
import { serveAssets } from './dashboard/page-files';
import { serveDocs } from './docs/openapi';
import { configureHttp, createAdapter } from './http/configure-http';
import { observeHttp } from './metrics/http-metrics';
import { MetricsRegistry } from './metrics/metrics-registry';
import { EmulatorHost } from './start/emulator-host';
import { traceHttp } from './tracing/http-spans';
import { traceTrades } from './tracing/trade-spans';
import { startTracing, type Tracing } from './tracing/tracing';

export interface TraderOptions {
  /** false: silent; nothing: Nest's own. */
  logger?: false | LoggerService;
  /** A running emulator to trade against; it stays the caller's to close. */
  emulator?: Emulator;
  /** Called once all is built, right before the port is taken. */
  beforeListen?: () => Promise<void>;
  /** Whoever aborts has no use for it any more: it is closed as soon as it can be, and does not listen. */
  signal?: AbortSignal;
}

export interface Trader {
  readonly app: NestFastifyApplication;
  readonly cluster: ClusterService;
  /** `http://127.0.0.1:3000`, without a slash at the end. */
  readonly url: string;
  /** Stops everything it started; twice is harmless. */
  close(): Promise<void>;
}

type Cleanup = (() => Promise<void> | void)[];

/**
 * Listens, then warms up: the market pipeline starts in the background.
 * @throws AppError rejected `DATA_DIR.IN_USE`, `HTTP.PORT_IN_USE`; transient when what it stands on is away; the signal's
 *   reason
 */
export async function createTrader(config: AppConfig, options: TraderOptions = {}): Promise<Trader> {
  const cleanup: Cleanup = [];
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= runBackwards(cleanup));
  try {
    const lock = new DataDirLock(config);
    await lock.acquire();
    cleanup.push(() => lock.release());
    const endpoint = await findExchange(config, options, cleanup);
    const tracing = await startTracing(config);
    if (tracing !== undefined) cleanup.push(() => tracing.close());
    options.signal?.throwIfAborted();
    const app = await createApp({ config, endpoint, lock }, options.logger, tracing);
    cleanup.push(() => app.close());
    options.signal?.throwIfAborted();
    // The database takes a moment to start; the cache is read meanwhile, and the queue loaded.
    app.get(HistoryService).prepare(config.HISTORY_LIMIT);
    await app.init();
    options.signal?.throwIfAborted();
    await options.beforeListen?.();
    await listen(app, config);
    return { app, cluster: app.get(ClusterService), url: urlOf(app), close };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}

async function findExchange(
  config: AppConfig,
  { emulator, logger }: TraderOptions,
  cleanup: Cleanup,
): Promise<ExchangeEndpoint> {
  const isOurs =
    config.EXCHANGE === 'emulator' && config.EMULATOR_URL === undefined && emulator === undefined;
  if (!isOurs) return resolveEndpoint(config, emulator);
  const host = await EmulatorHost.start(config, logger === false ? undefined : logger);
  cleanup.push(() => host.close());
  return resolveEndpoint(config, host.emulator);
}

async function createApp(
  surroundings: Parameters<typeof AppModule.forRoot>[0],
  logger: TraderOptions['logger'],
  tracing: Tracing | undefined,
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(surroundings),
    createAdapter(),
    { bodyParser: false, abortOnError: false, ...(logger === undefined ? {} : { logger }) },
  );
  configureHttp(app, surroundings.config.HOST);
  observeHttp(app.getHttpAdapter().getInstance(), app.get(MetricsRegistry).registry);
  if (tracing !== undefined) {
    traceHttp(app.getHttpAdapter().getInstance(), tracing.tracer);
    traceTrades(app.get(TradingService).events, tracing.tracer);
  }
  serveDocs(app);
  serveAssets(app.getHttpAdapter().getInstance());
  return app;
}

async function listen(app: NestFastifyApplication, { HOST, PORT }: AppConfig): Promise<void> {
  try {
    await app.listen({ host: HOST, port: PORT });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const messages: Readonly<Record<string, string>> = {
      EADDRINUSE: `port ${PORT} of ${HOST} is in use; set PORT to another one`,
      EACCES: `port ${PORT} of ${HOST} may not be used by this user; set PORT to another one`,
      EADDRNOTAVAIL: `this machine has no address ${HOST}; set HOST to one it has`,
    };
    const message = messages[code ?? ''];
    if (message === undefined) throw error;
    throw new AppError('rejected', 'HTTP.CANNOT_LISTEN', message, { cause: error });
  }
}

function urlOf(app: NestFastifyApplication): string {
  const { address, port } = app.getHttpServer().address() as AddressInfo;
  const host = address === '0.0.0.0' || address === '::' ? 'localhost' : address;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Last opened, first closed; each is closed whatever became of the others. */
async function runBackwards(cleanup: Cleanup): Promise<void> {
  const failures: unknown[] = [];
  for (const step of cleanup.reverse()) {
    try {
      await step();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
