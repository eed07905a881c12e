/** What the parts of the emulated exchange share. */
import type { UtcMs } from '@slt/domain';
import type { ExchangeTime } from './exchange-time';
import type { Faults } from './faults/faults';
import type { CallLimiter } from './limits/call-limiter';
import type { OrderLimiter } from './limits/order-limiter';
import type { WeightLimiter } from './limits/weight-limiter';
import type { Market } from './market';
import type { Scheduler } from './scheduler';
import type { StatsRecorder } from './stats';

export interface Exchange {
  readonly market: Market;
  readonly time: ExchangeTime;
  readonly faults: Faults;
  readonly limiter: WeightLimiter;
  /** Of the funding calls, which cost no weight. */
  readonly fundingLimiter: CallLimiter;
  /** Of new orders, per account. */
  readonly orderLimiter: OrderLimiter;
  readonly scheduler: Scheduler;
  readonly stats: StatsRecorder;
  /** Wall milliseconds that every request takes at least, and up to how much more. */
  readonly latency: { readonly ms: number; readonly jitterMs: number };
}

/** The address as Binance prints it. */
export function plainIp(address: string | undefined): string {
  return (address ?? '127.0.0.1').replace(/^::ffff:/, '');
}

/** Now, shifted by the clock-skew faults that a stream's frames are subject to. */
export function eventTime({ time, faults }: Exchange, symbol?: string, interval?: string): UtcMs {
  const now = time.now();
  return faults.has('clock-skew') ? now + faults.skewMs({ target: 'stream', symbol, interval }) : now;
}
