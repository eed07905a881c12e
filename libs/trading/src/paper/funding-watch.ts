/**
 * Books fundings on a paper account. Contracts settle on whole hours; the rate stands in the history some moments later,
 * so it is asked for more than once. What was missed, while the process was down too, comes with the next answer.
 */
import { Logger } from '@nestjs/common';
import { type Clock, type DurationMs, HOUR_MS, MINUTE_MS, SECOND_MS, type UtcMs } from '@slt/domain';
import type { PaperAccount } from '../core/paper/paper-account';
import type { PriceFeed } from './price-feed';

/** After the hour, in exchange time. */
const LOOKS: readonly DurationMs[] = [5 * SECOND_MS, 20 * SECOND_MS, MINUTE_MS, 5 * MINUTE_MS];
/** Wall time: however fast the exchange's clock runs, and after a failure. */
const SHORTEST_WAIT_MS = 50;
const AFTER_FAILURE_MS = 5_000;
/** A machine that slept, or a clock that was set, is noticed after so long. */
const LONGEST_WAIT_MS = 1_000;

export class FundingWatch {
  private readonly logger = new Logger('PaperBroker');
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  /** @param onBooked after each look that may have changed the account */
  constructor(
    private readonly account: PaperAccount,
    private readonly feed: PriceFeed,
    private readonly clock: Clock,
    private readonly onBooked: () => void,
  ) {}

  /** Looks now, then after every hour. Never throws: what fails is tried again. */
  async start(): Promise<void> {
    const isDone = await this.look();
    if (isDone) this.wait(nextLook(this.clock.now()));
    else if (!this.isClosed) this.timer = setTimeout(() => void this.start(), AFTER_FAILURE_MS);
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
  }

  private wait(dueAt: UtcMs): void {
    if (this.isClosed) return;
    const left = dueAt - this.clock.now();
    const wallMs = Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_WAIT_MS, this.clock.toWallMs(left)));
    this.timer = setTimeout(() => void (left <= 0 ? this.start() : this.wait(dueAt)), wallMs);
  }

  /** @returns whether all answers came */
  private async look(): Promise<boolean> {
    const until = this.clock.now();
    let isDone = true;
    for (const { symbol, after } of this.account.fundingsDue()) {
      try {
        const settled = await this.feed.fundings(symbol, after, until);
        if (this.isClosed) return true;
        for (const facts of settled) this.account.onFunding(symbol, facts);
        // The newest hour's rate may be on its way yet.
        this.account.fundingsToldUntil(symbol, until - HOUR_MS);
      } catch (error) {
        isDone = false;
        this.logger.warn(`the fundings of ${symbol} are asked for again: ${String(error)}`);
      }
    }
    this.onBooked();
    return isDone;
  }
}

function nextLook(now: UtcMs): UtcMs {
  const hour = Math.floor(now / HOUR_MS) * HOUR_MS;
  return Math.min(
    ...[hour, hour + HOUR_MS].flatMap((at) => LOOKS.map((by) => at + by)).filter((at) => at > now),
  );
}
