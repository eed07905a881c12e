/**
 * A signal as features look at it: what several of them need is made once, when the first asks. Everything is seen in the
 * direction of the signal, so that a short in a market upside down is the same situation as the long.
 */
import { intervalMs } from '@slt/domain';
import type { SmcView, ZoneSketches } from '@slt/smc';
import type { ScoreInput } from '@slt/trading';
import type { MarketFacts } from '../market-facts';
import { emptyFrame, type Frame, frameBefore, meanTrueRange, NEWEST } from './frame';
import { type NearestPair, NearestZones } from './zones';

/** Filled anew for each signal, since they take longer to make than to read. */
const OWN = emptyFrame();
const OF_THE_LEADER = emptyFrame();

/** One at a time: the next one takes the candles of the one before. */
export class Situation {
  /** 1 for a long, −1 for a short. */
  readonly sign: 1 | -1;
  readonly frame: Frame | undefined;
  /** ATR: mean true range of the whole frame. NaN where there is no frame. */
  readonly unit: number;
  /** Price from entry to stop. */
  readonly risk: number;
  private nearestBlocks: NearestPair | undefined;
  private nearestGaps: NearestPair | undefined;
  private nearestPools: NearestPair | undefined;
  private leaderPart: { readonly frame: Frame | undefined; readonly unit: number } | undefined;

  constructor(
    readonly input: ScoreInput,
    readonly facts: MarketFacts,
  ) {
    this.sign = input.direction === 'long' ? 1 : -1;
    this.frame = frameBefore(input.series, input.at, OWN);
    this.unit = unitOf(this.frame);
    this.risk = Math.abs(input.entry - input.stop);
  }

  /** Blocks that hold, and breakers, which hold the other way round. Weight: strength in the view's ATR, 0 if not known. */
  get blocks(): NearestPair {
    if (this.nearestBlocks !== undefined) return this.nearestBlocks;
    const nearest = new NearestZones(this.input.entry, this.sign);
    sketchesOf(this.input.view).orderBlocks((direction, state, top, bottom, strength) => {
      if (state === 'mitigated') return;
      nearest.take(top, bottom, (direction === 'bullish') !== (state === 'breaker'), strength ?? 0);
    });
    return (this.nearestBlocks = nearest);
  }

  /** Gaps that are not filled. Weight: height in price. */
  get gaps(): NearestPair {
    if (this.nearestGaps !== undefined) return this.nearestGaps;
    const nearest = new NearestZones(this.input.entry, this.sign);
    sketchesOf(this.input.view).gaps((direction, state, top, bottom) => {
      if (state !== 'filled') nearest.take(top, bottom, direction === 'bullish', top - bottom);
    });
    return (this.nearestGaps = nearest);
  }

  /** Stops below lows are behind a long, stops above highs ahead of it. Without weight. */
  get pools(): NearestPair {
    if (this.nearestPools !== undefined) return this.nearestPools;
    const nearest = new NearestZones(this.input.entry, this.sign);
    sketchesOf(this.input.view).liquidity((side, level) => {
      nearest.take(level, level, side === 'low', 0);
    });
    return (this.nearestPools = nearest);
  }

  /** The leader's candles that opened before the signal's did, with their own ATR. */
  get leader(): { readonly frame: Frame | undefined; readonly unit: number } {
    if (this.leaderPart !== undefined) return this.leaderPart;
    const { interval, at } = this.input;
    const frame = frameBefore(this.facts.leader(interval), at - intervalMs(interval), OF_THE_LEADER);
    return (this.leaderPart = { frame, unit: unitOf(frame) });
  }
}

const sketchesOf = (view: SmcView): ZoneSketches =>
  view.sketches ?? {
    orderBlocks: (tell) => {
      for (const { direction, state, top, bottom, strength } of view.orderBlocks)
        tell(direction, state, top, bottom, strength);
    },
    gaps: (tell) => {
      for (const { direction, state, top, bottom } of view.gaps) tell(direction, state, top, bottom);
    },
    liquidity: (tell) => {
      for (const { side, level } of view.liquidity) tell(side, level);
    },
  };

/** 0 ÷ 0 is to be unknown: a price of nothing that never moved. */
function unitOf(frame: Frame | undefined): number {
  if (frame === undefined) return NaN;
  const unit = meanTrueRange(frame, NEWEST);
  return unit > 0 ? unit : NaN;
}
