/** What has to be done again and again: set the clock, look for new listings. Nothing here may fail a start. */
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { filter, type Subscription, throttleTime } from 'rxjs';
import { MINUTE_MS, SECOND_MS, toAppError } from '@slt/domain';
import { ExchangeClock } from './exchange-clock';
import { MarketStreams } from './market-streams';
import { Universe } from './universe';

const CLOCK_EVERY_MS = 10 * MINUTE_MS;
const UNIVERSE_EVERY_MS = 5 * MINUTE_MS;
/** Notices come in bursts, one for each symbol. */
const NOTICE_BURST_MS = 2 * SECOND_MS;
const FIRST_SYNC_LIMIT_MS = 3 * SECOND_MS;
/** Between attempts while the clock was never set: at first, and at most unless the exchange asks for more. */
const FIRST_RETRY_MS = SECOND_MS / 2;
const LONGEST_RETRY_MS = 30 * SECOND_MS;

@Injectable()
export class ExchangeUpkeep implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(ExchangeUpkeep.name);
  private readonly ending = new AbortController();
  private notices: Subscription | undefined;

  constructor(
    private readonly clock: ExchangeClock,
    private readonly universe: Universe,
    private readonly streams: MarketStreams,
  ) {}

  /** One round trip sets the clock well enough to begin with; the best of several follows by itself. */
  async onModuleInit(): Promise<void> {
    this.notices = this.streams.contractChanges
      .pipe(
        filter((change) => this.universe.concerns(change)),
        throttleTime(NOTICE_BURST_MS, undefined, { leading: false, trailing: true }),
      )
      .subscribe(() => void this.refreshUniverse());
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, FIRST_SYNC_LIMIT_MS)));
    await Promise.race([late, new Promise<void>((tried) => void this.setClock(tried))]);
    clearTimeout(timer);
  }

  onModuleDestroy(): void {
    this.ending.abort();
    this.notices?.unsubscribe();
  }

  @Interval(CLOCK_EVERY_MS)
  syncClock(): Promise<void> {
    return this.attempt('the clock was not set', () => this.clock.sync());
  }

  /** Only a list that somebody has asked for is kept fresh. */
  @Interval(UNIVERSE_EVERY_MS)
  async checkUniverse(): Promise<void> {
    if (this.universe.current() === undefined) return;
    await this.attempt('the list of symbols was not refreshed', () => this.universe.load());
  }

  private refreshUniverse(): Promise<void> {
    return this.attempt('the list of symbols was not refreshed', () => this.universe.refresh());
  }

  /** Tries until the clock is set: until then windows of weight and ends of candles are this machine's guess. */
  private async setClock(tried: () => void): Promise<void> {
    const { signal } = this.ending;
    for (let pauseMs = FIRST_RETRY_MS; !signal.aborted; pauseMs = Math.min(2 * pauseMs, LONGEST_RETRY_MS)) {
      const failure = await this.clock.sync(1).then(
        () => undefined,
        (error: unknown) => toAppError(error, 'EXCHANGE.CLOCK_UNSET'),
      );
      tried();
      if (failure === undefined) return this.syncClock();
      const waitMs = Math.max(pauseMs, failure.retryAfterMs ?? 0);
      this.logger.warn(
        `the clock was not set: ${failure.message}; again in ${Math.ceil(waitMs / SECOND_MS)} s`,
      );
      await delay(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  private async attempt(what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.warn(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
