/** Lets go of refused signals of our account once they are old; what was traded stays, with its orders. */
import { Inject, Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { AppConfig } from '@slt/config';
import { type Clock, HOUR_MS, toAppError } from '@slt/domain';
import { CLOCK } from '@slt/exchange';
import { BrokerFactory } from './broker-factory';
import { Journal } from './journal';

const EVERY_MS = HOUR_MS;

@Injectable()
export class JournalRetention {
  private readonly logger = new Logger('Journal');
  private isRunning = false;

  constructor(
    @Inject(AppConfig) private readonly config: Pick<AppConfig, 'JOURNAL_RETENTION_DAYS'>,
    @Inject(CLOCK) private readonly clock: Pick<Clock, 'now'>,
    @Inject(Journal) private readonly journal: Pick<Journal, 'deleteRefusedSignals'>,
    @Inject(BrokerFactory) private readonly brokers: Pick<BrokerFactory, 'account'>,
  ) {}

  /** Never rejects: what could not be deleted now is deleted later. */
  @Interval(EVERY_MS)
  async run(): Promise<void> {
    const { JOURNAL_RETENTION_DAYS: keepDays } = this.config;
    if (keepDays === 0 || this.isRunning) return;
    this.isRunning = true;
    try {
      const deleted = await this.journal.deleteRefusedSignals(
        this.brokers.account,
        this.clock.now(),
        keepDays,
      );
      if (deleted > 0)
        this.logger.log(`${deleted} refused signals, more than ${keepDays} days old, were deleted`);
    } catch (error) {
      this.logger.warn(`old signals were not deleted: ${toAppError(error, 'TRADING.RETENTION').message}`);
    } finally {
      this.isRunning = false;
    }
  }
}
