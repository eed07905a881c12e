/** Settings as a person gives them: the environment over `.env`. */
import { existsSync } from 'node:fs';
import { type AppConfig, type Environment, loadConfig } from '@slt/config';
import { AppError } from '@slt/domain';

/**
 * @param environment the process's own: the file is read into it
 * @param file read when it exists; what the environment sets already wins
 * @throws AppError invalid, naming every problem at once
 */
export function readConfig(environment: Environment, file = '.env'): AppConfig {
  if (existsSync(file)) {
    try {
      process.loadEnvFile(file);
    } catch (error) {
      throw new AppError(
        'invalid',
        'CONFIG.UNREADABLE',
        `${file} cannot be read: ${(error as Error).message}`,
        {
          cause: error,
        },
      );
    }
  }
  return loadConfig(environment);
}
