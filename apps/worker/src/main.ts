/** A history worker beside the trader: same DATA_DIR, same queue, no decisions. Any number of them may run. */
import 'reflect-metadata';
import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import { type AppConfig, loadConfig, readEnvFile } from '@slt/config';
import { AppError } from '@slt/domain';
import { createWorker, type Worker } from './create-worker';

/** The trader has 3000. */
const DEFAULT_PORT = '3001';
const CLOSE_DEADLINE_MS = 4_800;
const LEVELS: readonly LogLevel[] = ['fatal', 'error', 'warn', 'log', 'debug', 'verbose'];
const LEVELS_SHOWN: Readonly<Record<AppConfig['LOG_LEVEL'], number>> = {
  silent: 0,
  fatal: 1,
  error: 2,
  warn: 3,
  info: 4,
  debug: 5,
  trace: 6,
};

async function main(): Promise<void> {
  readEnvFile();
  const isPortGiven = (process.env['PORT'] ?? '') !== '';
  const config = loadConfig(isPortGiven ? process.env : { ...process.env, PORT: DEFAULT_PORT });
  const logger = createLogger(config);
  const running: { worker?: Worker } = {};
  let isEnding = false;
  const end = (signal: string, code: number): void => {
    if (isEnding) process.exit(code);
    isEnding = true;
    logger.log(`${signal}: giving jobs back`, 'Worker');
    setTimeout(() => process.exit(1), CLOSE_DEADLINE_MS).unref();
    void (running.worker?.close() ?? Promise.resolve()).then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', () => end('SIGTERM', 143));
  process.on('SIGINT', () => end('SIGINT', 130));
  const worker = await createWorker(config, { logger, anyPort: !isPortGiven });
  running.worker = worker;
  logger.log(`works on history jobs; probes at ${worker.url}/health/ready`, 'Worker');
}

function createLogger(config: AppConfig): ConsoleLogger {
  return new ConsoleLogger({
    json: !process.stdout.isTTY,
    logLevels: LEVELS.slice(0, LEVELS_SHOWN[config.LOG_LEVEL]),
  });
}

main().catch((error: unknown) => {
  const text = error instanceof AppError ? error.message : String((error as Error).stack ?? error);
  process.stderr.write(`\nthe history worker cannot start: ${text}\n`);
  process.exit(error instanceof AppError && error.kind === 'invalid' ? 2 : 1);
});
