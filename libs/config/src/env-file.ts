/** Settings as a person keeps them: a `.env` file under the environment. */
import { existsSync } from 'node:fs';
import { AppError } from '@slt/domain';

/**
 * Reads the file, when it exists, into this process's environment; what the environment sets already wins.
 * @throws AppError invalid, `CONFIG.UNREADABLE`
 */
export function readEnvFile(file = '.env'): void {
  if (!existsSync(file)) return;
  try {
    process.loadEnvFile(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError('invalid', 'CONFIG.UNREADABLE', `${file} cannot be read: ${reason}`, { cause: error });
  }
}
