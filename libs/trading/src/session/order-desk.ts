/**
 * Sends what was decided: first the journal, then the broker. What became of an order whose answer did not come is
 * asked for until it is certain; nothing is ever sent twice.
 */
import { AppError, type Clock, type DurationMs, SECOND_MS, toAppError, type UtcMs } from '@slt/domain';
import type { Broker, OrderRef, OrderReport } from '../core/broker';
import type { Digest } from '../core/client-order-id';
import type { Order } from '../core/order';
import type { OrderDraft } from '../core/order-intent';
import { isFinal, isInFlight } from '../core/order-table';
import type { JournalEntry } from '../journal/entries';
import type { AccountBook } from './account-book';
import type { Checkpoint } from './checkpoint';
import type { OrderedJournal } from './ordered-journal';
import { Sleepers } from './sleepers';

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
  /** False: nothing new is opened; what protects and closes passes. */
  mayOpen(): boolean;
  /** A broken invariant: trading stops. */
  broke(error: AppError): void;
}

/** An entry that could not be sent within so long after its decision is not sent any more; wall time. */
export const ENTRY_LIFE_MS: DurationMs = 5 * SECOND_MS;
/** Pauses before what was surely not done is tried again; wall time. */
const RETRY_PAUSES_MS: readonly DurationMs[] = [100, 300, 900];
const FIRST_ASK_MS: DurationMs = 150;
const LONGEST_ASK_MS: DurationMs = 2_000;

export class OrderDesk {
  /** Client order ids of cancellations under way. */
  readonly cancelling = new Set<string>();
  private readonly asking = new Set<string>();
  private readonly underWay = new Set<Promise<unknown>>();
  private readonly sleepers = new Sleepers();
  private isDraining = false;
  private isClosed = false;

  constructor(private readonly parts: DeskParts) {}

  /**
   * Journals the orders, with what belongs to them, then sends them side by side. From the call on the book has them.
   * @param decidedAt by performance.now(): an entry is not sent for long after it
   * @returns as they stand when each was answered; those with an unknown outcome are asked for from then on
   * @throws AppError when the journal takes nothing any more: nothing was sent
   */
  place(
    drafts: readonly OrderDraft[],
    along: readonly JournalEntry[] = [],
    decidedAt: number = performance.now(),
  ): Promise<readonly Order[]> {
    return this.track(this.journalAndSend(drafts, along, decidedAt));
  }

  /**
   * Resolves when the exchange has said what became of it. Without effect while it is under way.
   * @returns false: it may still rest there; to be decided anew, and not at once
   */
  cancel(ref: OrderRef): Promise<boolean> {
    if (this.cancelling.has(ref.clientOrderId)) return Promise.resolve(false);
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

  get isBusy(): boolean {
    return this.underWay.size > 0;
  }

  /** Resolves when all that is under way was answered. */
  async idle(): Promise<void> {
    while (this.isBusy) await Promise.allSettled(this.underWay);
  }

  /** Opens nothing any more, and asks for nothing; resolves when all that is under way was answered. */
  async drain(): Promise<void> {
    this.isDraining = true;
    this.sleepers.wake();
    await this.idle();
  }

  /** Sends nothing any more. */
  close(): void {
    this.isClosed = true;
    this.isDraining = true;
    this.sleepers.wake();
  }

  private async journalAndSend(
    drafts: readonly OrderDraft[],
    along: readonly JournalEntry[],
    decidedAt: number,
  ): Promise<Order[]> {
    const { book, writer, digest, clock, fencingToken, reach } = this.parts;
    const intended = this.guarded(() => book.intend(drafts, { digest, fencingToken, now: clock.now() }));
    if (intended === undefined) return [];
    reach('before-journal');
    const { intents } = await writer.append([...along, ...intended.entries]);
    reach('after-journal');
    const stored = new Map(intents.map((order) => [order.intent.id, order]));
    return Promise.all(
      intended.orders.map((order) =>
        isReused(order, stored.get(order.intent.id)) ? this.askInstead(order) : this.send(order, decidedAt),
      ),
    );
  }

  /** It was journalled in an earlier life, and sent then, for all we know. */
  private askInstead(order: Order): Promise<Order> {
    void this.resolve(order.intent.order.clientOrderId);
    return Promise.resolve(order);
  }

  private async send(order: Order, decidedAt: number): Promise<Order> {
    const id = order.intent.order.clientOrderId;
    const isEntry = order.intent.role === 'entry';
    for (let attempt = 0; ; attempt++) {
      const known = this.parts.book.orders.get(id) ?? order;
      // The stream has told of it: it was done, whatever the answer said.
      if (known.status !== 'intended') return known;
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
    if (!isEntry) return false;
    return this.isDraining || !this.parts.mayOpen() || performance.now() - decidedAt > ENTRY_LIFE_MS;
  }

  private async attempt(order: Order): Promise<Outcome> {
    const { book, broker, reach } = this.parts;
    const id = order.intent.order.clientOrderId;
    this.step(id, 'send');
    reach('before-send');
    let report: OrderReport;
    try {
      const answer = broker.place(order.intent.order);
      reach('after-send');
      report = await answer;
      reach('after-ack');
    } catch (error) {
      return this.failed(id, toAppError(error, 'TRADING.BROKER_FAILED'));
    }
    const told = this.guarded(() => book.report(report));
    if (told === undefined) void this.resolve(id);
    return { kind: 'answered', order: told ?? this.known(id) };
  }

  private failed(id: string, error: AppError): Outcome {
    switch (error.kind) {
      case 'transient':
        // The stream may have brought it meanwhile: then it was done, whatever the answer says.
        if (this.known(id).status !== 'sent') break;
        this.step(id, 'not-sent');
        return { kind: 'not-sent', retryAfterMs: error.retryAfterMs ?? 0 };
      case 'invalid':
      case 'not-found':
      case 'rejected':
        this.refused(id, error);
        break;
      case 'broken-invariant':
      case 'outcome-unknown':
        this.step(id, 'outcome-unknown', error.code);
        if (error.kind === 'broken-invariant') this.parts.broke(error);
        void this.resolve(id);
        break;
    }
    return { kind: 'answered', order: this.known(id) };
  }

  private refused(id: string, error: AppError): void {
    const { status } = this.known(id);
    // The stream said that it rests, or has ended: what it said stands, and tells in time how it goes on.
    if (status === 'working' || status === 'triggered' || status === 'cancelled') return;
    this.step(id, 'refused', `${error.code}: ${error.message}`);
  }

  private step(id: string, step: Parameters<AccountBook['step']>[1], reason?: string): Order {
    const { book, clock } = this.parts;
    return this.guarded(() => book.step(id, step, clock.now(), reason)) ?? this.known(id);
  }

  private known(id: string): Order {
    return this.parts.book.orders.get(id)!;
  }

  private async sendCancel(ref: OrderRef): Promise<boolean> {
    const { broker, clock, reach } = this.parts;
    for (const pauseMs of [...RETRY_PAUSES_MS, undefined]) {
      if (this.isClosed || !this.parts.maySend()) return false;
      const askedAt = clock.now();
      let retryAfterMs = 0;
      reach('before-cancel');
      try {
        const report = await broker.cancel(ref);
        reach('after-cancel');
        if (this.hasEnded(ref, report, askedAt)) return true;
      } catch (error) {
        // Cancelling twice does no harm, so whatever happened it is tried again.
        retryAfterMs = toAppError(error, 'TRADING.BROKER_FAILED').retryAfterMs ?? 0;
      }
      if (pauseMs !== undefined) await pause(Math.max(pauseMs, retryAfterMs));
    }
    return false;
  }

  /** It is over; what was triggered may still hang there. What is not known there may be an order that is still on its way. */
  private hasEnded({ clientOrderId }: OrderRef, report: OrderReport | undefined, askedAt: UtcMs): boolean {
    const { book } = this.parts;
    if (report !== undefined) {
      this.guarded(() => book.report(report));
      return report.state !== 'resting' && report.state !== 'triggered';
    }
    if (book.orders.get(clientOrderId) === undefined) return true;
    this.guarded(() => book.notFound(clientOrderId, askedAt));
    return isFinal(this.known(clientOrderId).status);
  }

  private async ask(id: string, lastSendAt: UtcMs | undefined): Promise<void> {
    const { book, broker, clock } = this.parts;
    for (let pauseMs = FIRST_ASK_MS; !this.isDraining; pauseMs = Math.min(LONGEST_ASK_MS, 2 * pauseMs)) {
      const order = book.orders.get(id);
      if (order === undefined || !isInFlight(order.status)) return;
      const askedAt = clock.now();
      let retryAfterMs = 0;
      try {
        const report = await broker.find(order.intent.order);
        if (report !== undefined) this.guarded(() => book.report(report));
        else this.guarded(() => book.notFound(id, askedAt, lastSendAt));
      } catch (error) {
        // The exchange is away: ask again, for as long as it takes.
        retryAfterMs = toAppError(error, 'TRADING.BROKER_FAILED').retryAfterMs ?? 0;
      }
      if (!isInFlight(book.orders.get(id)?.status ?? 'rejected')) return;
      await this.sleepers.sleep(Math.max(pauseMs, retryAfterMs));
    }
  }

  /** A move that cannot be means that the journal and the exchange tell different stories. */
  private guarded<T>(move: () => T): T | undefined {
    try {
      return move();
    } catch (error) {
      this.parts.broke(toAppError(error, 'TRADING.BROKEN'));
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

/** The journal held the intent before: what it returns is not what was written just now. */
function isReused({ intent }: Order, stored: Order | undefined): boolean {
  if (stored === undefined) return false;
  const { createdAt, fencingToken } = stored.intent;
  return createdAt !== intent.createdAt || fencingToken !== intent.fencingToken;
}

const pause = (ms: DurationMs): Promise<void> => new Promise((wake) => setTimeout(wake, ms).unref());
