/** Pauses that can be ended early, all at once and for good. */
import type { DurationMs } from '@slt/domain';

export class Sleepers {
  private readonly wakers = new Set<() => void>();
  private isAwake = false;

  /** Wall time. Keeps no process alive. */
  sleep(ms: DurationMs): Promise<void> {
    if (this.isAwake) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.wakers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms).unref();
      this.wakers.add(wake);
    });
  }

  /** Nobody sleeps any more. */
  wake(): void {
    this.isAwake = true;
    for (const wake of this.wakers) wake();
  }
}
