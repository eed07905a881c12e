/**
 * The last minute's calls to the exchange, in a ring of buckets: how many, how many failed, how long they took. Constant
 * memory, however many calls. It slides by a twelfth of its length.
 */
import type { DurationMs, UtcMs } from '@slt/domain';

const BUCKETS = 12;
/** Latencies fall into bins that grow by a quarter of a power of two. The last, from 3.7 minutes on, takes the rest. */
const BINS = 72;
const BINS_PER_DOUBLING = 4;
const PERCENTILE = 0.95;
const SLOWEST_MS = 600_000;

export class CallWindow {
  private readonly calls = new Int32Array(BUCKETS);
  private readonly failures = new Int32Array(BUCKETS);
  private readonly bins = new Int32Array(BUCKETS * BINS);
  /** The slowest call of each bin. */
  private readonly slowest = new Float64Array(BUCKETS * BINS);
  private readonly bucketMs: DurationMs;
  /** Bucket number since the epoch; −1 before the first call. */
  private newest = -1;

  constructor(windowMs: DurationMs) {
    this.bucketMs = windowMs / BUCKETS;
  }

  add(call: { readonly isOk: boolean; readonly latencyMs: number }, now: UtcMs): void {
    this.slide(now);
    const slot = this.newest % BUCKETS;
    this.calls[slot]!++;
    if (!call.isOk) this.failures[slot]!++;
    // What is no number counts as the slowest of all.
    const latencyMs = call.latencyMs < SLOWEST_MS ? Math.max(0, call.latencyMs) : SLOWEST_MS;
    const bin = slot * BINS + binOf(latencyMs);
    this.bins[bin]!++;
    if (latencyMs > this.slowest[bin]!) this.slowest[bin] = latencyMs;
  }

  /** Forgets what is older than the window. */
  slide(now: UtcMs): void {
    const bucket = Math.floor(now / this.bucketMs);
    if (bucket <= this.newest) return;
    const from = Math.max(this.newest + 1, bucket - BUCKETS + 1);
    for (let each = from; each <= bucket; each++) this.empty(each % BUCKETS);
    this.newest = bucket;
  }

  clear(): void {
    for (let slot = 0; slot < BUCKETS; slot++) this.empty(slot);
  }

  get count(): number {
    return total(this.calls);
  }

  /** Failed ÷ all; 0 without calls. */
  get errorRate(): number {
    const { count } = this;
    return count === 0 ? 0 : total(this.failures) / count;
  }

  /** 95 of 100 calls took at most so long: the slowest call of that percentile's bin. 0 without calls. */
  get latencyMs(): number {
    const wanted = Math.ceil(PERCENTILE * this.count);
    if (wanted === 0) return 0;
    let seen = 0;
    let bin = 0;
    for (; bin < BINS; bin++) {
      for (let slot = 0; slot < BUCKETS; slot++) seen += this.bins[slot * BINS + bin]!;
      if (seen >= wanted) break;
    }
    let slowest = 0;
    for (let slot = 0; slot < BUCKETS; slot++) slowest = Math.max(slowest, this.slowest[slot * BINS + bin]!);
    return slowest;
  }

  private empty(slot: number): void {
    if (this.calls[slot] === 0) return;
    this.calls[slot] = 0;
    this.failures[slot] = 0;
    this.bins.fill(0, slot * BINS, (slot + 1) * BINS);
    this.slowest.fill(0, slot * BINS, (slot + 1) * BINS);
  }
}

/** Bin b holds latencies up to 2^(b/4) ms, about inclusive. */
function binOf(latencyMs: number): number {
  if (latencyMs <= 1) return 0;
  return Math.min(BINS - 1, Math.ceil(Math.log2(latencyMs) * BINS_PER_DOUBLING));
}

function total(counts: Int32Array): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}
