/** What the market says, as a paper account hears it. Prices are float64 as the exchange's decimals name them. */
import { type Candle, type DurationMs, MINUTE_MS, type UtcMs } from '@slt/domain';
import { type Exact, exact, larger } from '../decimal';

export interface Quote {
  readonly bid: number;
  readonly ask: number;
  /** Of the last trade. */
  readonly last: number;
  readonly mark: number;
  readonly at: UtcMs;
  /** In base asset, at the best price. */
  readonly bidQuantity?: number | undefined;
  readonly askQuantity?: number | undefined;
  /** USDT traded a minute of late. */
  readonly minuteVolume?: number | undefined;
}

export interface PaperCandle {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly openTime: UtcMs;
  /** Whether exclusive or the last millisecond: what happens within the candle is stamped with it. */
  readonly closeTime: UtcMs;
  readonly minuteVolume?: number;
}

/** A closed candle as an account meets it. */
export function paperCandleOf(candle: Candle, lengthMs: DurationMs): PaperCandle {
  const { openTime, open, high, low, close, volume } = candle;
  return {
    openTime,
    open,
    high,
    low,
    close,
    closeTime: openTime + lengthMs - 1,
    minuteVolume: (volume * close * MINUTE_MS) / lengthMs,
  };
}

/** The shortest decimal that the float stands for: exact for whatever came from decimal text. */
export const ofNumber = (value: number): Exact => exact(String(value));

export function floorTo(value: Exact, step: Exact): Exact {
  return value.div(step).round(0, 0).times(step);
}

export function ceilTo(value: Exact, step: Exact): Exact {
  return value.div(step).round(0, 3).times(step);
}

export interface Surroundings {
  readonly tickSize: Exact;
  readonly spreadBps: number;
  readonly at: UtcMs;
  readonly minuteVolume?: number | undefined;
}

/** A quote where only a price is known: half the spread on either side, outwards to the tick; the mark is the price. */
export class AroundPrice implements Quote {
  readonly mark: number;
  private sides: readonly [bid: number, ask: number] | undefined;

  constructor(
    readonly last: number,
    private readonly around: Surroundings,
  ) {
    this.mark = last;
  }

  get at(): UtcMs {
    return this.around.at;
  }

  get bid(): number {
    return this.both()[0];
  }

  get ask(): number {
    return this.both()[1];
  }

  get minuteVolume(): number | undefined {
    return this.around.minuteVolume;
  }

  /** Reckoned when asked for: of most candles nobody asks. */
  private both(): readonly [number, number] {
    return (this.sides ??= sidesOf(this.last, this.around));
  }
}

function sidesOf(price: number, { tickSize, spreadBps }: Surroundings): readonly [number, number] {
  const middle = ofNumber(price);
  const half = larger(tickSize, middle.times(spreadBps).div(10_000)).div(2);
  const bid = larger(tickSize, floorTo(middle.minus(half), tickSize));
  const ask = larger(bid.plus(tickSize), ceilTo(middle.plus(half), tickSize));
  return [bid.toNumber(), ask.toNumber()];
}

/** As plain values, for a snapshot. */
export function plainQuote(quote: Quote): Quote {
  const { bid, ask, last, mark, at, bidQuantity, askQuantity, minuteVolume } = quote;
  return {
    bid,
    ask,
    last,
    mark,
    at,
    ...(bidQuantity === undefined ? {} : { bidQuantity }),
    ...(askQuantity === undefined ? {} : { askQuantity }),
    ...(minuteVolume === undefined ? {} : { minuteVolume }),
  };
}
