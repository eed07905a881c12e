/**
 * What symbols have in common: the whole market, and one sector each. A logarithmic price by the minute with calm and
 * stormy spells, made an hour at a time and shared by all symbols.
 */
import { mix, Sequence } from './hash';
import { bridge, LogPath } from './log-path';
import { Lru } from './lru';
import { volatilityOfHour } from './season';
import { Volatility } from './volatility';

const { sqrt } = Math;

const CACHED_HOURS = 2048; // 1 KB each

export interface FactorHour {
  /** Logarithm at the 61 minute marks of the hour. */
  readonly marks: Float64Array;
  /** How stormy each minute is, as far as symbols share it; 1 is usual. */
  readonly spells: Float64Array;
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
    const spells = this.volatility.ofHour(hour, new Float64Array(60));
    const season = volatilityOfHour(hour);
    const chance = new Sequence(this.bridgeHash, hour);
    const deviation = this.dailyDeviation / sqrt(1440);
    const marks = new Float64Array(61);
    for (let i = 0; i < 60; i++) {
      const tail = chance.uniform() < 0.02 ? 3 : 1;
      marks[i + 1] = marks[i]! + deviation * spells[i]! * tail * season[i]! * chance.normal();
    }
    bridge(marks, this.anchors.atHour(hour), this.anchors.atHour(hour + 1));
    return { marks, spells: spells.map(sqrt) };
  }
}
