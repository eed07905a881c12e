/** How the process ends: at once when asked twice, within five seconds when asked once, and never half alive. */
import type { PinoLogger } from '@slt/logging';

const DEADLINE_MS = 4_800;
const SIGNALS = { SIGINT: 2, SIGTERM: 15 } as const;

export class Shutdown {
  private ending = false;

  constructor(
    private readonly logger: PinoLogger,
    private readonly close: () => Promise<void>,
    private readonly exit: (code: number) => void = (code) => process.exit(code),
  ) {}

  /** Listens to signals and to errors nobody caught. */
  install(): void {
    for (const signal of Object.keys(SIGNALS) as (keyof typeof SIGNALS)[]) {
      process.on(signal, () => this.onSignal(signal));
    }
    process.on('uncaughtException', (error) => this.onCrash('an exception', error));
    process.on('unhandledRejection', (reason) => this.onCrash('a rejection', reason));
  }

  onSignal(signal: keyof typeof SIGNALS): void {
    if (this.ending) {
      this.logger.warn(`${signal} again: stopping at once`, 'Shutdown');
      this.exit(128 + SIGNALS[signal]);
      return;
    }
    this.logger.log(`${signal}: stopping`, 'Shutdown');
    void this.end(0);
  }

  onCrash(what: string, reason: unknown): void {
    const error = reason instanceof Error ? reason : new Error(String(reason));
    this.logger.fatal(
      { err: error, msg: `${what} that nobody caught: ${error.message}; stopping` },
      'Shutdown',
    );
    if (!this.ending) void this.end(1);
  }

  /** Closes everything and leaves; what has not closed by the deadline is abandoned. */
  private async end(code: number): Promise<void> {
    this.ending = true;
    const started = performance.now();
    const deadline = setTimeout(() => {
      this.logger.error(`not everything stopped within ${DEADLINE_MS} ms`, 'Shutdown');
      this.exit(1);
    }, DEADLINE_MS);
    try {
      await this.close();
      this.logger.log(`stopped in ${Math.round(performance.now() - started)} ms`, 'Shutdown');
      this.exit(code);
    } catch (error) {
      this.logger.error({ err: error, msg: 'stopping failed' }, 'Shutdown');
      this.exit(1);
    } finally {
      clearTimeout(deadline);
    }
  }
}
