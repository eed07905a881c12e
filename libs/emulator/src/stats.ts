/** What the exchange has seen since its start or the last reset: the witness of tests and benchmarks. */
import { MINUTE_MS, type UtcMs } from '@slt/domain';

/** Minutes of weight that are remembered. */
const REMEMBERED_MINUTES = 1_000;

export interface EmulatorStats {
  readonly requests: {
    readonly total: number;
    readonly byPath: Readonly<Record<string, number>>;
    readonly byStatus: Readonly<Record<string, number>>;
  };
  readonly weight: {
    readonly limit: number;
    /** All that was granted. */
    readonly total: number;
    readonly byPath: Readonly<Record<string, number>>;
    /** By the first instant of each minute of exchange time, refused requests included. */
    readonly byMinute: Readonly<Record<string, number>>;
    /** The most used in any minute by any IP. */
    readonly peak: number;
  };
  /** Answers with status 429. */
  readonly rateLimited: number;
  /** Bans imposed. */
  readonly bans: number;
  /** Requests that came in although the IP was banned. */
  readonly requestsWhileBanned: number;
  readonly connections: { readonly open: number; readonly total: number };
  readonly streams: {
    /** Streams with at least one subscriber. */
    readonly subscribed: number;
    /** Frames made, whatever the number of subscribers. */
    readonly frames: number;
    /** Frames handed to connections. */
    readonly delivered: number;
    /** Closing frames made. */
    readonly closes: number;
  };
}

export class StatsRecorder {
  private requests = new Map<string, number>();
  private statuses = new Map<string, number>();
  private weightByPath = new Map<string, number>();
  private weightByMinute = new Map<string, number>();
  private peak = 0;
  private bans = 0;
  private requestsWhileBanned = 0;
  private connections = 0;
  frames = 0;
  delivered = 0;
  closes = 0;

  request(path: string): void {
    add(this.requests, path, 1);
  }

  answered(status: number): void {
    add(this.statuses, String(status), 1);
  }

  /** @param used weight of the IP in this minute, this request included */
  charged(path: string, weight: number, used: number, now: UtcMs): void {
    add(this.weightByPath, path, weight);
    this.noteUsed(weight, used, now);
  }

  /** Weight of a refused request: it counts in the minute, but bought nothing. */
  refused(weight: number, used: number, now: UtcMs): void {
    this.noteUsed(weight, used, now);
  }

  banImposed(): void {
    this.bans++;
  }

  requestWhileBanned(): void {
    this.requestsWhileBanned++;
  }

  connected(): void {
    this.connections++;
  }

  reset(): void {
    this.requests.clear();
    this.statuses.clear();
    this.weightByPath.clear();
    this.weightByMinute.clear();
    this.peak = this.bans = this.requestsWhileBanned = this.connections = 0;
    this.frames = this.delivered = this.closes = 0;
  }

  report(open: { connections: number; streams: number; weightLimit: number }): EmulatorStats {
    return {
      requests: {
        total: sum(this.requests),
        byPath: Object.fromEntries(this.requests),
        byStatus: Object.fromEntries(this.statuses),
      },
      weight: {
        limit: open.weightLimit,
        total: sum(this.weightByPath),
        byPath: Object.fromEntries(this.weightByPath),
        byMinute: Object.fromEntries(this.weightByMinute),
        peak: this.peak,
      },
      rateLimited: this.statuses.get('429') ?? 0,
      bans: this.bans,
      requestsWhileBanned: this.requestsWhileBanned,
      connections: { open: open.connections, total: this.connections },
      streams: {
        subscribed: open.streams,
        frames: this.frames,
        delivered: this.delivered,
        closes: this.closes,
      },
    };
  }

  private noteUsed(weight: number, used: number, now: UtcMs): void {
    const minute = String(Math.floor(now / MINUTE_MS) * MINUTE_MS);
    add(this.weightByMinute, minute, weight);
    this.peak = Math.max(this.peak, used);
    if (this.weightByMinute.size <= REMEMBERED_MINUTES) return;
    for (const oldest of this.weightByMinute.keys()) return void this.weightByMinute.delete(oldest);
  }
}

function add(counts: Map<string, number>, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

function sum(counts: ReadonlyMap<string, number>): number {
  let total = 0;
  for (const count of counts.values()) total += count;
  return total;
}
