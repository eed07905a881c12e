/** Calls many feeds once per period of wall time, spread evenly over it, so that updates do not come in one burst. */
import type { DurationMs } from '@slt/domain';

const SLOTS = 10;

export class Ticker {
  private readonly slots: Set<() => void>[] = Array.from({ length: SLOTS }, () => new Set());
  private timer: NodeJS.Timeout | undefined;
  private current = 0;

  constructor(private readonly periodMs: DurationMs) {}

  /** @returns what ends the calls */
  add(call: () => void): () => void {
    const slot = this.slots.reduce((least, each) => (each.size < least.size ? each : least));
    slot.add(call);
    this.timer ??= setInterval(() => this.tick(), Math.max(1, this.periodMs / SLOTS));
    return () => slot.delete(call);
  }

  close(): void {
    clearInterval(this.timer);
    for (const slot of this.slots) slot.clear();
  }

  private tick(): void {
    this.current = (this.current + 1) % SLOTS;
    for (const call of this.slots[this.current]!) call();
  }
}
