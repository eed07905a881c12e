/**
 * A symbol's minutes without drift: on a grid of ticks, with fat tails, volatility that clusters (GARCH(1,1)) and
 * follows the hours, a part that all symbols share, and volume that goes with both. Every step is rounded by chance to
 * a tick on either side, so that the printed price itself is a martingale: nothing about the past tells its direction.
 */
import { type Candle, HOUR_MS, MINUTE_MS, type UtcMs } from '@slt/domain';
import { Dice } from './dice';

/** Trades that make a candle. */
export const STEPS = 8;
/** How yesterday's square and yesterday's variance weigh in today's variance, by the minute. */
const NEWS = 0.06;
const MEMORY = 0.92;
/** Trades of a minute shake its volume by that much, in logarithm. */
const VOLUME_NOISE = 0.4;
const VOLUME_DECIMALS = 2;

export interface SymbolFacts {
  readonly symbol: string;
  /** Of the first price, in ticks. */
  readonly startTicks: number;
  /** Of prices. */
  readonly decimals: number;
  /** Standard deviation of a minute's return, in the mean of all hours. */
  readonly volatility: number;
  /** Share of the variance that all symbols have in common. */
  readonly common: number;
  /** USDT of an ordinary minute. */
  readonly turnover: number;
}

/** What the next minute depends on. */
export interface WalkState {
  readonly ticks: number;
  /** In units of the symbol's own. */
  readonly variance: number;
}

/**
 * Leads a walk somewhere: what is added to each step, in ticks.
 * @param ticks where it stands
 * @param variance of a step, in ticks²
 * @param step counted within the minute
 */
export type Pull = (ticks: number, variance: number, step: number) => number;

export interface Drawn {
  readonly candle: Candle;
  readonly state: WalkState;
}

/** How lively an hour of UTC is: quiet after New York, busy where London and New York overlap; squares have mean 1. */
const HOURS: readonly number[] = normalized([
  0.95, 0.9, 0.88, 0.85, 0.82, 0.82, 0.88, 1.0, 1.08, 1.05, 0.98, 0.98, 1.1, 1.32, 1.38, 1.3, 1.2, 1.08, 1.0,
  0.95, 0.9, 0.85, 0.85, 0.95,
]);

function normalized(hours: readonly number[]): number[] {
  const square = hours.reduce((sum, hour) => sum + hour * hour, 0) / hours.length;
  return hours.map((hour) => hour / Math.sqrt(square));
}

export const livelinessAt = (instant: UtcMs): number => HOURS[Math.floor(instant / HOUR_MS) % 24]!;

/** What all symbols share: shocks of variance 1, `STEPS` a minute, their volatility clustered. */
export function commonShocks(dice: Dice, minutes: number): Float64Array {
  const shocks = new Float64Array(minutes * STEPS);
  let variance = 1;
  for (let minute = 0; minute < minutes; minute++) {
    let sum = 0;
    for (let step = 0; step < STEPS; step++) {
      const shock = Math.sqrt(variance) * dice.shock();
      shocks[minute * STEPS + step] = shock;
      sum += shock;
    }
    variance = nextVariance(variance, sum * sum * (1 / STEPS));
  }
  return shocks;
}

const nextVariance = (variance: number, square: number): number =>
  Math.min(16, 1 - NEWS - MEMORY + NEWS * square + MEMORY * variance);

export class PriceWalk {
  private readonly scale: number;

  /** @param shocks what all symbols share, from the first minute on */
  constructor(
    readonly facts: SymbolFacts,
    private readonly start: UtcMs,
    private readonly shocks: Float64Array,
  ) {
    this.scale = 10 ** facts.decimals;
  }

  get first(): WalkState {
    return { ticks: this.facts.startTicks, variance: 1 };
  }

  get tick(): number {
    return 1 / this.scale;
  }

  /**
   * One of the candles that may follow; the dice decide which.
   * @param minute counted from the first candle, 0
   * @param pull without it the walk is free: a martingale
   */
  draw(state: WalkState, minute: number, dice: Dice, pull?: Pull): Drawn {
    const { facts, scale } = this;
    const openTime = this.start + minute * MINUTE_MS;
    const liveliness = livelinessAt(openTime);
    const deviation = facts.volatility * liveliness;
    const own = Math.sqrt(((1 - facts.common) * state.variance) / STEPS);
    const shared = Math.sqrt(facts.common / STEPS);
    const { ticks: open } = state;
    let ticks = open;
    let high = open;
    let low = open;
    let sum = 0;
    for (let step = 0; step < STEPS; step++) {
      const shock = own * dice.shock() + shared * this.shocks[minute * STEPS + step]!;
      sum += shock;
      const scaled = ticks * deviation;
      const lead =
        pull === undefined ? 0 : pull(ticks, scaled * scaled * (own * own + shared * shared), step);
      ticks = Math.max(1, ticks + dice.round(scaled * shock + lead));
      if (ticks > high) high = ticks;
      if (ticks < low) low = ticks;
    }
    const mood = liveliness * Math.exp(VOLUME_NOISE * dice.normal()) * (0.5 + Math.abs(sum));
    const candle = {
      openTime,
      open: open / scale,
      high: high / scale,
      low: low / scale,
      close: ticks / scale,
      volume: Number(((facts.turnover * mood * scale) / ticks).toFixed(VOLUME_DECIMALS)),
    };
    return { candle, state: { ticks, variance: nextVariance(state.variance, sum * sum) } };
  }
}
