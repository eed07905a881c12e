/** How late the event loop is, measured since it was last asked. */
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';

const RESOLUTION_MS = 10;
const NS_PER_SECOND = 1e9;

export interface EventLoopDelay {
  /** Seconds beyond the measuring interval. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

@Injectable()
export class EventLoopMonitor implements OnModuleInit, OnModuleDestroy {
  private histogram: IntervalHistogram | undefined;

  onModuleInit(): void {
    this.histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    this.histogram.enable();
  }

  onModuleDestroy(): void {
    this.histogram?.disable();
  }

  /** @param reset begin a new measurement: one reader only may */
  delay(reset = false): EventLoopDelay {
    const histogram = this.histogram;
    if (histogram === undefined || histogram.count === 0) return { p50: 0, p99: 0, max: 0 };
    const delay = {
      p50: beyond(histogram.percentile(50)),
      p99: beyond(histogram.percentile(99)),
      max: beyond(histogram.max),
    };
    if (reset) histogram.reset();
    return delay;
  }
}

function beyond(ns: number): number {
  return Math.max(0, ns / NS_PER_SECOND - RESOLUTION_MS / 1000);
}
