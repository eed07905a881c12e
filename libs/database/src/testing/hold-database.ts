/** A process that owns the database of the folder in argv and does nothing, to be killed by a test. */
import 'reflect-metadata';
import { AppConfig } from '@slt/config';
import { AppError } from '@slt/domain';
import { DataDirLock } from '../data-dir-lock';
import { Database } from '../database';

async function main(): Promise<void> {
  const config = Object.assign(new AppConfig(), { DATA_DIR: process.argv[2] });
  const begun = performance.now();
  try {
    await new Database(config, new DataDirLock(config)).url();
    process.stdout.write(`started ${Math.round(performance.now() - begun)}\n`);
    setInterval(() => undefined, 1_000);
  } catch (error) {
    process.stdout.write(
      `failed ${error instanceof AppError ? `${error.code} ${error.message}` : String(error)}\n`,
    );
    process.exitCode = 1;
  }
}

void main();
