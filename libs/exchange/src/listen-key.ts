/**
 * The key to the account's stream: opened, kept alive, closed. The exchange lets it live for an hour and says nothing
 * on the stream when somebody ends it, so it is renewed far more often: a renewal is what tells that it is gone.
 */
import { type DurationMs, isAppError, MINUTE_MS, SECOND_MS } from '@slt/domain';
import type { AccountClient } from './account-client';
import { backoffMs, type BackoffRule } from './core/backoff';

/** Wall times. */
export interface ListenKeyOptions {
  readonly renewEveryMs: DurationMs;
  /** Between attempts while renewals fail. */
  readonly backoff: BackoffRule;
  readonly random: () => number;
}

export const LISTEN_KEY_DEFAULTS: ListenKeyOptions = {
  renewEveryMs: 2 * MINUTE_MS,
  backoff: { baseMs: SECOND_MS, maxMs: MINUTE_MS },
  random: Math.random,
};

export class ListenKey {
  private timer: NodeJS.Timeout | undefined;
  private failures = 0;
  private isClosed = false;

  /** @param onGone the key is dead; called once for each key that was opened */
  constructor(
    private readonly account: Pick<AccountClient, 'openListenKey' | 'renewListenKey' | 'closeListenKey'>,
    private readonly onGone: () => void,
    private readonly options: ListenKeyOptions = LISTEN_KEY_DEFAULTS,
  ) {}

  /** A key that lives, and is kept alive from now on. @throws AppError as the call */
  async open(): Promise<string> {
    const key = await this.account.openListenKey();
    this.failures = 0;
    this.schedule(this.options.renewEveryMs);
    return key;
  }

  /** Ends the key with the exchange; that this may fail is no harm, for it ends by itself. */
  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    await this.account.closeListenKey().catch(() => undefined);
  }

  private schedule(waitMs: DurationMs): void {
    clearTimeout(this.timer);
    if (this.isClosed) return;
    this.timer = setTimeout(() => void this.renew(), waitMs);
  }

  private async renew(): Promise<void> {
    const timer = this.timer;
    let waitMs = this.options.renewEveryMs;
    try {
      await this.account.renewListenKey();
      this.failures = 0;
    } catch (error) {
      if (isAppError(error, 'EXCHANGE.LISTEN_KEY_GONE')) {
        // Not if another was opened meanwhile.
        if (this.timer === timer && !this.isClosed) this.onGone();
        return;
      }
      const retryAfterMs = isAppError(error) ? (error.retryAfterMs ?? 0) : 0;
      const { backoff, random } = this.options;
      waitMs = Math.min(waitMs, Math.max(retryAfterMs, backoffMs(this.failures++, random(), backoff)));
    }
    if (this.timer === timer) this.schedule(waitMs);
  }
}
