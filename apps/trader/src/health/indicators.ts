/** What readiness looks at besides the warm-up. Each answers from what is known, or was found less than a second ago, or within a second. */
import { access, constants, statfs } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import type { ClusterStatus } from '@slt/cluster';
import { AppConfig } from '@slt/config';
import { Database } from '@slt/database';
import { ExchangeClock, WeightBudget } from '@slt/exchange';
import { HistoryService } from '@slt/history';
import { answerWithin } from '../http/answer-within';
import { EventLoopMonitor } from '../metrics/event-loop';
import { Recent } from './recent';
import { TradingIndicator } from './trading-indicator';

const TIMEOUT_MS = 900;
const STALE_CLOCK_MS = 15 * 60_000;
const LEAST_FREE_BYTES = 256 * 1024 * 1024;
const WORST_LOOP_DELAY_SECONDS = 1;
const MIB = 1024 * 1024;

type Result = HealthIndicatorResult;

/** The exchange side: clock and weight, as they are known; a probe must not spend weight. */
@Injectable()
export class ExchangeIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly clock: ExchangeClock,
    private readonly weights: WeightBudget,
  ) {}

  check(): Result {
    const indicator = this.indicators.check('exchange');
    const now = this.clock.now();
    const { offsetMs, roundTripMs, syncedAt } = this.clock.status();
    const { used, limit, bannedUntil } = this.weights.status();
    const facts = { offsetMs, roundTripMs, weightUsed: used, weightLimit: limit };
    if (bannedUntil !== undefined && bannedUntil > now) {
      return indicator.degraded({ ...facts, message: 'the exchange asks us to wait', bannedUntil });
    }
    if (!(syncedAt > 0)) return indicator.degraded({ ...facts, message: 'never reached yet' });
    if (this.clock.toWallMs(now - syncedAt) > STALE_CLOCK_MS) {
      return indicator.degraded({ ...facts, message: 'not reached for 15 minutes' });
    }
    return indicator.up(facts);
  }
}

/** The queue of history jobs and the database behind it. */
@Injectable()
export class QueueIndicator {
  private readonly recent = new Recent(() => answerWithin(TIMEOUT_MS, this.history.queueHealth()));

  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly history: HistoryService,
  ) {}

  async check(): Promise<Result> {
    const indicator = this.indicators.check('queue');
    const health = await this.recent.get();
    if (health instanceof Error) return indicator.degraded({ message: health.message });
    const facts = { detail: health.detail, counts: health.counts };
    return health.up ? indicator.up(facts) : indicator.degraded(facts);
  }
}

/** Tables and cache files. */
@Injectable()
export class StoreIndicator {
  private readonly recent = new Recent(() => this.look());

  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly database: Database,
    private readonly config: AppConfig,
  ) {}

  async check(): Promise<Result> {
    const indicator = this.indicators.check('store');
    const [health, folder] = await this.recent.get();
    if (folder instanceof Error) return indicator.degraded({ message: 'DATA_DIR cannot be written' });
    if (health instanceof Error) return indicator.degraded({ message: health.message });
    return health.up
      ? indicator.up({ detail: health.detail })
      : indicator.degraded({ detail: health.detail });
  }

  private look() {
    const rights = constants.R_OK | constants.W_OK | constants.X_OK;
    return Promise.all([
      answerWithin(TIMEOUT_MS, this.database.health()),
      answerWithin(TIMEOUT_MS, access(this.config.DATA_DIR, rights)),
    ]);
  }
}

/** Room for the cache to grow. */
@Injectable()
export class DiskIndicator {
  private readonly recent = new Recent(() => answerWithin(TIMEOUT_MS, statfs(this.config.DATA_DIR)));

  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly config: AppConfig,
  ) {}

  async check(): Promise<Result> {
    const indicator = this.indicators.check('disk');
    const disk = await this.recent.get();
    if (disk instanceof Error) return indicator.degraded({ message: 'DATA_DIR cannot be examined' });
    const freeBytes = disk.bavail * disk.bsize;
    const facts = { freeMiB: Math.floor(freeBytes / MIB) };
    return freeBytes >= LEAST_FREE_BYTES
      ? indicator.up(facts)
      : indicator.degraded({ ...facts, message: `less than ${LEAST_FREE_BYTES / MIB} MiB are free` });
  }
}

/** Whether this process keeps up with its own work. */
@Injectable()
export class EventLoopIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly eventLoop: EventLoopMonitor,
  ) {}

  check(): Result {
    const { p99, max } = this.eventLoop.delay();
    const facts = { p99Ms: Math.round(p99 * 1000), maxMs: Math.round(max * 1000) };
    const indicator = this.indicators.check('eventLoop');
    return p99 < WORST_LOOP_DELAY_SECONDS ? indicator.up(facts) : indicator.degraded(facts);
  }
}

/** The one that decides: enough symbols are whole and streaming. */
@Injectable()
export class WarmUpIndicator {
  constructor(private readonly indicators: HealthIndicatorService) {}

  check({ ready, phase, reason }: Pick<ClusterStatus, 'ready' | 'phase' | 'reason'>): Result {
    const indicator = this.indicators.check('warmUp');
    return ready
      ? indicator.up({ phase })
      : indicator.down({ phase, message: reason ?? `the cluster is ${phase}` });
  }
}

export const INDICATORS = [
  ExchangeIndicator,
  QueueIndicator,
  StoreIndicator,
  DiskIndicator,
  EventLoopIndicator,
  WarmUpIndicator,
  TradingIndicator,
];
