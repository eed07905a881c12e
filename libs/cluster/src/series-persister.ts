/** Writes the live series to the cache every few minutes and at the end, only those that changed. */
import { Inject, Injectable, Logger } from '@nestjs/common';
import { type Clock, MINUTE_MS, toAppError } from '@slt/domain';
import { CLOCK } from '@slt/exchange';
import { HistoryService } from '@slt/history';
import type { CandleLane } from './candle-lane';
import type { HistorySource } from './neighbours';
import type { SymbolPipeline } from './symbol-pipeline';
import { SymbolPipelines } from './symbol-pipelines';

const EVERY_MS = 3 * MINUTE_MS;
/** However fast the exchange's time runs, the disk gets this much rest. Wall-clock milliseconds. */
const LEAST_REST_MS = 30_000;
/** Of the ring may fill between two writes: what the ring drops before it was written would be a hole in the file. */
const RING_SHARE = 0.4;
/** Series handed over at once, so that a deadline can strike in between. */
const BATCH = 10;

@Injectable()
export class SeriesPersister {
  private readonly logger = new Logger('Cluster');
  private queue: Promise<void> = Promise.resolve();
  private idle = true;
  private restingSince = 0;
  private departed: SymbolPipeline[] = [];

  constructor(
    @Inject(HistoryService) private readonly history: Pick<HistorySource, 'persist'>,
    @Inject(SymbolPipelines) private readonly pipelines: SymbolPipelines,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  begin(): void {
    this.rest();
  }

  tick(): void {
    if (!this.idle || performance.now() - this.restingSince < this.restMs()) return;
    void this.flush();
  }

  /** Keeps what a symbol that leaves has gathered. */
  keep(pipeline: SymbolPipeline): void {
    this.departed.push(pipeline);
    void this.flush();
  }

  /** Writes what changed. Never throws: what is not written is fetched again after the next start. */
  flush(deadlineMs = Infinity): Promise<void> {
    const deadline = performance.now() + deadlineMs;
    this.idle = false;
    this.queue = this.queue
      .then(() => this.write(deadline))
      .finally(() => {
        this.idle = true;
        this.rest();
      });
    return this.queue;
  }

  private async write(deadline: number): Promise<void> {
    const leaving = this.departed.splice(0);
    const changed = [...leaving, ...this.pipelines.all()]
      .flatMap(({ lanes }) => lanes)
      .filter((lane) => lane.isLive && lane.changes > lane.persisted);
    for (let i = 0; i < changed.length; i += BATCH) {
      if (performance.now() > deadline) {
        return this.logger.warn(
          `${changed.length - i} series were not written in time; they are topped up later`,
        );
      }
      await this.writeBatch(changed.slice(i, i + BATCH));
    }
  }

  private async writeBatch(lanes: readonly CandleLane[]): Promise<void> {
    const versions = lanes.map(({ changes }) => changes);
    try {
      await this.history.persist(
        lanes.map(({ series }) => ({
          symbol: series.symbol,
          interval: series.interval,
          columns: series.toColumns(),
        })),
      );
      lanes.forEach((lane, i) => (lane.persisted = versions[i]!));
    } catch (error) {
      this.logger.warn(`series were not written: ${toAppError(error, 'CLUSTER.PERSIST_FAILED').message}`);
    }
  }

  private rest(): void {
    this.restingSince = performance.now();
  }

  /** Wall-clock milliseconds between two writes. */
  private restMs(): number {
    const usual = Math.max(LEAST_REST_MS, this.clock.toWallMs(EVERY_MS));
    const [any] = this.pipelines.all();
    if (any === undefined) return usual;
    return Math.min(usual, this.clock.toWallMs(RING_SHARE * any.base.series.capacity * any.base.step));
  }
}
