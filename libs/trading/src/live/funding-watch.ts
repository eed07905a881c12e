/**
 * Funding as it is paid. The account stream says that there was one, without the payment's id; the list of income has
 * it, moments later and perhaps not for all symbols at once. So a notice on the stream makes the list be read until it
 * tells of nothing new any more.
 */
import { type DurationMs, SECOND_MS, type UtcMs } from '@slt/domain';
import type { FundingPayment } from '../core/broker';

/** Wall times. */
export interface FundingWatchOptions {
  /** Notices of one funding come in a burst, one for each symbol. */
  readonly gatherMs: DurationMs;
  /** Between readings: doubling while they find nothing new, and so many of those at most. */
  readonly retryMs: DurationMs;
  readonly attempts: number;
}

export const FUNDING_WATCH_DEFAULTS: FundingWatchOptions = { gatherMs: 300, retryMs: SECOND_MS, attempts: 4 };

/** The notice's time and the payment's differ by the exchange's own delay; exchange time. */
const LEEWAY_MS: DurationMs = 60 * SECOND_MS;
const REMEMBERED = 10_000;

export class FundingWatch {
  private readonly told = new Set<string>();
  private since: UtcMs | undefined;
  private failures = 0;
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  /** @param tell each payment once */
  constructor(
    private readonly read: (since: UtcMs) => Promise<readonly FundingPayment[]>,
    private readonly tell: (payment: FundingPayment) => void,
    private readonly options: FundingWatchOptions = FUNDING_WATCH_DEFAULTS,
  ) {}

  /** There was a funding, at about that time. */
  notice(at: UtcMs): void {
    this.since = Math.min(this.since ?? at, at - LEEWAY_MS);
    this.failures = 0;
    this.schedule(this.options.gatherMs);
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
  }

  private schedule(waitMs: DurationMs): void {
    clearTimeout(this.timer);
    if (!this.isClosed) this.timer = setTimeout(() => void this.look(), waitMs);
  }

  private async look(): Promise<void> {
    const { timer, since } = this;
    if (since === undefined) return;
    const payments = await this.read(since).catch(() => []);
    if (this.isClosed) return;
    const isNews = payments.map((payment) => this.pass(payment)).includes(true);
    // Another notice came meanwhile: it has a look of its own coming.
    if (this.timer !== timer) return;
    this.failures = isNews ? 0 : this.failures + 1;
    if (this.failures >= this.options.attempts) this.since = undefined;
    else this.schedule(this.options.retryMs * 2 ** this.failures);
  }

  /** @returns whether it was new */
  private pass(payment: FundingPayment): boolean {
    const key = `${payment.symbol} ${payment.id}`;
    if (this.told.has(key)) return false;
    this.told.add(key);
    if (this.told.size > REMEMBERED) this.told.delete([...this.told.keys()][0]!);
    this.tell(payment);
    return true;
  }
}
