/** A history worker beside the trader: same DATA_DIR, same queue, no decisions. Any number of them may run. */
import 'reflect-metadata';
import { loadConfig, readEnvFile } from '@slt/config';
import { AppError } from '@slt/domain';
import { createLogger, Terminal } from '@slt/logging';
import { createWorker, type Worker } from './create-worker';

/** The trader has 3000. */
const DEFAULT_PORT = '3001';
const CLOSE_DEADLINE_MS = 4_800;

async function main(): Promise<void> {
  readEnvFile();
  const isPortGiven = (process.env['PORT'] ?? '') !== '';
  const config = loadConfig(isPortGiven ? process.env : { ...process.env, PORT: DEFAULT_PORT });
  const logger = createLogger(config, await Terminal.open());
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

main().catch((error: unknown) => {
  const text = error instanceof AppError ? error.message : String((error as Error).stack ?? error);
  process.stderr.write(`\nthe history worker cannot start: ${text}\n`);
  process.exit(error instanceof AppError && error.kind === 'invalid' ? 2 : 1);
});
