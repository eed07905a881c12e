/** What a paper account has booked and never changes again: fills, fundings, and orders that have ended. */
import { DAY_MS, type UtcMs } from '@slt/domain';
import type { Fill, FundingPayment, OrderReport } from '../broker';
import { orderKey } from './paper-order';

type Entry =
  | { readonly kind: 'fill'; readonly fill: Fill }
  | { readonly kind: 'funding'; readonly payment: FundingPayment }
  | { readonly kind: 'order'; readonly report: OrderReport };

/** Numbered without gaps from 1 on. */
export type LedgerEntry = Entry & { readonly seq: number; readonly at: UtcMs };

/** As long as the exchange remembers its trades. */
export const LEDGER_KEPT_MS = 90 * DAY_MS;
const PRUNE_EVERY = 1_000;

export class PaperLedger {
  private entries: LedgerEntry[] = [];
  private readonly ended = new Map<string, OrderReport>();
  private lastSeq = 0;

  /** Entries restored, ascending by number. @param lastSeq the account's newest number: older entries may be gone */
  constructor(entries: readonly LedgerEntry[] = [], lastSeq = 0) {
    for (const entry of entries) this.keep(entry);
    this.lastSeq = Math.max(lastSeq, this.lastSeq);
  }

  get seq(): number {
    return this.lastSeq;
  }

  add(entry: Entry, at: UtcMs): void {
    this.keep({ ...entry, seq: this.lastSeq + 1, at });
    if (this.lastSeq % PRUNE_EVERY === 0) this.prune(at - LEDGER_KEPT_MS);
  }

  /** Newer than the number. Linear in how many these are. */
  after(seq: number): readonly LedgerEntry[] {
    const newer = this.lastSeq - seq;
    return newer <= 0 ? [] : this.entries.slice(-newer);
  }

  /** From the instant on, inclusive; ascending by time, then in the order they were booked. */
  fills(symbol: string | undefined, since: UtcMs): Fill[] {
    return this.entries
      .flatMap((entry) =>
        entry.kind === 'fill' && entry.at >= since && (symbol === undefined || entry.fill.symbol === symbol)
          ? [entry.fill]
          : [],
      )
      .sort((a, b) => a.at - b.at);
  }

  fundings(since: UtcMs): FundingPayment[] {
    return this.entries
      .flatMap((entry) => (entry.kind === 'funding' && entry.at >= since ? [entry.payment] : []))
      .sort((a, b) => a.at - b.at);
  }

  /** The newest that ended under this id, of the service that knows its kind. */
  endedOrder(order: { kind: OrderReport['kind']; clientOrderId: string }): OrderReport | undefined {
    return this.ended.get(orderKey(order));
  }

  /** The newest that ended under each id, as far back as the ledger remembers. */
  endedOrders(): OrderReport[] {
    return [...this.ended.values()];
  }

  private keep(entry: LedgerEntry): void {
    this.entries.push(entry);
    this.lastSeq = entry.seq;
    if (entry.kind === 'order') this.ended.set(orderKey(entry.report), entry.report);
  }

  private prune(before: UtcMs): void {
    const gone = this.entries.filter((entry) => entry.at < before);
    if (gone.length === 0) return;
    for (const entry of gone) {
      if (entry.kind !== 'order') continue;
      const key = orderKey(entry.report);
      if (this.ended.get(key) === entry.report) this.ended.delete(key);
    }
    this.entries = this.entries.filter((entry) => entry.at >= before);
  }
}
