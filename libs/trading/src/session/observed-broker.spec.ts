import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { AppError } from '@slt/domain';
import type { NewOrder } from '../core/broker';
import { ObservedBroker, type ObservedCall } from './observed-broker';
import { StubBroker } from './testing/stub-broker';

const ORDER: NewOrder = {
  symbol: 'BTCUSDT',
  clientOrderId: 'slt-1-entry',
  kind: 'limit',
  side: 'buy',
  quantity: '0.5',
  price: '100',
  timeInForce: 'IOC',
  reduceOnly: false,
};

describe('an observed broker', () => {
  const exporter = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  let bare: StubBroker;
  let broker: ObservedBroker;
  let calls: ObservedCall[];

  beforeAll(() => provider.register());
  afterAll(() => [trace, context, propagation].forEach((api) => api.disable()));
  beforeEach(() => {
    exporter.reset();
    calls = [];
    bare = new StubBroker();
    broker = new ObservedBroker(bare, (call) => calls.push(call));
  });

  it('tells the circuit breaker and a collector of the same calls', async () => {
    await broker.place(ORDER);
    await broker.cancel(ORDER);
    await broker.account();
    expect(calls.map(({ name, isOk }) => [name, isOk])).toEqual([
      ['place', true],
      ['cancel', true],
      ['account', true],
    ]);
    const spans = exporter.getFinishedSpans();
    expect(spans.map(({ name, kind }) => [name, kind])).toEqual([
      ['broker place', SpanKind.CLIENT],
      ['broker cancel', SpanKind.CLIENT],
      ['broker account', SpanKind.CLIENT],
    ]);
    expect(spans[0]!.attributes).toEqual({
      'slt.mode': 'live',
      'slt.symbol': 'BTCUSDT',
      'slt.client_order_id': 'slt-1-entry',
      'slt.order_kind': 'limit',
      'slt.order_side': 'buy',
      'slt.quantity': '0.5',
    });
    expect(spans[2]!.attributes).toEqual({ 'slt.mode': 'live' });
  });

  it.each([
    ['rejected', true, SpanStatusCode.UNSET],
    ['outcome-unknown', false, SpanStatusCode.ERROR],
    ['transient', false, SpanStatusCode.ERROR],
  ] as const)('hands a failure on: %s', async (kind, isOk, code) => {
    bare.onPlace = () => {
      throw new AppError(kind, 'EXCHANGE.SAYS_SO', 'with words that stay here');
    };
    await expect(broker.place(ORDER)).rejects.toMatchObject({ kind });
    const [span] = exporter.getFinishedSpans();
    expect([calls[0]!.isOk, span!.status.code, span!.attributes['error.type']]).toEqual([
      isOk,
      code,
      'EXCHANGE.SAYS_SO',
    ]);
    expect(JSON.stringify([span!.attributes, span!.status, span!.events])).not.toContain('words');
  });

  it('belongs to what caused it while that lasts, and to nothing that has ended', async () => {
    const request = provider.getTracer('spec').startSpan('POST /v1/trading/stop');
    const within = trace.setSpan(context.active(), request);
    await context.with(within, () => broker.place(ORDER));
    request.end();
    await context.with(within, () => broker.account());
    const [place, , account] = exporter.getFinishedSpans();
    expect(place!.parentSpanContext?.spanId).toBe(request.spanContext().spanId);
    expect(account!.parentSpanContext).toBeUndefined();
  });
});
