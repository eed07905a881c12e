/** A line to a sound exchange, on which things go wrong when told; it remembers what was asked of it. */
import { AppError, type DurationMs, type UtcMs } from '@slt/domain';
import type {
  AccountState,
  Broker,
  BrokerEvent,
  BrokerListener,
  Fill,
  FundingPayment,
  NewOrder,
  OrderRef,
  OrderReport,
} from '../../core/broker';

/**
 * What becomes of an order: `lost-before` never arrives, `lost-after` does, `late` arrives some time after the caller
 * was told that nothing is known; `transient` and `rejected` surely do not. `hangs` is answered after a while.
 */
export type PlaceFate =
  | 'done'
  | 'lost-before'
  | 'lost-after'
  | 'late'
  | 'transient'
  | 'rejected'
  | { readonly hangsMs: DurationMs };
export type EventFate = 'told' | 'lost' | 'twice' | { readonly lateMs: DurationMs };
export type AskFate = 'answered' | 'transient';

export interface Fates {
  place(order: NewOrder): PlaceFate;
  event(event: BrokerEvent): EventFate;
  /** Everything that changes nothing, and cancellations. */
  ask(name: 'open' | 'cancel' | 'find' | 'account' | 'fills' | 'fundings' | 'prepare'): AskFate;
}

export const SOUND: Fates = { place: () => 'done', event: () => 'told', ask: () => 'answered' };
const LATE_MS: DurationMs = 3_000;

export class FaultyBroker implements Broker {
  readonly mode = 'live';
  readonly sent: NewOrder[] = [];
  readonly cancelled: OrderRef[] = [];
  /** Sent once more after nothing was known of the first time. */
  readonly resent: NewOrder[] = [];
  readonly asked: string[] = [];
  private readonly uncertain = new Set<string>();
  private listener: BrokerListener | undefined;
  private isDead = false;

  /** @param inner open, and heard by whoever calls `hear` */
  constructor(
    private readonly inner: Broker,
    private readonly fates: Fates,
  ) {}

  open(listener: BrokerListener): Promise<void> {
    this.check('open');
    this.listener = listener;
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.listener = undefined;
    return Promise.resolve();
  }

  /** As after a kill: nothing comes in and nothing goes out; what has arrived stays. */
  die(): void {
    this.isDead = true;
  }

  /** What the exchange tells. */
  hear(event: BrokerEvent): void {
    const fate = event.kind === 'link' ? 'told' : this.fates.event(event);
    if (fate === 'lost') return;
    if (typeof fate === 'object') {
      setTimeout(() => this.tell(event), fate.lateMs);
      return;
    }
    this.tell(event);
    if (fate === 'twice') this.tell(event);
  }

  async prepare(symbol: string, leverage: number): Promise<void> {
    this.check('prepare');
    await this.inner.prepare(symbol, leverage);
  }

  async place(order: NewOrder): Promise<OrderReport> {
    if (this.isDead) throw away();
    this.sent.push(order);
    if (this.uncertain.has(order.clientOrderId)) this.resent.push(order);
    const fate = this.fates.place(order);
    if (fate === 'lost-before' || fate === 'lost-after' || fate === 'late') {
      this.uncertain.add(order.clientOrderId);
    }
    switch (fate) {
      case 'done':
        return this.inner.place(order);
      case 'lost-before':
        throw unknown();
      case 'lost-after':
        await this.inner.place(order).catch(() => undefined);
        throw unknown();
      case 'late':
        setTimeout(() => void this.arrive(order), LATE_MS);
        throw unknown();
      case 'transient':
        throw away();
      case 'rejected':
        throw new AppError('rejected', 'ORDER.REFUSED', 'for the sake of it');
      default:
        await new Promise((resolve) => setTimeout(resolve, fate.hangsMs));
        if (this.isDead) throw away();
        return this.inner.place(order);
    }
  }

  async cancel(order: OrderRef): Promise<OrderReport | undefined> {
    this.check('cancel');
    this.cancelled.push(order);
    return this.inner.cancel(order);
  }

  async find(order: OrderRef): Promise<OrderReport | undefined> {
    this.check('find');
    return this.inner.find(order);
  }

  async account(): Promise<AccountState> {
    this.check('account');
    return this.inner.account();
  }

  async fills(symbol: string | undefined, since: UtcMs): Promise<readonly Fill[]> {
    this.check('fills');
    return this.inner.fills(symbol, since);
  }

  async fundings(since: UtcMs): Promise<readonly FundingPayment[]> {
    this.check('fundings');
    return this.inner.fundings(since);
  }

  async cancelAllUnlessRepeated(symbols: readonly string[], withinMs: DurationMs): Promise<void> {
    if (this.isDead) throw away();
    await this.inner.cancelAllUnlessRepeated(symbols, withinMs);
  }

  /** It left in time; a process that dies meanwhile does not call it back. */
  private async arrive(order: NewOrder): Promise<void> {
    await this.inner.place(order).catch(() => undefined);
  }

  private check(name: Parameters<Fates['ask']>[0]): void {
    this.asked.push(name);
    if (this.isDead || this.fates.ask(name) === 'transient') throw away();
  }

  private tell(event: BrokerEvent): void {
    if (!this.isDead) this.listener?.(event);
  }
}

const unknown = (): AppError =>
  new AppError('outcome-unknown', 'EXCHANGE.TIMEOUT', 'there was no answer in time');
const away = (): AppError => new AppError('transient', 'EXCHANGE.AWAY', 'the exchange is away');
