/** Renews a lease in time, and says when it is lost or can no longer be sure to be held. */
import { AppError, toAppError } from '@slt/domain';
import type { HeldLease } from './lease';
import { leaseLost } from './lease-lost';

const RENEWALS_PER_TTL = 3;
const RETRIES_PER_TTL = 20;

export class LeaseKeeper {
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;

  /** @param onLost once: stop trading, send nothing more */
  constructor(
    private readonly lease: HeldLease,
    private readonly onLost: (error: AppError) => void,
  ) {}

  start(): void {
    this.renewIn(this.lease.ttlMs / RENEWALS_PER_TTL);
  }

  /** The lease stays as it is: release it. */
  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  private renewIn(delayMs: number): void {
    if (this.isStopped) return;
    this.timer = setTimeout(() => void this.renew(), delayMs).unref();
  }

  private async renew(): Promise<void> {
    const { lease } = this;
    const giveUp = this.afterExpiry();
    try {
      await Promise.race([lease.renew(), giveUp.promise]);
      this.renewIn(lease.ttlMs / RENEWALS_PER_TTL);
    } catch (error) {
      const cause = toAppError(error, 'TRADING.LEASE_LOST');
      if (cause.kind === 'transient' && lease.remainingMs() > 0) {
        this.renewIn(lease.ttlMs / RETRIES_PER_TTL);
      } else if (!this.isStopped) {
        this.stop();
        this.onLost(
          cause.code === 'TRADING.LEASE_LOST' ? cause : leaseLost(lease.account, [lease.token], cause),
        );
      }
    } finally {
      giveUp.cancel();
    }
  }

  /** A database that does not answer at all must not keep us from knowing that the time has run out. */
  private afterExpiry(): { promise: Promise<never>; cancel: () => void } {
    let timer: NodeJS.Timeout | undefined;
    const promise = new Promise<never>((_, reject) => {
      const late = () =>
        reject(
          new AppError('transient', 'TRADING.LEASE_UNSURE', 'the lease could not be renewed in its time'),
        );
      timer = setTimeout(late, Math.max(0, this.lease.remainingMs())).unref();
    });
    return { promise, cancel: () => clearTimeout(timer) };
  }
}
