/** The emulator inside this process: what a newcomer trades against with nothing installed and nothing configured. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AppConfig } from '@slt/config';
import { MINUTE_MS, type UtcMs } from '@slt/domain';
import type { Emulator } from '@slt/emulator';
import {
  type EmulatorRecord,
  type EmulatorRecords,
  identityOf,
  parseRecords,
  recordOf,
  resumeTime,
  withRecord,
} from './emulator-origin';

const FILE = 'emulator.json';
const SAVE_EVERY_MS = MINUTE_MS;

export class EmulatorHost {
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    readonly emulator: Emulator,
    private readonly path: string,
    private readonly records: EmulatorRecords,
    private readonly record: EmulatorRecord,
  ) {}

  /** Starts it where the last run with the same market left off. */
  static async start(config: AppConfig): Promise<EmulatorHost> {
    await mkdir(config.DATA_DIR, { recursive: true });
    const path = join(config.DATA_DIR, FILE);
    const records = parseRecords(await readFile(path, 'utf8').catch(() => ''));
    const identity = identityOf(config);
    const previous = recordOf(records, identity);
    const emulator = await startEmulator(config, previous && resumeTime(previous, Date.now()));
    const origin = { wallMs: Date.now(), exchangeMs: emulator.now() };
    const record = { ...identity, speed: emulator.speed, origin, latestMs: origin.exchangeMs };
    const host = new EmulatorHost(emulator, path, records, record);
    await host.save();
    host.timer = setInterval(() => void host.save().catch(() => undefined), SAVE_EVERY_MS).unref();
    return host;
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.save().catch(() => undefined);
    await this.emulator.close();
  }

  private async save(): Promise<void> {
    const latestMs = Math.max(this.record.latestMs, this.emulator.now());
    const records = withRecord(this.records, { ...this.record, latestMs });
    const temporary = `${this.path}.${process.pid}.tmp`;
    await writeFile(temporary, `${JSON.stringify(records, null, 2)}\n`);
    await rename(temporary, this.path);
  }
}

/** Loaded here, because whoever trades on a real exchange needs none of it. */
async function startEmulator(config: AppConfig, startTime: UtcMs | undefined): Promise<Emulator> {
  const { Emulator } = await import('@slt/emulator');
  return Emulator.start({
    symbols: config.EMULATOR_SYMBOLS,
    seed: config.EMULATOR_SEED,
    speed: config.EMULATOR_SPEED,
    quiet: true,
    ...(config.EMULATOR_REPLAY === undefined ? {} : { replay: config.EMULATOR_REPLAY }),
    ...(startTime === undefined ? {} : { startTime }),
  });
}
