/**
 * A journal in memory, by the model that the real one is proven against (journal/testing). It can be away, it can lose
 * the answer to what it has written, and it knows who holds the lease.
 */
import { AppError } from '@slt/domain';
import type { BreakerTransition } from '../../core/breaker';
import type { Decimal, Fill } from '../../core/broker';
import type { Order } from '../../core/order';
import { newOrder } from '../../core/order-life';
import type { PositionPlan } from '../../core/position';
import type { Decision, Signal } from '../../core/signal';
import type { JournalWriter } from '../../journal/append';
import { checkWriter } from '../../journal/append';
import type { AppendResult, EntryOf, JournalEntry, Reconciliation } from '../../journal/entries';
import { leaseLost } from '../../journal/lease-lost';
import type { JournalState } from '../../journal/load';
import { JournalModel } from '../../journal/testing/journal-model';

const BESIDE_THE_MODEL = new Set<JournalEntry['kind']>(['signal', 'decision', 'transfer', 'snapshot']);
const NOTHING: AppendResult = { newFills: [], newFundings: [], intents: [], staleOrders: [] };

export class MemoryJournal {
  readonly entries: JournalEntry[] = [];
  readonly decisions = new Map<string, Decision>();
  readonly fills = new Map<string, Fill>();
  /** Every call fails with it while it stands, before anything is written. */
  failure: AppError | undefined;
  /** The next batch is written, and its answer lost. */
  losesAnswer = false;
  /** Of the lease that counts; undefined: any. */
  token: number | undefined;
  private readonly model = new JournalModel();
  private readonly orders = new Map<string, Order>();
  private readonly plans = new Map<string, PositionPlan>();
  private initialBalance: Decimal | null = null;

  set isDown(isDown: boolean) {
    this.failure = isDown
      ? new AppError('transient', 'DATABASE.UNREACHABLE', 'the database is down')
      : undefined;
  }

  async append(writer: JournalWriter, entries: readonly JournalEntry[]): Promise<AppendResult> {
    await Promise.resolve();
    this.check(writer);
    checkWriter(writer, entries);
    if (entries.length === 0) return NOTHING;
    const intents = entries.flatMap((entry) => (entry.kind === 'intent' ? [this.intend(entry)] : []));
    this.keep(entries);
    const { newFills, newFundings, stale } = this.model.apply(
      entries.filter(({ kind }) => !BESIDE_THE_MODEL.has(kind)),
    );
    if (this.losesAnswer) {
      this.losesAnswer = false;
      throw new AppError('transient', 'DATABASE.UNREACHABLE', 'the connection was lost');
    }
    return { newFills, newFundings, intents, staleOrders: stale };
  }

  async load(): Promise<JournalState> {
    await Promise.resolve();
    if (this.failure !== undefined) throw this.failure;
    const { otherPlans, peakEquity, ...state } = this.model.expected(1_000, 60_000);
    return {
      ...state,
      initialBalance: this.initialBalance,
      otherPlans: otherPlans.map((id) => this.plans.get(id)!),
      peakEquity: peakEquity === null ? null : String(peakEquity),
    };
  }

  setInitialBalance(_: string, balance: Decimal): Promise<Decimal> {
    this.initialBalance ??= balance;
    return Promise.resolve(this.initialBalance);
  }

  recordSignal(_: string, signal: Signal, decision: Decision): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    this.keep([{ kind: 'signal', signal, decision }]);
    return Promise.resolve();
  }

  breakerChanged(account: string, change: BreakerTransition): Promise<void> {
    return this.append({ account }, [{ kind: 'breaker', change }]).then(() => undefined);
  }

  /** Of one kind, as they came. */
  written<K extends JournalEntry['kind']>(kind: K): readonly EntryOf<K>[] {
    return this.entries.filter((entry): entry is EntryOf<K> => entry.kind === kind);
  }

  reconciliations(): readonly Reconciliation[] {
    return this.written('reconciliation').map(({ result }) => result);
  }

  private check(writer: JournalWriter): void {
    if (this.failure !== undefined) throw this.failure;
    if (writer.token !== undefined && this.token !== undefined && writer.token !== this.token) {
      throw leaseLost(writer.account, [writer.token]);
    }
  }

  /** As it was first written. */
  private intend({ intent }: EntryOf<'intent'>): Order {
    const order = this.orders.get(intent.id) ?? newOrder(intent);
    this.orders.set(intent.id, order);
    return order;
  }

  private keep(entries: readonly JournalEntry[]): void {
    for (const entry of entries) {
      this.entries.push(entry);
      if (entry.kind === 'position') this.plans.set(entry.plan.id, entry.plan);
      if (entry.kind === 'fill') this.fills.set(`${entry.fill.symbol} ${entry.fill.tradeId}`, entry.fill);
      if (entry.kind === 'decision') this.decisions.set(entry.signalId, entry.decision);
      if (entry.kind === 'signal' && !this.decisions.has(entry.signal.id))
        this.decisions.set(entry.signal.id, entry.decision);
    }
  }
}
