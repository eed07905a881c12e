/** What every command gets: settings, where to write, and how it is told to stop. */
import path from 'node:path';
import { type AppConfig, type Environment, loadConfig } from '@slt/config';
import { isAppError } from '@slt/domain';
import { UsageError } from './exit';
import type { Terminal } from './terminal';

export interface CommandContext {
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** Whether the environment says which exchange to talk to. */
  readonly isExchangeNamed: boolean;
  /** The settings of the environment, with another DATA_DIR where one was given. @throws UsageError */
  configFor(folder?: string): AppConfig;
}

export function createContext(
  environment: Environment,
  terminal: Terminal,
  signal: AbortSignal,
): CommandContext {
  return {
    terminal,
    signal,
    isExchangeNamed: (environment['EXCHANGE'] ?? '').trim() !== '',
    configFor: (folder) => {
      if (folder?.trim() === '') throw new UsageError(['--data is empty; name a folder']);
      const config = readConfig(environment);
      config.DATA_DIR = path.resolve(folder ?? config.DATA_DIR);
      return config;
    },
  };
}

function readConfig(environment: Environment): AppConfig {
  try {
    return loadConfig(environment);
  } catch (error) {
    if (isAppError(error, 'CONFIG.INVALID')) throw new UsageError([error.message]);
    throw error;
  }
}
