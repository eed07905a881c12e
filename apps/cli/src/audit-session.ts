/** What an audit stands on, for the length of one command: the journal's database and a line to the exchange. */
import { type DynamicModule, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type AppConfig, ConfigModule } from '@slt/config';
import { DatabaseModule } from '@slt/database';
import { Emulator } from '@slt/emulator';
import { ExchangeClock, type ExchangeEndpoint, ExchangeModule, resolveEndpoint } from '@slt/exchange';
import { AccountAudit, TradingModule } from '@slt/trading';
import { isOwnEmulator } from './exchange-session';
import { UsageError } from './exit';

@Module({})
class AuditModule {
  /** A guest of the trader that runs on this DATA_DIR; without one the database is started as long as it takes. */
  static forRoot(config: AppConfig, endpoint: ExchangeEndpoint): DynamicModule {
    return {
      module: AuditModule,
      imports: [
        ConfigModule.forRoot(config),
        DatabaseModule.forRoot({ role: 'either' }),
        ExchangeModule.forRoot(endpoint),
        TradingModule,
      ],
    };
  }
}

export interface AuditSession {
  readonly audit: AccountAudit;
  close(): Promise<void>;
}

/** @throws UsageError; AppError transient when exchange or database do not answer */
export async function openAudit(config: AppConfig): Promise<AuditSession> {
  if (config.TRADING_MODE === 'live' && isOwnEmulator(config)) {
    const where = 'set EMULATOR_URL to where it runs (the trader names it at its start), or EXCHANGE';
    throw new UsageError([`an emulated account lives in its emulator: ${where}`]);
  }
  // A paper account needs no exchange but its name: which market it was traded on.
  const emulator = isOwnEmulator(config) ? await startNamesake(config) : undefined;
  let app: INestApplicationContext | undefined;
  const close = async (): Promise<void> => {
    await app?.close();
    await emulator?.close();
  };
  try {
    const endpoint = await resolveEndpoint(config, emulator);
    app = await NestFactory.createApplicationContext(AuditModule.forRoot(config, endpoint), {
      logger: false,
      abortOnError: false,
    });
    await app.get(ExchangeClock).sync();
    return { audit: app.get(AccountAudit), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The same market as the trader's own emulator, by name. */
function startNamesake(config: AppConfig): Promise<Emulator> {
  return Emulator.start({
    symbols: config.EMULATOR_SYMBOLS,
    seed: config.EMULATOR_SEED,
    speed: config.EMULATOR_SPEED,
    quiet: true,
    ...(config.EMULATOR_REPLAY !== undefined && { replay: config.EMULATOR_REPLAY }),
  });
}
