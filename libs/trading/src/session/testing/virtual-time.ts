/**
 * Time that passes only when a spec says so: timers, performance.now() and the exchange's clock together. Hours of
 * trading last milliseconds, and every run is the same.
 */
import { Logger } from '@nestjs/common';
import { SystemClock, type UtcMs } from '@slt/domain';

export const T0: UtcMs = Date.UTC(2026, 10, 2, 10, 30);

/** The exchange's clock; it reads the time that `passes`. */
export const clock = new SystemClock();

/** Promises run as ever; what is held back are timers and the time of day. */
export function useVirtualTime(): void {
  beforeEach(() => {
    jest.useFakeTimers({ now: T0, doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
  });
  afterEach(() => {
    jest.clearAllTimers();
    jest.useRealTimers();
  });
}

/** Timers that fall due ring in their order, each with all that follows from it at once. */
export async function passes(ms: number): Promise<void> {
  await jest.advanceTimersByTimeAsync(ms);
}

/** What is under way without waiting for time comes to its end. */
export async function settles(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** What the service tells people is not what a spec looks at. */
export function useSilence(): void {
  beforeAll(() => Logger.overrideLogger(false));
  afterAll(() => Logger.overrideLogger(['log', 'warn', 'error']));
}

/** So much later by the exchange's clock, while nothing here has run: a process that was gone for long. */
export function jumps(ms: number): void {
  jest.setSystemTime(clock.now() + ms);
}
