import type { Fill } from './core/broker';
import type { Order, OrderStatus } from './core/order';
import { TradingTelemetry } from './telemetry';

const order = (id: string, status: OrderStatus): Order =>
  ({ intent: { id, role: 'entry' }, status }) as unknown as Order;
const noted = (id: string, status: OrderStatus) => ({ kind: 'order', order: order(id, status) }) as const;

describe('the telemetry of trading', () => {
  it('counts calls and their failures by name', () => {
    const telemetry = new TradingTelemetry();
    telemetry.called({ name: 'place', isOk: true, latencyMs: 10 });
    telemetry.called({ name: 'place', isOk: false, latencyMs: 90 });
    telemetry.called({ name: 'account', isOk: true, latencyMs: 20 });
    expect(telemetry.calls()).toMatchObject([
      { name: 'place', calls: 2, errors: 1 },
      { name: 'account', calls: 1, errors: 0 },
    ]);
  });

  it('tells times in seconds to a per cent, and begins anew when asked to', () => {
    const telemetry = new TradingTelemetry();
    for (let ms = 1; ms <= 100; ms++) telemetry.called({ name: 'find', isOk: true, latencyMs: ms });
    const { times } = telemetry.calls(true)[0]!;
    expect(times!.p50).toBeCloseTo(0.05, 3);
    expect(times!.p99).toBeCloseTo(0.099, 2);
    expect(times!.max).toBeCloseTo(0.1, 2);
    expect(telemetry.calls()).toEqual([{ name: 'find', calls: 100, errors: 0, times: undefined }]);
  });

  it('takes what is no time and what is endless for the shortest and the longest', () => {
    const telemetry = new TradingTelemetry();
    telemetry.called({ name: 'find', isOk: true, latencyMs: 0 });
    telemetry.called({ name: 'find', isOk: false, latencyMs: 3_600_000 });
    expect(telemetry.calls()[0]!.times!.max).toBeGreaterThanOrEqual(59);
  });

  it('counts each order once, by the status it ended with first', () => {
    const telemetry = new TradingTelemetry();
    telemetry.noted([noted('a/entry/1', 'working'), noted('a/entry/1', 'filled')]);
    telemetry.noted([noted('a/entry/1', 'filled'), noted('b/entry/1', 'rejected')]);
    telemetry.noted([noted('c/entry/1', 'filled')]);
    expect(telemetry.orders()).toEqual([
      { role: 'entry', outcome: 'filled', orders: 2 },
      { role: 'entry', outcome: 'rejected', orders: 1 },
    ]);
  });

  it('counts fills', () => {
    const telemetry = new TradingTelemetry();
    telemetry.noted([{ kind: 'fill', fill: {} as Fill }, noted('a/entry/1', 'filled')]);
    expect(telemetry.fills).toBe(1);
  });
});
