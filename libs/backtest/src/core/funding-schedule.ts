/**
 * When one symbol's funding falls due, and at which rate: as recorded, and every eight hours at a default rate where
 * nothing is. Settlements are stamped some milliseconds late; they count as of their minute.
 */
import { AppError, HOUR_MS, MINUTE_MS, type UtcMs } from '@slt/domain';

export interface Settlement {
  readonly at: UtcMs;
  readonly rate: number;
}

/** Binance's usual one. */
export const FUNDING_EVERY_MS = 8 * HOUR_MS;

export class FundingSchedule {
  private readonly recorded: readonly Settlement[];
  private index = 0;
  private toldTo: UtcMs = -Infinity;

  /**
   * @param recorded in any order
   * @throws AppError invalid, `BACKTEST.FUNDING`, for a rate that is none
   */
  constructor(
    recorded: readonly Settlement[],
    private readonly defaultRate: number,
  ) {
    const wrong = [{ at: 0, rate: defaultRate }, ...recorded].find(({ rate }) => !(Math.abs(rate) <= 1));
    if (wrong !== undefined) {
      throw new AppError('invalid', 'BACKTEST.FUNDING', `${wrong.rate} is no rate of a funding`);
    }
    this.recorded = recorded
      .map(({ at, rate }) => ({ at: Math.floor(at / MINUTE_MS) * MINUTE_MS, rate }))
      .sort((a, b) => a.at - b.at);
  }

  /**
   * The rate settled last before the instant, for what is settled at it is told a moment later; the default one where no
   * recorded one is near. O(log n).
   */
  rateAt(at: UtcMs): number {
    const { recorded } = this;
    let low = 0;
    let high = recorded.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (recorded[middle]!.at < at) low = middle + 1;
      else high = middle;
    }
    const last = recorded[low - 1];
    if (last === undefined) return this.defaultRate;
    const isOver =
      low === recorded.length && Math.floor((at - 1) / FUNDING_EVERY_MS) * FUNDING_EVERY_MS > last.at;
    return isOver ? this.defaultRate : last.rate;
  }

  /** What falls due up to the instant (inclusive) is nobody's. */
  skipTo(at: UtcMs): void {
    if (at <= this.toldTo) return;
    this.toldTo = at;
    while (this.index < this.recorded.length && this.recorded[this.index]!.at <= at) this.index++;
  }

  /** Due up to the instant (inclusive) and not told or skipped before; ascending. */
  upTo(at: UtcMs): readonly Settlement[] {
    const due: Settlement[] = [];
    for (let next = this.next(); next.at <= at; next = this.next()) {
      due.push(next);
      this.skipTo(next.at);
    }
    this.skipTo(at);
    return due;
  }

  private next(): Settlement {
    const recorded = this.recorded[this.index];
    const usual = (Math.floor(this.toldTo / FUNDING_EVERY_MS) + 1) * FUNDING_EVERY_MS;
    const first = this.recorded[0]?.at ?? Infinity;
    const last = this.recorded.at(-1)?.at ?? -Infinity;
    // Between two recorded ones there is none that nobody recorded.
    const isUnrecorded = usual < first || usual > last;
    if (recorded === undefined || (isUnrecorded && usual < recorded.at))
      return { at: usual, rate: this.defaultRate };
    return recorded;
  }
}
