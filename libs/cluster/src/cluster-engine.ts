/** The parts of a running cluster as one: begun, opened, kept going by a heartbeat, and ended together. */
import { Inject, Injectable, Logger } from '@nestjs/common';
import { type Clock, SECOND_MS } from '@slt/domain';
import { CLOCK } from '@slt/exchange';
import { describe } from './cluster-events';
import { MarketFeed, pause } from './market-feed';
import { SeriesPersister } from './series-persister';
import { SymbolPipelines } from './symbol-pipelines';
import { WarmUp } from './warm-up';

/** Wall-clock milliseconds between two beats: a second of exchange time, within these bounds. */
const SHORTEST_BEAT_MS = 100;
const LONGEST_BEAT_MS = 250;

/** Wall-clock milliseconds that the parts of an end may take; five seconds in all. */
const CLOSE_MS = 1_000;
const FLUSH_MS = 1_500;
const LAST_WRITE_MS = 2_000;

@Injectable()
export class ClusterEngine {
  private readonly logger = new Logger('Cluster');
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(MarketFeed) private readonly feed: MarketFeed,
    @Inject(WarmUp) private readonly warmUp: WarmUp,
    @Inject(SymbolPipelines) private readonly pipelines: SymbolPipelines,
    @Inject(SeriesPersister) private readonly persister: SeriesPersister,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  begin(): void {
    this.pipelines.begin();
    this.warmUp.begin();
    this.persister.begin();
  }

  /** @returns false when the signal came before there was a universe */
  discover(signal: AbortSignal, onFailure: (reason: string) => void): Promise<boolean> {
    return this.feed.discover(signal, onFailure);
  }

  /**
   * Subscribes and warms up, then keeps going until `end`.
   * @param afterBeat called at the end of every beat
   */
  open(afterBeat: () => void): void {
    this.feed.open((departed) => {
      this.warmUp.forget(departed.symbol);
      this.persister.keep(departed);
    });
    const everyMs = Math.min(LONGEST_BEAT_MS, Math.max(SHORTEST_BEAT_MS, this.clock.toWallMs(SECOND_MS)));
    this.timer = setInterval(() => this.beat(afterBeat), everyMs);
    this.timer.unref();
    this.beat(afterBeat);
  }

  /** Whole within five seconds; what could not be written by then is topped up at the next start. */
  async end(): Promise<void> {
    clearInterval(this.timer);
    this.timer = undefined;
    this.warmUp.end();
    this.pipelines.end();
    await this.within(CLOSE_MS, 'closing the streams', this.feed.close());
    await this.within(LAST_WRITE_MS, 'writing the series', this.persister.flush(FLUSH_MS));
  }

  private beat(afterBeat: () => void): void {
    try {
      const now = this.clock.now();
      this.feed.tick();
      this.pipelines.tick(now);
      this.warmUp.tick(now);
      this.pipelines.prepareEngines(this.warmUp.settled);
      this.persister.tick();
      afterBeat();
    } catch (error) {
      this.logger.error(`a beat failed: ${describe(error)}`);
    }
  }

  private async within(wallMs: number, what: string, work: Promise<void>): Promise<void> {
    const given = new AbortController();
    const late = pause(wallMs, given.signal).then(() => {
      if (!given.signal.aborted)
        this.logger.warn(`${what} takes longer than ${wallMs} ms and is left behind`);
    });
    try {
      await Promise.race([work, late]);
    } catch (error) {
      this.logger.warn(`${what} failed: ${describe(error)}`);
    } finally {
      given.abort();
    }
  }
}
