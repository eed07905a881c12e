/**
 * Weight per IP and calendar minute of exchange time; 429 above the limit, 418 for whoever goes on after that. Binance
 * does not say how many calls after a 429 bring the ban; here it is an option.
 */
import { DAY_MS, MINUTE_MS, type DurationMs, type UtcMs } from '@slt/domain';

const FIRST_BAN_MS: DurationMs = 2 * MINUTE_MS;
const LONGEST_BAN_MS: DurationMs = 3 * DAY_MS;

export interface WeightLimits {
  /** Weight an IP may spend in a minute. */
  readonly weightLimit: number;
  /** Further requests in the minute of a 429 that are still answered 429; the next one brings the ban. */
  readonly toleratedAfterLimit: number;
}

export type WeightVerdict =
  | { readonly kind: 'granted'; readonly used: number }
  | { readonly kind: 'limited'; readonly used: number; readonly retryAfterMs: DurationMs }
  | { readonly kind: 'banned'; readonly used: number; readonly until: UtcMs; readonly isNew: boolean };

interface Usage {
  minute: number;
  used: number;
  /** Requests refused in this minute. */
  refused: number;
  bans: number;
  bannedUntil: UtcMs;
}

export class WeightLimiter {
  private readonly usageByIp = new Map<string, Usage>();

  constructor(readonly limits: WeightLimits) {}

  /** Counts the request, also when it is refused. Nothing is counted against a banned IP. */
  charge(ip: string, weight: number, now: UtcMs): WeightVerdict {
    const usage = this.usage(ip, now);
    if (now < usage.bannedUntil) {
      return { kind: 'banned', used: usage.used, until: usage.bannedUntil, isNew: false };
    }
    usage.used += weight;
    if (usage.used <= this.limits.weightLimit) return { kind: 'granted', used: usage.used };
    usage.refused++;
    if (usage.refused > this.limits.toleratedAfterLimit + 1) {
      return { kind: 'banned', used: usage.used, until: this.ban(ip, now), isNew: true };
    }
    return { kind: 'limited', used: usage.used, retryAfterMs: msToNextMinute(now) };
  }

  /** Used weight of the current minute. */
  used(ip: string, now: UtcMs): number {
    return this.usage(ip, now).used;
  }

  /** Uses up what is left of the current minute, as another program on the same IP would. */
  exhaust(ip: string, now: UtcMs): void {
    const usage = this.usage(ip, now);
    usage.used = Math.max(usage.used, this.limits.weightLimit);
  }

  /**
   * Bans the IP: for the given time, else 2 minutes at first and twice as long each further time, up to 3 days.
   * @returns when the ban ends, in exchange time
   */
  ban(ip: string, now: UtcMs, durationMs?: DurationMs): UtcMs {
    const usage = this.usage(ip, now);
    const duration = durationMs ?? Math.min(LONGEST_BAN_MS, FIRST_BAN_MS * 2 ** usage.bans);
    usage.bans++;
    usage.refused = 0;
    usage.bannedUntil = now + duration;
    return usage.bannedUntil;
  }

  bannedUntil(ip: string, now: UtcMs): UtcMs | undefined {
    const until = this.usage(ip, now).bannedUntil;
    return now < until ? until : undefined;
  }

  /** Forgets usage and bans of every IP. */
  reset(): void {
    this.usageByIp.clear();
  }

  private usage(ip: string, now: UtcMs): Usage {
    const minute = Math.floor(now / MINUTE_MS);
    let usage = this.usageByIp.get(ip);
    if (usage === undefined) {
      usage = { minute, used: 0, refused: 0, bans: 0, bannedUntil: 0 };
      this.usageByIp.set(ip, usage);
    }
    if (usage.minute !== minute) {
      usage.minute = minute;
      usage.used = 0;
      usage.refused = 0;
    }
    return usage;
  }
}

export function msToNextMinute(now: UtcMs): DurationMs {
  return MINUTE_MS - (now % MINUTE_MS);
}
