/** The real trader over HTTP, against an emulator of its own, in a folder that goes away with it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoggerService } from '@nestjs/common';
import { type AppConfig, loadConfig } from '@slt/config';
import { Emulator, type EmulatorOptions } from '@slt/emulator';
import { createTrader, type Trader } from '../../../apps/trader/src/create-app';

export interface TestTrader extends Trader {
  readonly emulator: Emulator;
  readonly folder: string;
}

export interface TestTraderOptions {
  environment?: Record<string, string>;
  emulator?: EmulatorOptions;
  /** An exchange that runs already; it stays the caller's to close. */
  exchange?: Emulator;
  /** What no environment would be let through with. */
  adjust?: (config: AppConfig) => void;
  logger?: LoggerService;
}

export async function startTrader(options: TestTraderOptions = {}): Promise<TestTrader> {
  const { environment = {}, exchange, logger = false } = options;
  const folder = await mkdtemp(join(tmpdir(), 'slt-http-'));
  const emulator = exchange ?? (await Emulator.start({ symbols: 6, ...options.emulator }));
  const config = loadConfig({ PORT: '0', DATA_DIR: folder, HISTORY_LIMIT: '120', ...environment });
  options.adjust?.(config);
  const remove = async (): Promise<void> => {
    if (exchange === undefined) await emulator.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  };
  try {
    const trader = await createTrader(config, { logger, emulator });
    let closing: Promise<void> | undefined;
    const close = () => (closing ??= trader.close().finally(remove));
    return { ...trader, close, emulator, folder };
  } catch (error) {
    await remove();
    throw error;
  }
}
