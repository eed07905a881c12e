/**
 * An emulator whose clock stands until whoever trades on it is ready: at a high speed a recorded hour would pass while a
 * trader starts. Real exchanges wait for nobody.
 */
import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { AppError, type DurationMs, SECOND_MS, toAppError } from '@slt/domain';
import { ExchangeEndpoint } from './endpoint';
import { ExchangeClock } from './exchange-clock';
import { ExchangeTime } from './exchange-time';

/** Wall time between two looks whether somebody else has let it go. */
const LOOK_EVERY_MS: DurationMs = 250;
const CALL_LIMIT_MS: DurationMs = 5 * SECOND_MS;

@Injectable()
export class ExchangeHold implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('Exchange');
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly endpoint: ExchangeEndpoint,
    private readonly time: ExchangeTime,
    private readonly clock: ExchangeClock,
  ) {}

  get isHeld(): boolean {
    return this.time.isHeld;
  }

  onModuleInit(): void {
    if (!this.isHeld) return;
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Without effect on a clock that runs. @throws AppError transient */
  async release(): Promise<void> {
    if (!this.isHeld) return;
    await this.call('POST', 'release');
    await this.goOn();
  }

  private async look(): Promise<void> {
    try {
      const { held } = await this.call('GET', 'status');
      if (held === false) await this.goOn();
    } catch (error) {
      this.logger.debug(`the held clock was not looked at: ${toAppError(error, 'EXCHANGE.HOLD').message}`);
    }
  }

  private async goOn(): Promise<void> {
    if (!this.isHeld) return;
    clearInterval(this.timer);
    this.time.release();
    this.logger.log('the recording goes on: the clock of the emulator was let go');
    await this.clock.sync().catch(() => undefined);
  }

  private async call(method: 'GET' | 'POST', name: string): Promise<{ held?: unknown }> {
    const url = `${this.endpoint.restUrl}/emulator/${name}`;
    try {
      const response = await fetch(url, { method, signal: AbortSignal.timeout(CALL_LIMIT_MS) });
      return (await response.json()) as { held?: unknown };
    } catch (cause) {
      throw new AppError('transient', 'EXCHANGE.HOLD', `no emulator answers at ${url}`, { cause });
    }
  }
}
