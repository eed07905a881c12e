/** Decides on signals, in the pass of the candle that made them; what is accepted leaves as an order intent. */
import { type AppError, type Clock, isAppError, toAppError } from '@slt/domain';
import type { Broker } from '../core/broker';
import type { Order } from '../core/order';
import type { GradedCircuitBreaker } from '../core/breaker';
import { isFinal } from '../core/order-table';
import type { MarginBracket, RiskLimits } from '../core/risk';
import type { Decision, Refusal, Signal } from '../core/signal';
import type { JournalEntry } from '../journal/entries';
import { type AccountBook, vainDecision } from './account-book';
import type { AccountFigures } from './account-figures';
import { EntryJudge } from './entry-judge';
import type { EntryPlan } from './entry-plan';
import type { MarketWatch } from './market-watch';
import type { OrderDesk } from './order-desk';

export interface SignalDeskParts {
  readonly book: AccountBook;
  readonly desk: OrderDesk;
  readonly broker: Broker;
  readonly clock: Clock;
  readonly figures: AccountFigures;
  readonly limits: RiskLimits;
  readonly breaker: GradedCircuitBreaker;
  readonly market: MarketWatch;
  mayOpen(): boolean;
  priceOf(symbol: string): number | undefined;
  /** Left out: nobody knows. */
  bracketsOf?(symbol: string): readonly MarginBracket[] | undefined;
  /** Refused, or traded after all not. */
  record(signal: Signal, decision: Decision): void;
  decided(signal: Signal, decision: Decision): void;
  /** It was to be traded, and nothing of it will be filled. */
  withdrawn(signal: Signal, decision: Decision): void;
  /** An entry is on its way: the next signal of the same minute is judged with it. */
  entered(): void;
  /** A broken invariant: trading stops. */
  broke(error: AppError): void;
  /** The market waits until an entry is sent: none ever comes too late. */
  readonly isPatient?: boolean;
}

const TRADED: Decision = Object.freeze({ decision: 'traded', reasons: [] });

export class SignalDesk {
  private readonly judge: EntryJudge;
  private readonly entering = new Set<Promise<void>>();

  constructor(private readonly parts: SignalDeskParts) {
    this.judge = new EntryJudge(parts);
  }

  consider(signal: Signal): void {
    const { book } = this.parts;
    // Told twice, as after a reload of its candles: what was decided stands.
    const isKnown = book.orders.ofSymbol(signal.symbol).some(({ intent }) => intent.positionId === signal.id);
    if (isKnown || this.judge.knows(signal.id)) return;
    const judgement = this.judge.judge(signal);
    if (judgement.kind === 'refused') {
      const decision: Decision = { decision: 'refused', reasons: judgement.reasons };
      this.parts.record(signal, decision);
      return this.parts.decided(signal, decision);
    }
    // From here on the next signal sees it.
    book.plan(judgement.entry.plan);
    this.parts.entered();
    this.parts.decided(signal, TRADED);
    const entry = this.enter(signal, judgement.entry, judgement.leverage);
    const over = (): void => void this.entering.delete(entry);
    this.entering.add(entry);
    entry.then(over, over);
  }

  get isBusy(): boolean {
    return this.entering.size > 0;
  }

  /** Resolves when every entry was answered, or withdrawn. */
  async idle(): Promise<void> {
    while (this.isBusy) await Promise.allSettled(this.entering);
  }

  private async enter(signal: Signal, { plan, draft }: EntryPlan, leverage: number): Promise<void> {
    const { broker, desk, book, broke } = this.parts;
    const decidedAt = this.parts.isPatient === true ? Infinity : performance.now();
    try {
      await broker.prepare(signal.symbol, leverage);
    } catch (error) {
      const { kind } = toAppError(error, 'TRADING.BROKER_FAILED');
      return this.withdraw(signal, kind === 'rejected' ? 'ORDER_REJECTED' : 'ENTRY_NOT_FILLED');
    }
    // Nothing of it is journalled yet.
    if (!this.parts.mayOpen()) return this.withdraw(signal, 'TRADING_OFF');
    const along: JournalEntry[] = [
      { kind: 'signal', signal, decision: TRADED },
      { kind: 'position', plan },
    ];
    try {
      const [order] = await desk.place([draft], along, decidedAt);
      if (order !== undefined && isVain(order)) this.parts.withdrawn(signal, vainDecision(order));
    } catch (error) {
      // The journal takes nothing any more: whoever watches it stops trading, and nothing was sent.
      book.drop(plan.id);
      if (!isAppError(error)) broke(toAppError(error, 'TRADING.BROKEN'));
    }
  }

  private withdraw(signal: Signal, reason: Refusal): void {
    const decision: Decision = { decision: 'refused', reasons: [reason] };
    this.parts.book.drop(signal.id);
    this.judge.forget(signal.id);
    this.parts.record(signal, decision);
    this.parts.withdrawn(signal, decision);
  }
}

const isVain = (order: Order): boolean => isFinal(order.status) && Number(order.filledQuantity) === 0;
