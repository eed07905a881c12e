/**
 * When a recorded symbol's funding is settled, and at which rate: as recorded, and every eight hours at the usual rate
 * before the first and after the last recorded one, as a backtest of the same folder assumes it. Settlements are stamped
 * some milliseconds late; they count as of their minute.
 */
import { HOUR_MS, MINUTE_MS, type UtcMs } from '@slt/domain';

export interface RecordedFunding {
  readonly at: UtcMs;
  readonly rate: number;
}

const USUAL_EVERY_MS = 8 * HOUR_MS;
const USUAL_RATE = 0.0001;

export class RecordedFundings {
  private readonly recorded: readonly RecordedFunding[];

  /** @param recorded in any order; of several in one minute the last */
  constructor(recorded: readonly RecordedFunding[] = []) {
    const byMinute = new Map(
      recorded.map(({ at, rate }) => [Math.floor(at / MINUTE_MS) * MINUTE_MS, rate] as const),
    );
    this.recorded = [...byMinute].map(([at, rate]) => ({ at, rate })).sort((a, b) => a.at - b.at);
  }

  /**
   * In [from, to], ascending, the oldest so many.
   * @param listedAt before it only what was recorded was settled
   */
  between(from: UtcMs, to: UtcMs, limit: number, listedAt: UtcMs): readonly RecordedFunding[] {
    const begun = Math.max(from, listedAt);
    const found = this.recorded.filter(({ at }) => at >= from && at <= to);
    const first = this.recorded[0]?.at ?? Infinity;
    const last = this.recorded.at(-1)?.at ?? -Infinity;
    // Between two recorded ones there is none that nobody recorded.
    for (let at = Math.ceil(begun / USUAL_EVERY_MS) * USUAL_EVERY_MS; at <= to; at += USUAL_EVERY_MS) {
      if (found.length >= limit + this.recorded.length) break;
      if (at < first || at > last) found.push({ at, rate: USUAL_RATE });
    }
    return found.sort((a, b) => a.at - b.at).slice(0, limit);
  }

  /** Settled last by the instant, inclusive. */
  rateAt(now: UtcMs): number {
    const last = this.recorded.findLast(({ at }) => at <= now);
    const usual = Math.floor(now / USUAL_EVERY_MS) * USUAL_EVERY_MS;
    const isOver = last === this.recorded.at(-1) && usual > (last?.at ?? -Infinity);
    return last === undefined || isOver ? USUAL_RATE : last.rate;
  }

  /** The next after the instant. */
  nextAfter(now: UtcMs): UtcMs {
    const usual = (Math.floor(now / USUAL_EVERY_MS) + 1) * USUAL_EVERY_MS;
    const recorded = this.recorded.find(({ at }) => at > now)?.at;
    if (recorded === undefined) return usual;
    return usual < (this.recorded[0]?.at ?? Infinity) ? Math.min(usual, recorded) : recorded;
  }
}
