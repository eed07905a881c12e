/**
 * A line to an exchange for the length of one command, without the trader and without its database. Where `EXCHANGE` is
 * not set it is an emulator inside this process.
 */
import { mkdir } from 'node:fs/promises';
import { type DynamicModule, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type AppConfig, ConfigModule } from '@slt/config';
import { DatabaseModule } from '@slt/database';
import type { Clock, UtcMs } from '@slt/domain';
import { Emulator } from '@slt/emulator';
import {
  BinanceClient,
  ExchangeClock,
  ExchangeEndpoint,
  ExchangeModule,
  resolveEndpoint,
  Universe,
} from '@slt/exchange';

export interface ExchangeSession {
  readonly endpoint: ExchangeEndpoint;
  readonly client: BinanceClient;
  readonly clock: Clock;
  readonly universe: Universe;
  close(): Promise<void>;
}

export interface SessionOptions {
  /** An emulator of our own begins at least here, so that it knows all that is cached. */
  readonly notBefore?: UtcMs;
}

/** The weight budget is this process's own, unless a Redis or a database of its own keeps it for all. */
@Module({})
class SessionModule {
  static forRoot(config: AppConfig, endpoint: ExchangeEndpoint): DynamicModule {
    const database = config.DATABASE_URL === undefined ? [] : [DatabaseModule.forRoot({ role: 'guest' })];
    return {
      module: SessionModule,
      imports: [ConfigModule.forRoot(config), ...database, ExchangeModule.forRoot(endpoint)],
    };
  }
}

/** @throws AppError transient when the exchange does not answer */
export async function openExchange(
  config: AppConfig,
  options: SessionOptions = {},
): Promise<ExchangeSession> {
  const emulator = isOwnEmulator(config) ? await startEmulator(config, options) : undefined;
  let app: INestApplicationContext | undefined;
  const close = async (): Promise<void> => {
    await app?.close();
    await emulator?.close();
  };
  try {
    const endpoint = await resolveEndpoint(config, emulator);
    await mkdir(config.DATA_DIR, { recursive: true });
    app = await NestFactory.createApplicationContext(SessionModule.forRoot(config, endpoint), {
      logger: false,
      abortOnError: false,
    });
    const clock = app.get(ExchangeClock);
    await clock.sync();
    return { endpoint, clock, client: app.get(BinanceClient), universe: app.get(Universe), close };
  } catch (error) {
    await close();
    throw error;
  }
}

export function isOwnEmulator(config: AppConfig): boolean {
  return config.EXCHANGE === 'emulator' && config.EMULATOR_URL === undefined;
}

function startEmulator(config: AppConfig, { notBefore }: SessionOptions): Promise<Emulator> {
  const now = Date.now();
  return Emulator.start({
    symbols: config.EMULATOR_SYMBOLS,
    seed: config.EMULATOR_SEED,
    speed: config.EMULATOR_SPEED,
    quiet: true,
    ...(config.EMULATOR_REPLAY !== undefined && { replay: config.EMULATOR_REPLAY }),
    ...(notBefore !== undefined && notBefore > now && { startTime: notBefore }),
  });
}
