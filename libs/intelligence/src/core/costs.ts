/**
 * What a round trip is expected to cost, in R: multiples of the risk from entry to stop. The same assumptions as those
 * of a paper account (libs/trading, core/paper): taker fees both ways, half the spread outwards to the tick, the
 * square-root law for what does not find its counterpart at the best price, and funding where a settlement lies ahead.
 */
import { type CandleSeries, type DurationMs, HOUR_MS, intervalMs, MINUTE_MS, type UtcMs } from '@slt/domain';
import type { Direction } from '@slt/trading';

export interface CostSettings {
  /** Of the notional, each way. */
  readonly takerFeeRate: number;
  /** Between bid and ask; one tick at least. */
  readonly spreadBps: number;
  /** USDT of an order that are assumed; how much it will be is not known when costs are asked for. */
  readonly notional: number;
  /** USDT that find their counterpart at the best price. */
  readonly touchNotional: number;
  /** Basis points that an order as large as a minute's trade pays on average. */
  readonly bpsAtMinuteVolume: number;
  /** USDT traded a minute; never less is assumed. */
  readonly minuteVolume: number;
  readonly maxBps: number;
  readonly fundingEveryMs: DurationMs;
  /** The time barrier: no position is held for longer. */
  readonly maxHoldMs: DurationMs;
}

/** As PAPER_DEFAULTS of libs/trading, with an order as large as the risk limits allow on a balance of 10,000 USDT. */
export const DEFAULT_COSTS: CostSettings = Object.freeze({
  takerFeeRate: 0.0005,
  spreadBps: 2,
  notional: 5_000,
  touchNotional: 2_000,
  bpsAtMinuteVolume: 10,
  minuteVolume: 50_000,
  maxBps: 1_000,
  fundingEveryMs: 8 * HOUR_MS,
  maxHoldMs: 2 * HOUR_MS,
});

/** A signal with what is known of its market. */
export interface CostQuestion {
  readonly direction: Direction;
  readonly at: UtcMs;
  readonly entry: number;
  readonly stop: number;
  readonly tickSize: number | undefined;
  /** As a share per settlement; positive: longs pay. */
  readonly fundingRate: number | undefined;
  /** USDT traded a minute of late. */
  readonly minuteVolume: number | undefined;
}

/** Expected fees, slippage and funding of a round trip. Funding that is expected to be received takes away from it. */
export function expectedCostR(question: CostQuestion, settings: CostSettings = DEFAULT_COSTS): number {
  const { direction, at, entry, stop, fundingRate = 0 } = question;
  const perNotional = entry / Math.abs(entry - stop);
  const eachWay = settings.takerFeeRate + slippageRateOf(question, settings);
  const sign = direction === 'long' ? 1 : -1;
  return perNotional * (2 * eachWay + sign * fundingRate * settlementChance(at, settings));
}

/** What a market order loses against the price seen, of its notional: half the spread, and its own impact. */
export function slippageRateOf(
  { entry, tickSize, minuteVolume }: Pick<CostQuestion, 'entry' | 'tickSize' | 'minuteVolume'>,
  settings: CostSettings = DEFAULT_COSTS,
): number {
  const tick = tickSize !== undefined && tickSize > 0 ? tickSize : 0;
  const half = Math.max(tick, (entry * settings.spreadBps) / BPS) / 2;
  const rest = Math.max(0, settings.notional - settings.touchNotional);
  const volume = Math.max(settings.minuteVolume, minuteVolume ?? 0);
  const bps = Math.min(settings.maxBps, settings.bpsAtMinuteVolume * Math.sqrt(rest / volume));
  const moved = upToTick((entry * bps) / BPS, tick) * (rest / settings.notional);
  return (upToTick(half, tick) + (rest > 0 ? moved : 0)) / entry;
}

/** Mean over the newest candles; undefined where there are none. */
export function minuteVolumeOf(series: CandleSeries | undefined): number | undefined {
  if (series === undefined || series.length === 0) return undefined;
  const count = Math.min(series.length, VOLUME_CANDLES);
  let sum = 0;
  for (let i = series.length - count; i < series.length; i++) {
    sum += series.value('volume', i) * series.value('close', i);
  }
  return (sum / count) * (MINUTE_MS / intervalMs(series.interval));
}

/** Settlements that a position pays which is opened at one instant (exclusive) and held up to another (inclusive). */
export function settlementsWithin(
  after: UtcMs,
  upTo: UtcMs,
  { fundingEveryMs }: CostSettings = DEFAULT_COSTS,
): number {
  return Math.max(0, Math.floor(upTo / fundingEveryMs) - Math.floor(after / fundingEveryMs));
}

const BPS = 10_000;
const VOLUME_CANDLES = 20;

/** That it is still held when the next settlement comes, if positions end evenly over the longest hold. */
function settlementChance(at: UtcMs, { fundingEveryMs, maxHoldMs }: CostSettings): number {
  const wait = (Math.floor(at / fundingEveryMs) + 1) * fundingEveryMs - at;
  return Math.max(0, 1 - wait / maxHoldMs);
}

/** Prices stand on the tick, so that what is lost is whole ticks. */
const upToTick = (distance: number, tick: number): number =>
  tick > 0 ? Math.ceil(distance / tick - 1e-9) * tick : distance;
