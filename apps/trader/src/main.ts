/** The process: settings, start, what a person sees, and the end. */
import 'reflect-metadata';
import { setTimeout as delay } from 'node:timers/promises';
import { type AppConfig, loadConfig, readEnvFile } from '@slt/config';
import { AppError } from '@slt/domain';
import { createLogger, type PinoLogger, Terminal } from '@slt/logging';
import type { Trader } from './create-app';
import { Announcer } from './start/announcer';
import { releaseMemoryAfterWarmUp } from './start/memory-release';
import { Shutdown } from './start/shutdown';
import { WaitingRoom } from './start/waiting-room';

const EXIT_FAILED = 1;
const EXIT_MISCONFIGURED = 2;
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 15_000;

async function main(): Promise<void> {
  // Files of a few thousand rows gain nothing from polars' threads; their memory stays taken. Read when polars loads.
  process.env['POLARS_MAX_THREADS'] ??= '1';
  readEnvFile();
  const config = loadConfig(process.env);
  const terminal = await Terminal.open();
  const logger = createLogger(config, terminal);
  const room = new WaitingRoom(config);
  const stop = new AbortController();
  const starting = startWhenPossible({ config, logger, room, signal: stop.signal });
  new Shutdown(logger, async () => {
    stop.abort();
    await room.close();
    const trader = await starting.catch(() => undefined);
    await trader?.close();
  }).install();
  const trader = await starting;
  if (trader === undefined || stop.signal.aborted) return;
  const unfollow = new Announcer(logger, terminal, trader.url).follow(trader.cluster);
  stop.signal.addEventListener('abort', unfollow);
  stop.signal.addEventListener('abort', releaseMemoryAfterWarmUp(trader.cluster));
}

interface Start {
  config: AppConfig;
  logger: PinoLogger;
  room: WaitingRoom;
  signal: AbortSignal;
}

/** Tries until what the service stands on is there; meanwhile the waiting room answers. */
async function startWhenPossible({ config, logger, room, signal }: Start): Promise<Trader | undefined> {
  // Loaded once the settings are known to be right: a wrong one is told at once.
  const { createTrader } = await import('./create-app.js');
  for (let waitMs = FIRST_DELAY_MS; !signal.aborted; waitMs = Math.min(2 * waitMs, LONGEST_DELAY_MS)) {
    try {
      return await createTrader(config, { logger, signal, beforeListen: () => room.close() });
    } catch (error) {
      if (signal.aborted) break;
      if (!(error instanceof AppError) || error.kind !== 'transient') throw error;
      logger.warn(`cannot start yet: ${error.message}; again in ${waitMs / 1000} s`, 'Trader');
      await room.open(error);
      await delay(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }
  return undefined;
}

/** Ours are told in one readable message; anything else is a defect and shows its stack. */
function explain(error: unknown): string {
  return error instanceof AppError ? error.message : String((error as Error).stack ?? error);
}

main().catch((error: unknown) => {
  process.stderr.write(`\nSelfLearningTrader cannot start: ${explain(error)}\n`);
  const isMisconfigured = error instanceof AppError && error.kind === 'invalid';
  process.exit(isMisconfigured ? EXIT_MISCONFIGURED : EXIT_FAILED);
});
