/**
 * Sends what was decided: first the journal, then the broker. What became of an order whose answer did not come is
 * asked for until it is certain; nothing is ever sent twice.
 */
import { AppError, type Clock, type DurationMs, SECOND_MS, toAppError, type UtcMs } from '@slt/domain';
import type { Broker, OrderRef } from '../core/broker';
import type { Digest } from '../core/client-order-id';
import type { Order } from '../core/order';
import type { OrderDraft } from '../core/order-intent';
import { isInFlight } from '../core/order-table';
import type { JournalEntry } from '../journal/entries';
import type { AccountBook } from './account-book';
import type { Checkpoint } from './checkpoint';
import type { OrderedJournal } from './ordered-journal';

export interface DeskParts {
  readonly book: AccountBook;
  readonly writer: OrderedJournal;
  readonly broker: Broker;
  readonly clock: Clock;
  readonly digest: Digest;
  readonly reach: Checkpoint;
  readonly fencingToken: number;
  /** False: the lease may be another's by now, and nothing may be sent. */
  maySend(): boolean;
  /** A broken invariant: trading stops. */
  broke(error: AppError): void;
}

/** An entry that could not be sent within so long after its decision is not sent any more; wall time. */
const ENTRY_LIFE_MS: DurationMs = 5 * SECOND_MS;
/** Pauses before what was surely not done is tried again; wall time. */
const RETRY_PAUSES_MS: readonly DurationMs[] = [100, 300, 900];
const FIRST_ASK_MS: DurationMs = 150;
const LONGEST_ASK_MS: DurationMs = 2_000;

export class OrderDesk {
  /** Client order ids of cancellations under way. */
  readonly cancelling = new Set<string>();
  private readonly asking = new Set<string>();
  private readonly underWay = new Set<Promise<unknown>>();
  private isClosed = false;

  constructor(private readonly parts: DeskParts) {}

  /**
   * Journals the orders, with what belongs to them, then sends them side by side.
   * @returns as they stand when each was answered; those with an unknown outcome are asked for from then on
   */
  place(drafts: readonly OrderDraft[], along: readonly JournalEntry[] = []): Promise<readonly Order[]> {
    const { book, digest, clock, fencingToken } = this.parts;
    const { orders, entries } = book.intend(drafts, { digest, fencingToken, now: clock.now() });
    return this.track(this.journalAndSend(orders, [...along, ...entries]));
  }

  /** Resolves when the exchange has said what became of it, or it is gone. Without effect while it is under way. */
  cancel(ref: OrderRef): Promise<void> {
    if (this.cancelling.has(ref.clientOrderId)) return Promise.resolve();
    this.cancelling.add(ref.clientOrderId);
    return this.track(this.sendCancel(ref).finally(() => this.cancelling.delete(ref.clientOrderId)));
  }

  /**
   * Asks for the order until its state is certain. Without effect while it is being asked for.
   * @param lastSendAt see applyNotFound
   */
  resolve(clientOrderId: string, lastSendAt?: UtcMs): Promise<void> {
    if (this.asking.has(clientOrderId)) return Promise.resolve();
    this.asking.add(clientOrderId);
    return this.track(this.ask(clientOrderId, lastSendAt).finally(() => this.asking.delete(clientOrderId)));
  }

  /** Asks once more of nothing; what is under way is waited for as long as it takes the exchange to answer. */
  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.allSettled(this.underWay);
  }

  private async journalAndSend(orders: readonly Order[], entries: readonly JournalEntry[]): Promise<Order[]> {
    const { writer, reach } = this.parts;
    const decidedAt = performance.now();
    reach('before-journal');
    await writer.append(entries);
    reach('after-journal');
    return Promise.all(orders.map((order) => this.send(order, decidedAt)));
  }

  private async send(order: Order, decidedAt: number): Promise<Order> {
    const id = order.intent.order.clientOrderId;
    const isEntry = order.intent.role === 'entry';
    for (let attempt = 0; ; attempt++) {
      if (this.isTooLate(isEntry, decidedAt)) return this.step(id, 'abandon');
      const outcome = await this.attempt(order);
      if (outcome.kind === 'answered') return outcome.order;
      const pauseMs = RETRY_PAUSES_MS[attempt];
      if (isEntry || pauseMs === undefined) return this.step(id, 'abandon');
      await pause(Math.max(pauseMs, outcome.retryAfterMs));
    }
  }

  private isTooLate(isEntry: boolean, decidedAt: number): boolean {
    if (this.isClosed || !this.parts.maySend()) return true;
    return isEntry && performance.now() - decidedAt > ENTRY_LIFE_MS;
  }

  private async attempt(order: Order): Promise<Outcome> {
    const { book, broker, reach } = this.parts;
    const id = order.intent.order.clientOrderId;
    this.step(id, 'send');
    reach('before-send');
    try {
      const answer = broker.place(order.intent.order);
      reach('after-send');
      const report = await answer;
      reach('after-ack');
      return { kind: 'answered', order: this.guarded(() => book.report(report)) ?? book.orders.get(id)! };
    } catch (error) {
      return this.failed(id, toAppError(error, 'TRADING.BROKER_FAILED'));
    }
  }

  private failed(id: string, error: AppError): Outcome {
    switch (error.kind) {
      case 'transient':
        // The stream may have brought it meanwhile: then it was done, whatever the answer says.
        if (this.parts.book.orders.get(id)!.status !== 'sent') break;
        this.step(id, 'not-sent');
        return { kind: 'not-sent', retryAfterMs: error.retryAfterMs ?? 0 };
      case 'invalid':
      case 'not-found':
      case 'rejected':
        return { kind: 'answered', order: this.step(id, 'refused', `${error.code}: ${error.message}`) };
      case 'broken-invariant':
      case 'outcome-unknown':
        this.step(id, 'outcome-unknown', error.code);
        if (error.kind === 'broken-invariant') this.parts.broke(error);
        void this.resolve(id);
        break;
    }
    return { kind: 'answered', order: this.parts.book.orders.get(id)! };
  }

  private step(id: string, step: Parameters<AccountBook['step']>[1], reason?: string): Order {
    const { book, clock } = this.parts;
    return this.guarded(() => book.step(id, step, clock.now(), reason)) ?? book.orders.get(id)!;
  }

  private async sendCancel(ref: OrderRef): Promise<void> {
    const { book, broker, clock, reach } = this.parts;
    for (const pauseMs of [...RETRY_PAUSES_MS, undefined]) {
      if (this.isClosed || !this.parts.maySend()) return;
      const askedAt = clock.now();
      reach('before-cancel');
      try {
        const report = await broker.cancel(ref);
        reach('after-cancel');
        if (report !== undefined) this.guarded(() => book.report(report));
        else if (book.orders.get(ref.clientOrderId) !== undefined) {
          this.guarded(() => book.notFound(ref.clientOrderId, askedAt));
        }
        return;
      } catch (error) {
        // Cancelling twice does no harm, so whatever happened it is tried again; later the next decision asks for it.
        if (pauseMs === undefined) return;
        await pause(Math.max(pauseMs, toAppError(error, 'TRADING.BROKER_FAILED').retryAfterMs ?? 0));
      }
    }
  }

  private async ask(id: string, lastSendAt: UtcMs | undefined): Promise<void> {
    const { book, broker, clock } = this.parts;
    for (let pauseMs = FIRST_ASK_MS; !this.isClosed; pauseMs = Math.min(LONGEST_ASK_MS, 2 * pauseMs)) {
      const order = book.orders.get(id);
      if (order === undefined || !isInFlight(order.status)) return;
      const askedAt = clock.now();
      try {
        const report = await broker.find(order.intent.order);
        if (report !== undefined) this.guarded(() => book.report(report));
        else this.guarded(() => book.notFound(id, askedAt, lastSendAt));
      } catch {
        // The exchange is away: ask again, for as long as it takes.
      }
      if (!isInFlight(book.orders.get(id)?.status ?? 'rejected')) return;
      await pause(pauseMs);
    }
  }

  /** A move that cannot be means that the journal and the exchange tell different stories. */
  private guarded<T>(move: () => T): T | undefined {
    try {
      return move();
    } catch (error) {
      const broken = toAppError(error, 'TRADING.BROKEN');
      if (broken.kind !== 'broken-invariant') throw error;
      this.parts.broke(broken);
      return undefined;
    }
  }

  private track<T>(work: Promise<T>): Promise<T> {
    this.underWay.add(work);
    const forget = (): void => void this.underWay.delete(work);
    work.then(forget, forget);
    return work;
  }
}

type Outcome =
  | { readonly kind: 'answered'; readonly order: Order }
  /** Surely not done: may be sent. */
  | { readonly kind: 'not-sent'; readonly retryAfterMs: DurationMs };

const pause = (ms: DurationMs): Promise<void> => new Promise((wake) => setTimeout(wake, ms).unref());
