/** A broker whose calls are timed and counted: what the circuit breaker and the metrics hear of the exchange. */
import { isAppError } from '@slt/domain';
import type {
  AccountState,
  Broker,
  BrokerListener,
  Fill,
  FundingPayment,
  NewOrder,
  OrderRef,
  OrderReport,
} from '../core/broker';
import type { MarginBracket } from '../core/risk';
import type { UtcMs } from '@slt/domain';

export interface ObservedCall {
  readonly name: string;
  /** It was answered, also with a refusal of its content. */
  readonly isOk: boolean;
  /** Wall time. */
  readonly latencyMs: number;
}

export class ObservedBroker implements Broker {
  constructor(
    private readonly broker: Broker,
    private readonly observe: (call: ObservedCall) => void,
  ) {}

  get mode(): Broker['mode'] {
    return this.broker.mode;
  }

  open(listener: BrokerListener): Promise<void> {
    return this.timed('open', () => this.broker.open(listener));
  }

  close(): Promise<void> {
    return this.broker.close();
  }

  prepare(symbol: string, leverage: number): Promise<void> {
    return this.timed('prepare', () => this.broker.prepare(symbol, leverage));
  }

  brackets(symbol: string): readonly MarginBracket[] | undefined {
    return this.broker.brackets?.(symbol);
  }

  place(order: NewOrder): Promise<OrderReport> {
    return this.timed('place', () => this.broker.place(order));
  }

  cancel(order: OrderRef): Promise<OrderReport | undefined> {
    return this.timed('cancel', () => this.broker.cancel(order));
  }

  find(order: OrderRef): Promise<OrderReport | undefined> {
    return this.timed('find', () => this.broker.find(order));
  }

  account(): Promise<AccountState> {
    return this.timed('account', () => this.broker.account());
  }

  fills(symbol: string | undefined, since: UtcMs): Promise<readonly Fill[]> {
    return this.timed('fills', () => this.broker.fills(symbol, since));
  }

  fundings(since: UtcMs): Promise<readonly FundingPayment[]> {
    return this.timed('fundings', () => this.broker.fundings(since));
  }

  cancelAllUnlessRepeated(symbols: readonly string[], withinMs: number): Promise<void> {
    return this.timed('heartbeat', () => this.broker.cancelAllUnlessRepeated(symbols, withinMs));
  }

  private async timed<T>(name: string, call: () => Promise<T>): Promise<T> {
    const from = performance.now();
    let isOk = true;
    try {
      return await call();
    } catch (error) {
      isOk = isAppError(error) && !['transient', 'outcome-unknown', 'broken-invariant'].includes(error.kind);
      throw error;
    } finally {
      this.observe({ name, isOk, latencyMs: performance.now() - from });
    }
  }
}
