/**
 * Makes journal and exchange agree: look, correct, look again until nothing is left. The same path for the start, for
 * recovery after a crash, for a gap in the account stream, and every now and then.
 */
import {
  type Clock,
  type DurationMs,
  type InstrumentFilters,
  MINUTE_MS,
  SECOND_MS,
  type UtcMs,
} from '@slt/domain';
import type { AccountState, Broker, OrderReport } from '../core/broker';
import { isFinal } from '../core/order-table';
import { type Correction, type ExchangeSide, isClean, type JournalSide, reconcile } from '../core/reconcile';
import type { Order } from '../core/order';
import type { AccountBook } from './account-book';
import type { OrderDesk } from './order-desk';

export interface ReconcilerParts {
  readonly book: AccountBook;
  readonly desk: OrderDesk;
  readonly broker: Broker;
  readonly clock: Clock;
  /** When this process took the account over. */
  readonly startedAt: UtcMs;
  readonly arrivalSlackMs: DurationMs;
  filtersOf(symbol: string): InstrumentFilters | undefined;
  note(correction: Correction): void;
  /** A plan for what was found without one. */
  adopt(correction: Extract<Correction, { kind: 'adopt-position' }>): void;
  /** A look has been carried out: what the account holds is known. */
  looked(): void;
  /** What rests on the exchange for the symbol, strays among it. */
  protect(symbol: string, openOrders: readonly OrderReport[]): void;
}

export interface Reconciled {
  readonly isClean: boolean;
  /** Of all looks; foreign orders once. */
  readonly corrections: readonly Correction[];
  /** Fills and payments are whole up to here. */
  readonly upTo: UtcMs;
  /** As it was at the last look; undefined: it was stopped before one. */
  readonly account?: AccountState;
}

/** Executions appear on REST a little after they happened; wall time. */
const OVERLAP_MS: DurationMs = MINUTE_MS;
const MOST_LOOKS = 40;
const PAUSE_MS: DurationMs = 250;
/** A difference between fills and position that nothing explains for so long is taken over as it is; wall time. */
const ADOPT_AFTER_MS: DurationMs = 2 * SECOND_MS;

export class Reconciler {
  private isStopped = false;
  /** Differences of the last look, with when they were seen first, by performance.now(). */
  private readonly differences = new Map<string, number>();

  /** @param since executions from here on may be missing from the journal */
  constructor(
    private readonly parts: ReconcilerParts,
    private since: UtcMs,
  ) {}

  /** After this nothing is corrected any more. */
  stop(): void {
    this.isStopped = true;
  }

  /**
   * Looks until nothing is left to correct, or until it has looked often enough to know that something remains.
   * @throws AppError what the exchange failed with
   */
  async run(): Promise<Reconciled> {
    const all: Correction[] = [];
    let previous: readonly Correction[] = [];
    let upTo = this.since;
    let account: AccountState | undefined;
    this.differences.clear();
    for (let look = 1; look <= MOST_LOOKS && !this.isStopped; look++) {
      if (look > 1) await pause(PAUSE_MS);
      const beganAt = this.parts.clock.now();
      const exchange = await this.ask();
      if (this.isStopped) break;
      account = exchange.account;
      const corrections = this.compare(exchange, this.lasting(previous));
      this.carryOut(corrections, exchange);
      this.parts.looked();
      all.push(...corrections.filter((each) => each.kind !== 'foreign-order' || look === 1));
      previous = corrections;
      upTo = beganAt;
      if (!isClean(corrections)) continue;
      this.since = Math.max(this.since, beganAt - OVERLAP_MS / this.parts.clock.toWallMs(1));
      this.handOver(exchange.account.openOrders);
      return { isClean: true, corrections: all, upTo, account };
    }
    return { isClean: false, corrections: all, upTo, ...(account === undefined ? {} : { account }) };
  }

  /** What core may take for lasting: differences that have stood for a while, for executions may be late. */
  private lasting(previous: readonly Correction[]): readonly Correction[] {
    const now = performance.now();
    const keys = new Set(
      previous.flatMap((each) => (each.kind === 'position-differs' ? [differenceOf(each)] : [])),
    );
    for (const key of this.differences.keys()) if (!keys.has(key)) this.differences.delete(key);
    for (const key of keys) if (!this.differences.has(key)) this.differences.set(key, now);
    return previous.filter(
      (each) =>
        each.kind !== 'position-differs' || now - this.differences.get(differenceOf(each))! >= ADOPT_AFTER_MS,
    );
  }

  private compare(exchange: ExchangeSide, previous: readonly Correction[]): readonly Correction[] {
    const { book, startedAt, arrivalSlackMs, filtersOf } = this.parts;
    const journal: JournalSide = {
      orders: book.orders.all(),
      fillsOf: (id) => book.orders.fillsOf(id),
      hasFill: (fill) => book.hasFill(fill),
      hasFunding: (payment) => book.hasFunding(payment),
      positions: book.allHeld(),
      planOf: (id) => book.planOf(id),
    };
    return reconcile(journal, exchange, { filtersOf, previous, startedAt, arrivalSlackMs });
  }

  /** Orders first, then fills, then the account: what happens meanwhile shows as more, never as less, than was asked. */
  private async ask(): Promise<ExchangeSide> {
    const { book, broker, clock } = this.parts;
    const askedAt = clock.now();
    const unfinished = book.orders.all().filter((order) => !isFinal(order.status));
    const answers = new Map(await Promise.all(unfinished.map((order) => this.answerOf(order))));
    const account = await broker.account();
    const [fills, fundings] = await Promise.all([
      broker.fills(undefined, this.since),
      broker.fundings(this.since),
    ]);
    return { account, fills, fundings, answers, askedAt };
  }

  private async answerOf({ intent }: Order): Promise<[string, OrderReport | null]> {
    const report = await this.parts.broker.find(intent.order);
    return [intent.order.clientOrderId, report ?? null];
  }

  private carryOut(corrections: readonly Correction[], exchange: ExchangeSide): void {
    const { book, desk, note } = this.parts;
    for (const correction of corrections) {
      note(correction);
      switch (correction.kind) {
        case 'book-fill':
        case 'adopt-quantity':
          book.fill(correction.fill);
          break;
        case 'book-funding':
          book.funding(correction.payment);
          break;
        case 'advance-order':
          this.advance(correction.order, exchange);
          break;
        case 'adopt-position':
          this.parts.adopt(correction);
          break;
        case 'cancel-stray':
          void desk.cancel(correction.order);
          break;
        case 'ask-order':
        case 'position-differs':
        case 'foreign-order':
          break;
      }
    }
  }

  /** By what the exchange said, not to what it made of the order then: the stream may have moved it on meanwhile. */
  private advance({ intent }: Order, { account, answers, askedAt }: ExchangeSide): void {
    const { book, startedAt } = this.parts;
    const id = intent.order.clientOrderId;
    const open = account.openOrders.find((report) => report.clientOrderId === id);
    const answer = answers.get(id);
    for (const report of [open, answer]) if (report) book.report(report);
    if (answer !== null || open !== undefined) return;
    book.notFound(id, askedAt, Math.max(startedAt, book.orders.get(id)?.updatedAt ?? 0));
  }

  /** Orders that the journal does not know are nobody else's to see. */
  private handOver(openOrders: readonly OrderReport[]): void {
    const symbols = new Set([...this.parts.book.symbols(), ...openOrders.map(({ symbol }) => symbol)]);
    for (const symbol of symbols) {
      this.parts.protect(
        symbol,
        openOrders.filter((report) => report.symbol === symbol),
      );
    }
  }
}

function differenceOf({
  symbol,
  journal,
  exchange,
}: Extract<Correction, { kind: 'position-differs' }>): string {
  return `${symbol} ${journal} ${exchange}`;
}

const pause = (ms: DurationMs): Promise<void> => new Promise((wake) => setTimeout(wake, ms).unref());
