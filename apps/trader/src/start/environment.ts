/** Settings as a person gives them: the environment over `.env`. */
import { existsSync } from 'node:fs';
import { type AppConfig, loadConfig } from '@slt/config';
import { AppError } from '@slt/domain';

/**
 * @param file read when it exists; what the environment sets already wins
 * @throws AppError invalid, naming every problem at once
 */
export function readConfig(file = '.env'): AppConfig {
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
  return loadConfig(process.env);
}
