/**
 * What symbols have in common: the whole market, and one sector each. A logarithmic price by the minute with calm and
 * stormy spells, made an hour at a time and shared by all symbols.
 */
import { mix, Sequence } from './hash';
import { bridge, LogPath } from './log-path';
import { Lru } from './lru';
import { volatilitySeason } from './season';
import { Volatility } from './volatility';

const { exp, floor, sqrt } = Math;

const CACHED_HOURS = 1024; // 0.6 KB each

export interface FactorHour {
  /** Logarithm at the 61 minute marks of the hour. */
  readonly marks: Float64Array;
  /** Logarithm of the volatility at the 7 ten-minute marks. */
  readonly calm: Float64Array;
}

export class FactorPath {
  private readonly anchors: LogPath;
  private readonly volatility: Volatility;
  private readonly bridgeHash: number;
  private readonly cache = new Lru<number, FactorHour>(CACHED_HOURS);

  constructor(
    hash: number,
    private readonly dailyDeviation: number,
  ) {
    this.anchors = new LogPath(mix(hash, 1), dailyDeviation);
    this.volatility = new Volatility(mix(hash, 2));
    this.bridgeHash = mix(hash, 3);
  }

  atHour(hour: number): number {
    return this.anchors.atHour(hour);
  }

  hourOf(hour: number): FactorHour {
    return this.cache.getOrMake(hour, () => this.makeHour(hour));
  }

  private makeHour(hour: number): FactorHour {
    const calm = this.volatility.marksOf(hour, new Float64Array(7));
    const chance = new Sequence(this.bridgeHash, hour);
    const deviation = this.dailyDeviation / sqrt(1440);
    const marks = new Float64Array(61);
    for (let i = 0; i < 60; i++) {
      const share = (i % 10) / 10;
      const mark = floor(i / 10);
      const spell = exp(calm[mark]! * (1 - share) + calm[mark + 1]! * share);
      const tail = chance.uniform() < 0.02 ? 3 : 1;
      const step = deviation * spell * tail * volatilitySeason(hour * 60 + i);
      marks[i + 1] = marks[i]! + step * chance.normal();
    }
    bridge(marks, this.anchors.atHour(hour), this.anchors.atHour(hour + 1));
    return { marks, calm };
  }
}
