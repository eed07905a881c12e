/**
 * A broker whose calls are timed, counted and traced: what the circuit breaker, the metrics and a collector of traces
 * hear of the exchange. Spans cost next to nothing where no collector is named.
 */
import { type Attributes, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { type ErrorKind, isAppError, type UtcMs } from '@slt/domain';
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

export interface ObservedCall {
  readonly name: string;
  /** It was answered, also with a refusal of its content. */
  readonly isOk: boolean;
  /** Wall time. */
  readonly latencyMs: number;
}

export class ObservedBroker implements Broker {
  private readonly tracer = trace.getTracer('selflearningtrader');

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
    return this.timed('prepare', () => this.broker.prepare(symbol, leverage), { 'slt.symbol': symbol });
  }

  brackets(symbol: string): readonly MarginBracket[] | undefined {
    return this.broker.brackets?.(symbol);
  }

  place(order: NewOrder): Promise<OrderReport> {
    return this.timed('place', () => this.broker.place(order), {
      ...of(order),
      'slt.order_side': order.side,
      'slt.quantity': order.quantity,
    });
  }

  cancel(order: OrderRef): Promise<OrderReport | undefined> {
    return this.timed('cancel', () => this.broker.cancel(order), of(order));
  }

  find(order: OrderRef): Promise<OrderReport | undefined> {
    return this.timed('find', () => this.broker.find(order), of(order));
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

  private async timed<T>(name: string, call: () => Promise<T>, about: Attributes = {}): Promise<T> {
    const span = this.begin(name, about);
    const from = performance.now();
    let isOk = true;
    try {
      return await call();
    } catch (error) {
      isOk = isAppError(error) && !FAILURES.has(error.kind);
      span.setAttribute('error.type', isAppError(error) ? error.code : 'unknown');
      if (!isOk) span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      this.observe({ name, isOk, latencyMs: performance.now() - from });
      span.end();
    }
  }

  private begin(name: string, about: Attributes): Span {
    // Timers and sockets inherit the context of who opened them: the request that started trading is long answered.
    const root = trace.getActiveSpan()?.isRecording() !== true;
    const attributes = { 'slt.mode': this.mode, ...about };
    return this.tracer.startSpan(`broker ${name}`, { kind: SpanKind.CLIENT, attributes, root });
  }
}

/** Of a call that was not answered, or that should have been; anything else is a refusal of its content. */
const FAILURES: ReadonlySet<ErrorKind> = new Set(['transient', 'outcome-unknown', 'broken-invariant']);

const of = ({ symbol, clientOrderId, kind }: OrderRef): Attributes => ({
  'slt.symbol': symbol,
  'slt.client_order_id': clientOrderId,
  'slt.order_kind': kind,
});
