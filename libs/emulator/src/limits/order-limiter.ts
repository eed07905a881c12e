/**
 * New orders per account, in calendar windows of ten seconds and of a minute of exchange time. Refused orders count too:
 * the real exchange does not say, and this is the side on which a client is safe.
 */
import { MINUTE_MS, SECOND_MS, type DurationMs, type UtcMs } from '@slt/domain';

export interface OrderLimits {
  readonly ordersPer10Seconds: number;
  readonly ordersPerMinute: number;
}

/** What one request adds to each of the windows. */
export interface OrderCost {
  readonly per10Seconds: number;
  readonly perMinute: number;
}

export interface OrderCount {
  readonly in10Seconds: number;
  readonly inMinute: number;
}

export type OrderVerdict =
  | { readonly kind: 'granted'; readonly count: OrderCount }
  | { readonly kind: 'limited'; readonly limit: number; readonly window: 'TEN_SECONDS' | 'MINUTE' };

const SHORT_MS: DurationMs = 10 * SECOND_MS;

interface Usage {
  shortWindow: number;
  in10Seconds: number;
  minute: number;
  inMinute: number;
}

export class OrderLimiter {
  private readonly usageByAccount = new Map<string, Usage>();

  constructor(readonly limits: OrderLimits) {}

  /** Counts the request, unless it is one too many. */
  charge(account: string, cost: OrderCost, now: UtcMs): OrderVerdict {
    const usage = this.usage(account, now);
    const { ordersPer10Seconds, ordersPerMinute } = this.limits;
    if (usage.in10Seconds + cost.per10Seconds > ordersPer10Seconds) {
      return { kind: 'limited', limit: ordersPer10Seconds, window: 'TEN_SECONDS' };
    }
    if (usage.inMinute + cost.perMinute > ordersPerMinute) {
      return { kind: 'limited', limit: ordersPerMinute, window: 'MINUTE' };
    }
    usage.in10Seconds += cost.per10Seconds;
    usage.inMinute += cost.perMinute;
    return { kind: 'granted', count: { in10Seconds: usage.in10Seconds, inMinute: usage.inMinute } };
  }

  reset(): void {
    this.usageByAccount.clear();
  }

  private usage(account: string, now: UtcMs): Usage {
    const shortWindow = Math.floor(now / SHORT_MS);
    const minute = Math.floor(now / MINUTE_MS);
    let usage = this.usageByAccount.get(account);
    if (usage === undefined) {
      usage = { shortWindow, in10Seconds: 0, minute, inMinute: 0 };
      this.usageByAccount.set(account, usage);
    }
    if (usage.shortWindow !== shortWindow) Object.assign(usage, { shortWindow, in10Seconds: 0 });
    if (usage.minute !== minute) Object.assign(usage, { minute, inMinute: 0 });
    return usage;
  }
}
