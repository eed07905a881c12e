/**
 * The exchange's time on this machine. It hangs on the monotonic clock, so that a machine whose wall clock is wrong or
 * jumps keeps the right time between two synchronisations.
 *
 * Corrections: forward at once. Backward by less than SLEW_LIMIT (wall): the time stands still until it is caught up,
 * so that nobody sees it run backwards. Backward by more: at once, for standing still that long would be worse.
 */
import { AppError, type Clock, type DurationMs, SECOND_MS, type UtcMs } from '@slt/domain';
import {
  anchorOf,
  bestProbe,
  type ClockAnchor,
  type ClockProbe,
  exchangeTimeAt,
  uncertaintyOf,
} from './core/clock-offset';

export interface ClockStatus {
  /** Exchange minus machine, both now. */
  readonly offsetMs: DurationMs;
  /** Of the probe that set the clock; wall milliseconds. */
  readonly roundTripMs: DurationMs;
  readonly speed: number;
  /** Exchange time of the last synchronisation; 0: never. */
  readonly syncedAt: UtcMs;
}

export interface LocalClocks {
  /** Monotonic, milliseconds. */
  monotonic(): number;
  /** Wall, milliseconds since the epoch; may be wrong. */
  wall(): UtcMs;
}

const SLEW_LIMIT_MS: DurationMs = 5 * SECOND_MS;
const DEFAULT_PROBES = 5;
/** A round trip this short leaves nothing to gain from another probe. */
const SHORT_TRIP_MS = 2;

export const LOCAL_CLOCKS: LocalClocks = { monotonic: () => performance.now(), wall: () => Date.now() };

export class ExchangeTime implements Clock {
  private anchor: ClockAnchor | undefined;
  private readonly bornAt: UtcMs;
  private syncedAt: UtcMs = 0;
  private shown: UtcMs = 0;
  private running: Promise<void> | undefined;
  private isStanding: boolean;

  /** @param isHeld the exchange's clock stands, until `release` */
  constructor(
    readonly speed: number,
    private readonly local: LocalClocks = LOCAL_CLOCKS,
    isHeld = false,
  ) {
    this.bornAt = local.wall();
    this.isStanding = isHeld;
  }

  get isHeld(): boolean {
    return this.isStanding;
  }

  /** The exchange's clock goes on from where it stood. */
  release(): void {
    if (!this.isStanding) return;
    const exchangeAt = this.computed();
    this.isStanding = false;
    if (this.anchor !== undefined)
      this.anchor = { ...this.anchor, localAt: this.local.monotonic(), exchangeAt };
  }

  get isSynced(): boolean {
    return this.anchor !== undefined;
  }

  /** Until the first synchronisation the machine's own time, which goes at the exchange's speed all the same. */
  now(): UtcMs {
    const time = Math.floor(this.computed());
    const isSmallStepBack = time < this.shown && this.shown - time < SLEW_LIMIT_MS * this.speed;
    if (!isSmallStepBack) this.shown = time;
    return this.shown;
  }

  /**
   * The best guess, which a correction may turn back: for the timestamps of signed calls, where standing still for
   * seconds would be refused.
   */
  exact(): UtcMs {
    return Math.floor(this.computed());
  }

  toWallMs(duration: DurationMs): DurationMs {
    return duration / this.speed;
  }

  /** How far off this clock may be, in exchange milliseconds; 0 while nothing is known. */
  uncertaintyMs(): DurationMs {
    // A clock that stands is known to the millisecond, and nobody could wait for it to pass a boundary.
    if (this.anchor === undefined || this.isStanding) return 0;
    return uncertaintyOf(this.anchor, this.speed);
  }

  status(): ClockStatus {
    return {
      offsetMs: this.now() - this.local.wall(),
      roundTripMs: this.anchor?.roundTripMs ?? 0,
      speed: this.speed,
      syncedAt: this.syncedAt,
    };
  }

  /**
   * Sets the clock by the best of some probes. Callers meanwhile get the same run.
   * @param ask the exchange's time, by one call
   * @throws what `ask` throws, if not one probe succeeded
   */
  sync(ask: () => Promise<UtcMs>, probes = DEFAULT_PROBES): Promise<void> {
    this.running ??= this.runSync(ask, probes).finally(() => (this.running = undefined));
    return this.running;
  }

  private async runSync(ask: () => Promise<UtcMs>, count: number): Promise<void> {
    const probes: ClockProbe[] = [];
    let failure: unknown;
    for (let i = 0; i < count; i++) {
      try {
        const sentAt = this.local.monotonic();
        const serverTime = await ask();
        const probe = { sentAt, serverTime, receivedAt: this.local.monotonic() };
        probes.push(probe);
        if (probe.receivedAt - sentAt <= SHORT_TRIP_MS) break;
      } catch (error) {
        failure = error;
        break;
      }
    }
    const best = bestProbe(probes);
    if (best === undefined)
      throw failure ?? new AppError('transient', 'EXCHANGE.UNREACHABLE', 'no probe was made');
    const isFirst = this.anchor === undefined;
    this.anchor = anchorOf(best);
    if (isFirst) this.shown = 0;
    this.syncedAt = this.now();
  }

  private computed(): UtcMs {
    if (this.isStanding) return this.anchor?.exchangeAt ?? this.bornAt;
    if (this.anchor === undefined) return this.bornAt + (this.local.wall() - this.bornAt) * this.speed;
    return exchangeTimeAt(this.anchor, this.local.monotonic(), this.speed);
  }
}
