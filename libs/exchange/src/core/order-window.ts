/**
 * How many new orders may still be sent: the exchange counts them for each account, in windows whose shape it does not
 * document. Counted here in windows that slide, which keeps within the limit of any other shape.
 */
import { MINUTE_MS, SECOND_MS, type DurationMs, type UtcMs } from '@slt/domain';

export interface OrderRule {
  readonly limit: number;
  readonly periodMs: DurationMs;
}

/** Of an ordinary account. */
export const ORDER_RULES: readonly OrderRule[] = [
  { limit: 300, periodMs: 10 * SECOND_MS },
  { limit: 1200, periodMs: MINUTE_MS },
];

/** Share of each limit that new risk may use: what makes positions smaller always finds room. */
export const ENTRY_SHARE = 0.8;

export class OrderWindow {
  /** When the orders of the longest period were sent, ascending; exchange time. */
  private sentAt: UtcMs[] = [];
  private pausedUntil: UtcMs = 0;

  constructor(private rules: readonly OrderRule[] = ORDER_RULES) {}

  /** The exchange names limits of its own. */
  limitTo(rules: readonly OrderRule[]): void {
    if (rules.length > 0) this.rules = rules;
  }

  /**
   * Counts an order if it may be sent now.
   * @returns 0 when it may; else how long to wait, in exchange time, and nothing is counted
   */
  take(now: UtcMs, isReducing: boolean): DurationMs {
    this.forget(now);
    const waits = this.rules.map((rule) => this.waitOf(rule, now, isReducing));
    const wait = Math.max(0, this.pausedUntil - now, ...waits);
    if (wait === 0) this.sentAt.push(now);
    return wait;
  }

  /** The exchange has counted so many in its current window: others send too. */
  observe(periodMs: DurationMs, orders: number, now: UtcMs): void {
    const unknown = orders - this.within(periodMs, now);
    for (let i = 0; i < unknown; i++) this.sentAt.push(now);
  }

  /** No order before the instant. */
  pause(until: UtcMs): void {
    this.pausedUntil = Math.max(this.pausedUntil, until);
  }

  /** Sent within the period before now. */
  within(periodMs: DurationMs, now: UtcMs): number {
    return this.sentAt.reduce((sum, at) => (at > now - periodMs ? sum + 1 : sum), 0);
  }

  private waitOf({ limit, periodMs }: OrderRule, now: UtcMs, isReducing: boolean): DurationMs {
    const cap = Math.max(1, Math.floor(limit * (isReducing ? 1 : ENTRY_SHARE)));
    const recent = this.within(periodMs, now);
    if (recent < cap) return 0;
    // Room is there when the order that stands `cap` places before the end has left the period.
    return Math.max(1, this.sentAt[this.sentAt.length - cap]! + periodMs - now);
  }

  private forget(now: UtcMs): void {
    const longest = Math.max(...this.rules.map(({ periodMs }) => periodMs));
    // A clock that was turned back leaves instants of the future behind; they count as now.
    this.sentAt = this.sentAt.filter((at) => at > now - longest).map((at) => Math.min(at, now));
  }
}
