/** The real trader over HTTP, against an emulator of its own, in a folder that goes away with it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@slt/config';
import { Emulator, type EmulatorOptions } from '@slt/emulator';
import { createTrader, type Trader } from '../../../apps/trader/src/create-app';

export interface TestTrader extends Trader {
  readonly emulator: Emulator;
  readonly folder: string;
}

export interface TestTraderOptions {
  environment?: Record<string, string>;
  emulator?: EmulatorOptions;
}

export async function startTrader({
  environment = {},
  emulator: market = {},
}: TestTraderOptions = {}): Promise<TestTrader> {
  const folder = await mkdtemp(join(tmpdir(), 'slt-http-'));
  const emulator = await Emulator.start({ symbols: 6, ...market });
  const config = loadConfig({ PORT: '0', DATA_DIR: folder, HISTORY_LIMIT: '120', ...environment });
  const remove = async (): Promise<void> => {
    await emulator.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  };
  try {
    const trader = await createTrader(config, { logger: false, emulator });
    let closing: Promise<void> | undefined;
    const close = () => (closing ??= trader.close().finally(remove));
    return { ...trader, close, emulator, folder };
  } catch (error) {
    await remove();
    throw error;
  }
}
