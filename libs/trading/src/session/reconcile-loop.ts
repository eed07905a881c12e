/**
 * Reconciles as often as it takes: one at a time, again after a doubt that came meanwhile, and with growing pauses while
 * journal and exchange do not agree.
 */
import { type AppError, type DurationMs, toAppError } from '@slt/domain';
import { Sleepers } from './sleepers';

export interface LoopParts {
  /** @returns whether they agree @throws AppError what the exchange failed with */
  reconcile(cause: string): Promise<boolean>;
  /** They do, and nothing has put it in doubt since. */
  agreed(): void;
  /** They do not yet; it is tried again. @param error undefined: they differ */
  hindered(error: AppError | undefined): void;
}

const RETRY_MIN_MS: DurationMs = 500;
/** No longer: positions may stand without their stops until it agrees. */
const RETRY_MAX_MS: DurationMs = 5_000;

export class ReconcileLoop {
  private readonly sleepers = new Sleepers();
  private cause: string | undefined;
  private isRunning = false;
  private isStopped = false;
  private agreedAt = -Infinity;

  constructor(private readonly parts: LoopParts) {}

  /** Returns at once; what is asked for while one is under way is done after it. */
  ask(cause: string): void {
    this.cause = cause;
    if (!this.isRunning && !this.isStopped) void this.run();
  }

  /** Begins no further one, and tells nothing of the one that is under way. */
  stop(): void {
    this.isStopped = true;
    this.sleepers.wake();
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    // Doubts that come in a row do not keep the exchange busy.
    const tooEarlyMs = this.agreedAt + RETRY_MIN_MS - performance.now();
    if (tooEarlyMs > 0) await this.sleepers.sleep(tooEarlyMs);
    for (let pauseMs = RETRY_MIN_MS; !this.isStopped;) {
      const cause = this.cause ?? '';
      this.cause = undefined;
      const isAgreed = await this.attempt(cause);
      if (this.isStopped) break;
      if (isAgreed && this.cause === undefined) break;
      if (isAgreed) pauseMs = RETRY_MIN_MS;
      this.cause ??= cause;
      await this.sleepers.sleep(pauseMs);
      pauseMs = Math.min(RETRY_MAX_MS, 2 * pauseMs);
    }
    this.isRunning = false;
    if (this.isStopped) return;
    this.agreedAt = performance.now();
    this.parts.agreed();
  }

  private async attempt(cause: string): Promise<boolean> {
    let failure: AppError | undefined;
    try {
      if (await this.parts.reconcile(cause)) return true;
    } catch (error) {
      failure = toAppError(error, 'TRADING.RECONCILIATION');
    }
    if (!this.isStopped) this.parts.hindered(failure);
    return false;
  }
}
