/** Calls per IP in calendar windows of exchange time: how the funding calls are limited, apart from weight. */
import { MINUTE_MS, type DurationMs, type UtcMs } from '@slt/domain';

export const FUNDING_CALLS = 500;
export const FUNDING_WINDOW_MS: DurationMs = 5 * MINUTE_MS;

export class CallLimiter {
  private readonly calls = new Map<string, { window: number; count: number }>();

  constructor(
    private readonly limit: number,
    private readonly windowMs: DurationMs,
  ) {}

  /** Counts the call. @returns how long to wait when it is one too many, in exchange time; else undefined */
  charge(ip: string, now: UtcMs): DurationMs | undefined {
    const window = Math.floor(now / this.windowMs);
    const known = this.calls.get(ip);
    const count = known?.window === window ? known.count + 1 : 1;
    this.calls.set(ip, { window, count });
    return count <= this.limit ? undefined : this.windowMs - (now % this.windowMs);
  }

  reset(): void {
    this.calls.clear();
  }
}
