/**
 * Sweep and reversal: a wick takes the stops behind a pool and closes back, and soon structure breaks the other way.
 * What is known is only what was hit and that it held; the break is the proof, the sweep's extreme the invalidation.
 */
import type { Candle } from '@slt/domain';
import type { BreakEvent, LiquidityEvent, PoolSource } from '@slt/smc';
import { type Direction, signOf } from '../signal';
import { type Candidate, type Detector, NO_CANDIDATES } from './setup';

/** More people have the later ones on their charts, and more stops lie behind them. */
const RANKS: Readonly<Record<PoolSource, number>> = {
  'asian-kill-zone': 0,
  'london-kill-zone': 0,
  'new-york-kill-zone': 0,
  sydney: 0,
  tokyo: 0,
  london: 1,
  'new-york': 1,
  swing: 2,
  equal: 3,
  day: 4,
  week: 5,
  month: 6,
};

interface Pending {
  source: PoolSource;
  /** Of the pool that `source` is of. */
  level: number;
  /** Lowest low (of a long) since the sweep. */
  extreme: number;
  /** Count of candles at the last sweep. */
  sweptAt: number;
}

export class SweepReversal implements Detector<LiquidityEvent | BreakEvent> {
  private long: Pending | undefined;
  private short: Pending | undefined;
  private count = 0;
  /** Of the candle that comes next. */
  private readonly sweeps: LiquidityEvent[] = [];
  private readonly breaks: BreakEvent[] = [];

  /** @param within candles from the sweep to the break, 0 being the same candle */
  constructor(private readonly within: number) {}

  hear(event: LiquidityEvent | BreakEvent): void {
    if (event.kind !== 'liquidity') this.breaks.push(event);
    else if (event.state === 'swept') this.sweeps.push(event);
  }

  step(candle: Candle): readonly Candidate[] {
    const { sweeps, breaks } = this;
    this.count++;
    if (this.long !== undefined) this.long = this.followed(this.long, candle, 'long');
    if (this.short !== undefined) this.short = this.followed(this.short, candle, 'short');
    // The wick comes before the close: a sweep of this very candle counts for a break by it.
    if (sweeps.length > 0) for (const sweep of sweeps.splice(0)) this.sweep(sweep, candle);
    return breaks.length === 0 ? NO_CANDIDATES : this.confirmed(breaks.splice(0));
  }

  reset(): void {
    this.long = undefined;
    this.short = undefined;
    this.sweeps.length = 0;
    this.breaks.length = 0;
    this.count = 0;
  }

  /** A close beyond the extreme was no turn; a deeper wick only moves it. */
  private followed(pending: Pending, candle: Candle, direction: Direction): Pending | undefined {
    if (this.count - pending.sweptAt > this.within) return undefined;
    if (direction === 'long') {
      if (candle.close < pending.extreme) return undefined;
      pending.extreme = Math.min(pending.extreme, candle.low);
    } else {
      if (candle.close > pending.extreme) return undefined;
      pending.extreme = Math.max(pending.extreme, candle.high);
    }
    return pending;
  }

  /** Several pools swept before the break are one idea: the greatest source, the deepest extreme, the latest time. */
  private sweep({ side, source, level }: LiquidityEvent, candle: Candle): void {
    const known = side === 'low' ? this.long : this.short;
    const extreme = side === 'low' ? candle.low : candle.high;
    if (known !== undefined) {
      if (RANKS[source] > RANKS[known.source]) {
        known.source = source;
        known.level = level;
      }
      known.sweptAt = this.count;
    } else if (side === 'low') this.long = { source, level, extreme, sweptAt: this.count };
    else this.short = { source, level, extreme, sweptAt: this.count };
  }

  /** Any change of character, or a break of the internal structure, in the direction of the reversal. */
  private confirmed(breaks: readonly BreakEvent[]): readonly Candidate[] {
    let candidates: Candidate[] | undefined;
    for (const event of breaks) {
      if (event.kind === 'bos' && event.scale !== 'internal') continue;
      const direction = event.direction === 'bullish' ? 'long' : 'short';
      const pending = this[direction];
      if (pending === undefined) continue;
      this[direction] = undefined;
      const { source, level, extreme } = pending;
      (candidates ??= []).push({
        setup: 'sweep-reversal',
        direction,
        invalidation: extreme,
        evidence: { kind: 'sweep', source, depth: Math.max(0, signOf(direction) * (level - extreme)) },
      });
    }
    return candidates ?? NO_CANDIDATES;
  }
}
