/** What is counted while accounts are traded: since the process began, over all sessions. For metrics alone. */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Order, OrderRole, OrderStatus } from './core/order';
import { isFinal } from './core/order-table';
import type { JournalEntry } from './journal/entries';
import type { ObservedCall } from './session/observed-broker';

const US_PER_MS = 1_000;
const US_PER_SECOND = 1e6;
/** Longer ones count as this. */
const LONGEST_US = 60 * US_PER_SECOND;
/** An error of a per cent: the finer, the more memory. */
const FIGURES = 2;
/** A late fill or a second report counts no order twice, as long as it is among so many last ones. */
const REMEMBERED_ORDERS = 2_000;

/** In seconds. */
export interface CallTimes {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface CallCount {
  readonly name: string;
  readonly calls: number;
  /** Without an answer, or with one that told of a failure of the exchange's. */
  readonly errors: number;
  /** Since they were last asked for; undefined: there was none. */
  readonly times: CallTimes | undefined;
}

export interface OrderCount {
  readonly role: OrderRole;
  /** A final status. */
  readonly outcome: OrderStatus;
  readonly orders: number;
}

interface Call {
  calls: number;
  errors: number;
  readonly histogram: RecordableHistogram;
}

export class TradingTelemetry {
  private readonly byName = new Map<string, Call>();
  private readonly outcomes = new Map<string, OrderCount>();
  private readonly ended = new Set<string>();
  private fillCount = 0;

  /** Executions that were not known before. */
  get fills(): number {
    return this.fillCount;
  }

  called({ name, isOk, latencyMs }: ObservedCall): void {
    let call = this.byName.get(name);
    if (call === undefined) {
      const histogram = createHistogram({ lowest: 1, highest: LONGEST_US, figures: FIGURES });
      this.byName.set(name, (call = { calls: 0, errors: 0, histogram }));
    }
    call.calls++;
    if (!isOk) call.errors++;
    call.histogram.record(Math.min(LONGEST_US, Math.max(1, Math.round(latencyMs * US_PER_MS))));
  }

  /** What is about to be written to the journal. */
  noted(entries: readonly JournalEntry[]): void {
    for (const entry of entries) {
      if (entry.kind === 'fill') this.fillCount++;
      else if (entry.kind === 'order' && isFinal(entry.order.status)) this.end(entry.order);
    }
  }

  /** @param reset begin to measure times anew: one reader only may */
  calls(reset = false): readonly CallCount[] {
    return [...this.byName].map(([name, { calls, errors, histogram }]) => {
      const times = timesOf(histogram);
      if (reset) histogram.reset();
      return { name, calls, errors, times };
    });
  }

  /** Orders that have ended. */
  orders(): readonly OrderCount[] {
    return [...this.outcomes.values()];
  }

  private end({ intent, status: outcome }: Order): void {
    const { role, id } = intent;
    if (this.ended.has(id)) return;
    this.ended.add(id);
    if (this.ended.size > REMEMBERED_ORDERS) this.ended.delete(this.ended.values().next().value!);
    const key = `${role} ${outcome}`;
    const orders = (this.outcomes.get(key)?.orders ?? 0) + 1;
    this.outcomes.set(key, { role, outcome, orders });
  }
}

function timesOf(histogram: RecordableHistogram): CallTimes | undefined {
  if (histogram.count === 0) return undefined;
  return {
    p50: histogram.percentile(50) / US_PER_SECOND,
    p99: histogram.percentile(99) / US_PER_SECOND,
    max: histogram.max / US_PER_SECOND,
  };
}
