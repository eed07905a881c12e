/** Steps that wait for one another: what fails holds up nobody. */
import { type AppError, toAppError } from '@slt/domain';

export class Turns {
  private last: Promise<unknown> = Promise.resolve();

  /** @param failed of what nobody waits for */
  constructor(private readonly failed: (error: AppError) => void) {}

  /** As soon as all before it are over. */
  run<T>(step: () => Promise<T>): Promise<T> {
    const done = this.last.then(step);
    this.last = done.catch(() => undefined);
    return done;
  }

  /** The same, and nobody waits for it. */
  start(step: () => Promise<unknown>): void {
    this.run(step).catch((error: unknown) => this.failed(toAppError(error, 'TRADING.BROKEN')));
  }
}
