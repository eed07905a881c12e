/** The emulator inside this process: what a newcomer trades against with nothing installed and nothing configured. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoggerService } from '@nestjs/common';
import type { AppConfig } from '@slt/config';
import { temporarySuffix } from '@slt/database';
import { MINUTE_MS, type UtcMs } from '@slt/domain';
import type { Emulator } from '@slt/emulator';
import {
  type EmulatorRecord,
  type EmulatorRecords,
  identityOf,
  parseRecords,
  recordOf,
  resumeTime,
  saveEveryMs,
  withRecord,
} from './emulator-origin';

const FILE = 'emulator.json';
const CONTEXT = 'Emulator';

export class EmulatorHost {
  private timer: NodeJS.Timeout | undefined;
  private endTold = false;

  private constructor(
    readonly emulator: Emulator,
    private readonly path: string,
    private readonly records: EmulatorRecords,
    private readonly record: EmulatorRecord,
    private readonly logger: LoggerService | undefined,
  ) {}

  /** Starts it where the last run with the same market left off. */
  static async start(config: AppConfig, logger?: LoggerService): Promise<EmulatorHost> {
    await mkdir(config.DATA_DIR, { recursive: true });
    const path = join(config.DATA_DIR, FILE);
    const records = parseRecords(await readFile(path, 'utf8').catch(() => ''));
    const identity = identityOf(config);
    const previous = recordOf(records, identity);
    let emulator = await startEmulator(config, previous && resumeTime(previous, Date.now()));
    if (previous?.source !== undefined && previous.source !== emulator.source) {
      await emulator.close();
      emulator = await startEmulator(config, undefined);
    }
    const { speed, source } = emulator;
    const origin = { wallMs: Date.now(), exchangeMs: emulator.now() };
    const record = { ...identity, speed, origin, latestMs: origin.exchangeMs, source };
    const host = new EmulatorHost(emulator, path, records, record, logger);
    logger?.log(introduce(emulator, config), CONTEXT);
    await host.beat();
    host.timer = setInterval(() => void host.beat().catch(() => undefined), saveEveryMs(identity)).unref();
    return host;
  }

  private async beat(): Promise<void> {
    const end = this.emulator.market.end();
    if (end !== undefined && this.emulator.now() >= end && !this.endTold) {
      this.endTold = true;
      this.logger?.warn?.(
        `the recording ended at ${minuteOf(end)}: exchange time stands still and nothing trades any more; ` +
          `to replay it again, give another DATA_DIR`,
        CONTEXT,
      );
    }
    await this.save();
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.save().catch(() => undefined);
    await this.emulator.close();
  }

  private async save(): Promise<void> {
    const latestMs = Math.max(this.record.latestMs, this.emulator.now());
    const records = withRecord(this.records, { ...this.record, latestMs });
    const temporary = this.path + temporarySuffix();
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
    hold: config.EMULATOR_REPLAY !== undefined && config.EMULATOR_HOLD !== 'off',
    ...(startTime === undefined ? {} : { startTime }),
  });
}

/** Which exchange this is, for whoever starts it for the first time. */
function introduce(emulator: Emulator, { EMULATOR_REPLAY }: AppConfig): string {
  const { market, speed } = emulator;
  const pace = speed === 1 ? 'in real time' : `${speed} times as fast as real time`;
  const now = emulator.now();
  const trading = market.listed(now).filter((symbol) => symbol.statusAt(now) === 'TRADING').length;
  const end = market.end();
  if (EMULATOR_REPLAY === undefined || end === undefined)
    return `generated markets, ${trading} trade, ${pace}; EXCHANGE=binance follows the real ones`;
  const lasts = Math.max(0, Math.round((end - now) / speed / MINUTE_MS));
  return `replays ${EMULATOR_REPLAY} ${pace}: ${trading} symbols trade at ${minuteOf(now)}, it ends at ${minuteOf(end)}, ${lasts} min from now`;
}

function minuteOf(time: UtcMs): string {
  return `${new Date(time).toISOString().slice(0, 16)}Z`;
}
