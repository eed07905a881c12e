/**
 * Asks REST for the candles that streams and history lack. However many symbols lack some at once, a few requests
 * run side by side and they begin spread out, so that a minute's weight is not spent in a burst.
 */
import { Inject, Injectable } from '@nestjs/common';
import { type CandleColumns, type Clock, type Interval, SECOND_MS, type UtcMs } from '@slt/domain';
import { CLOCK } from '@slt/exchange';
import { HistoryService } from '@slt/history';
import type { HistorySource } from './neighbours';

/** Requests under way at once, and begun per second of exchange time. */
const CONCURRENCY = 8;
const PER_SECOND = 30;

export interface FillRequest {
  readonly symbol: string;
  readonly interval: Interval;
  /** Open times, both inclusive. */
  readonly from: UtcMs;
  readonly to: UtcMs;
  /** Asked just before the request is sent: the stream may have brought the candles meanwhile. */
  stillWanted(): boolean;
  /** Nobody waits for it: goes after all others. */
  readonly idle?: boolean;
}

interface Task {
  readonly request: FillRequest;
  settle(outcome: CandleColumns | undefined): void;
  fail(error: unknown): void;
}

@Injectable()
export class RestFiller {
  private urgent: Task[] = [];
  private idle: Task[] = [];
  private active = 0;
  private nextStartAt = 0;
  private timer: NodeJS.Timeout | undefined;
  fetches = 0;
  failures = 0;

  constructor(
    @Inject(HistoryService) private readonly history: Pick<HistorySource, 'fetchRange'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @returns undefined when the candles were no longer wanted, or the filler was cleared, before the request went out */
  fill(request: FillRequest): Promise<CandleColumns | undefined> {
    return new Promise((settle, fail) => {
      (request.idle === true ? this.idle : this.urgent).push({ request, settle, fail });
      this.pump();
    });
  }

  /** Drops what has not been sent. */
  clear(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const dropped = [...this.urgent, ...this.idle];
    this.urgent = [];
    this.idle = [];
    for (const task of dropped) task.settle(undefined);
  }

  private pump(): void {
    if (this.timer !== undefined) return;
    while (this.active < CONCURRENCY) {
      const waitMs = this.nextStartAt - performance.now();
      if (waitMs > 1) return this.pumpLater(waitMs);
      const task = this.urgent.shift() ?? this.idle.shift();
      if (task === undefined) return;
      if (!task.request.stillWanted()) {
        task.settle(undefined);
        continue;
      }
      this.nextStartAt =
        Math.max(this.nextStartAt, performance.now()) + this.clock.toWallMs(SECOND_MS / PER_SECOND);
      void this.send(task);
    }
  }

  private pumpLater(waitMs: number): void {
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.pump();
    }, waitMs);
    this.timer.unref();
  }

  private async send({ request, settle, fail }: Task): Promise<void> {
    this.active++;
    this.fetches++;
    try {
      settle(await this.history.fetchRange(request.symbol, request.interval, request.from, request.to));
    } catch (error) {
      this.failures++;
      fail(error);
    } finally {
      this.active--;
      this.pump();
    }
  }
}
