/**
 * The minutes of one generated market, an hour at a time, each hour on its own: the logarithmic price is a bridge between
 * the marks of the hour (market + sector + own), the candle around each step is drawn, quiet minutes stay flat.
 */
import { hashText, mix, Sequence } from './hash';
import { FactorPath } from './factor-path';
import { LogPath } from './log-path';
import type { PriceModel } from './price-model';
import { powerOfTen, type RowBuffer } from './row-buffer';
import { turnoverOfHour, volatilityOfHour } from './season';
import { Volatility } from './volatility';

const { abs, exp, floor, max, min, round, sqrt } = Math;

export const SECTORS = 9;
export const QUOTE_DECIMALS = 4;
const HOUR_MS = 3_600_000;
const TAIL_SHARE = 0.025;
const TAIL_FACTOR = 3.5;

/** The paths all markets of one seed share. */
export class Factors {
  readonly market: FactorPath;
  readonly sectors: readonly FactorPath[];

  constructor(readonly seed: number) {
    const hash = hashText('factors', seed);
    this.market = new FactorPath(mix(hash, 0), 0.019);
    this.sectors = Array.from({ length: SECTORS }, (_, i) => new FactorPath(mix(hash, i + 1), 0.014));
  }
}

/** One hour at work, reused for every hour; not a local of each call, as these are the hottest loops here. */
const price = new Float64Array(60); // at the end of each minute, in ticks
const spell = new Float64Array(60);
const shock = new Float64Array(60);
const spread = new Float64Array(60); // usual step of the minute; 0 for one without a trade
const season = new Float64Array(60);

export class GeneratedHours {
  private readonly anchors: LogPath;
  private readonly volatility: Volatility;
  private readonly pathHash: number;
  private readonly rowHash: number;
  private readonly sector: FactorPath;
  private readonly ticksPerUnit: number;
  private readonly stepsPerUnit: number;

  constructor(
    symbol: string,
    private readonly model: PriceModel,
    private readonly factors: Factors,
  ) {
    const hash = hashText(model.key, factors.seed);
    this.anchors = new LogPath(mix(hash, 1), model.ownDeviation);
    this.volatility = new Volatility(mix(hash, 2));
    this.pathHash = mix(hash, 3);
    this.rowHash = hashText(symbol, mix(factors.seed, 4));
    this.sector = factors.sectors[model.sector % SECTORS]!;
    this.ticksPerUnit = powerOfTen(model.tickDecimals);
    this.stepsPerUnit = powerOfTen(model.quantityDecimals);
  }

  /** The price at the beginning of an hour, on the tick: the close before the hour's first minute. */
  priceAtHour(hour: number): number {
    return this.ticksOf(this.logAtHour(hour)) / this.ticksPerUnit;
  }

  /** Appends the hour's 60 candles. @param hour since the epoch */
  append(hour: number, into: RowBuffer): void {
    this.walk(hour);
    into.reserve(60);
    const chance = new Sequence(this.rowHash, hour);
    let prior = this.ticksOf(this.logAtHour(hour));
    for (let i = 0; i < 60; i++) {
      const at = into.length++;
      into.openTime[at] = hour * HOUR_MS + i * 60_000;
      if (spread[i] === 0) flatRow(into, at, prior / this.ticksPerUnit);
      else {
        this.row(into, at, i, prior, chance);
        prior = price[i]!;
      }
    }
  }

  private logAtHour(hour: number): number {
    const { beta, sectorLoad } = this.model;
    return (
      this.anchors.atHour(hour) +
      beta * this.factors.market.atHour(hour) +
      sectorLoad * this.sector.atHour(hour)
    );
  }

  private ticksOf(logarithm: number): number {
    return max(1, round(this.model.basePrice * exp(logarithm) * this.ticksPerUnit));
  }

  /** Fills the hour at work: who trades when, and how far. */
  private walk(hour: number): void {
    const { ownDeviation, activity } = this.model;
    const market = this.factors.market.hourOf(hour);
    this.volatility.ofHour(hour, spell);
    turnoverOfHour(hour, season);
    const volatility = volatilityOfHour(hour);
    const chance = new Sequence(this.pathHash, hour);
    const deviation = ownDeviation / sqrt(1440);
    const onlyMinute = floor(chance.uniform() * 60);
    let own = 0;
    let variance = 0;
    let last = -1;
    for (let i = 0; i < 60; i++) {
      spell[i] = spell[i]! * market.spells[i]!;
      const step = deviation * spell[i]! * volatility[i]!;
      const noise = chance.normal();
      shock[i] = chance.uniform() < TAIL_SHARE ? noise * TAIL_FACTOR : noise;
      const trades = activity >= 1 || chance.uniform() < activity * min(1.3, season[i]! * spell[i]!);
      spread[i] = trades ? step : 0;
      if (!trades) continue;
      own += step * shock[i]!;
      variance += step * step;
      last = i;
    }
    if (last < 0) {
      last = onlyMinute;
      spread[last] = deviation;
      variance = deviation * deviation;
    }
    this.bend(hour, { own, variance, last });
  }

  /** Turns the shocks into prices that end where the next hour begins. */
  private bend(hour: number, walked: { own: number; variance: number; last: number }): void {
    const { beta, sectorLoad } = this.model;
    const market = this.factors.market.hourOf(hour).marks;
    const sector = this.sector.hourOf(hour).marks;
    const start = this.logAtHour(hour);
    const end = this.logAtHour(hour + 1);
    const common = (mark: number): number =>
      beta * (market[mark]! - market[0]!) + sectorLoad * (sector[mark]! - sector[0]!);
    const { last } = walked;
    const excess = (end - start - walked.own - common(last + 1)) / walked.variance;
    let own = 0;
    let variance = 0;
    for (let i = 0; i < last; i++) {
      const step = spread[i]!;
      if (step === 0) continue;
      own += step * shock[i]!;
      variance += step * step;
      price[i] = this.ticksOf(start + own + common(i + 1) + excess * variance);
    }
    price[last] = this.ticksOf(end);
  }

  /** Writes one traded candle; five parameters, as an object for each candle would be felt. */
  private row(into: RowBuffer, at: number, i: number, prior: number, chance: Sequence): void {
    const { model, ticksPerUnit, stepsPerUnit } = this;
    const close = price[i]!;
    const wick = spread[i]! * close * 0.9;
    const moved = abs(close - prior) / (1 + wick);
    const liveliness = 0.25 + 0.6 * abs(shock[i]!) + 0.135 * moved;
    const luck = exp(0.6 * chance.normal() - 0.18);
    const notional = model.turnover * season[i]! * spell[i]! * liveliness * luck;
    const steps = max(1, round((notional / close) * ticksPerUnit * stepsPerUnit));
    const trades = min(steps, 1 + floor((notional / model.tradeSize) * (0.6 + 0.8 * chance.uniform())));
    const upper = floor(wick * abs(chance.normal()));
    const lower = floor(wick * abs(chance.normal()));
    const gap = chance.uniform();
    const jump = gap < 0.12 ? -1 : gap < 0.24 ? 1 : 0;
    const open = trades === 1 ? close : max(1, prior + (close === prior ? 0 : jump));
    const high = max(open, close) + (trades > 2 ? upper : 0);
    const low = max(1, min(open, close) - (trades > 3 ? lower : 0));
    into.open[at] = open / ticksPerUnit;
    into.high[at] = high / ticksPerUnit;
    into.low[at] = low / ticksPerUnit;
    into.close[at] = close / ticksPerUnit;
    into.trades[at] = trades;
    const average = (((open + high + low + close) / 4) * QUOTE_SCALE) / (ticksPerUnit * stepsPerUnit);
    const buyers = 0.5 + 0.09 * max(-3, min(3, (close - open) / (1 + wick))) + 0.1 * chance.normal();
    const taken = round(steps * max(0, min(1, buyers)));
    into.volume[at] = steps / stepsPerUnit;
    into.takerBase[at] = taken / stepsPerUnit;
    into.quoteVolume[at] = round(average * steps) / QUOTE_SCALE;
    into.takerQuote[at] = round(average * taken) / QUOTE_SCALE;
  }
}

const QUOTE_SCALE = powerOfTen(QUOTE_DECIMALS);

function flatRow(into: RowBuffer, at: number, value: number): void {
  into.open[at] = into.high[at] = into.low[at] = into.close[at] = value;
  into.volume[at] = into.quoteVolume[at] = into.trades[at] = 0;
  into.takerBase[at] = into.takerQuote[at] = 0;
}
