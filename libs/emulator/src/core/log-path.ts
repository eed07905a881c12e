/**
 * The wandering of one logarithmic price, looked up at any time: days from fractal noise (which is drawn back over
 * years), hours as a bridge between days. Minutes are bridges between hours, see factor-path and minute-block.
 */
import { mix, Sequence } from './hash';
import { Lru } from './lru';
import { FractalNoise, walkOctaves } from './noise';

const { floor, sqrt } = Math;

const DAY_OCTAVES = 10; // up to 512 days
const CACHED_DAYS = 8;

export class LogPath {
  private readonly days: FractalNoise;
  private readonly bridgeHash: number;
  private readonly cache = new Lru<number, Float64Array>(CACHED_DAYS);

  /** @param dailyDeviation of the logarithm, 0.03 being 3 % a day */
  constructor(
    hash: number,
    private readonly dailyDeviation: number,
  ) {
    this.days = new FractalNoise(mix(hash, 1), walkOctaves(DAY_OCTAVES, dailyDeviation));
    this.bridgeHash = mix(hash, 2);
  }

  /** The logarithm at the beginning of an hour (counted from the epoch). */
  atHour(hour: number): number {
    const day = floor(hour / 24);
    return this.hoursOf(day)[hour - day * 24]!;
  }

  private hoursOf(day: number): Float64Array {
    return this.cache.getOrMake(day, () => {
      const hours = new Float64Array(25);
      const chance = new Sequence(this.bridgeHash, day);
      const deviation = this.dailyDeviation / sqrt(24);
      for (let i = 1; i <= 24; i++) hours[i] = hours[i - 1]! + deviation * chance.normal();
      bridge(hours, this.days.at(day), this.days.at(day + 1));
      return hours;
    });
  }
}

/** Bends a walk that begins at 0 so that it runs from start to end exactly. */
export function bridge(walk: Float64Array, start: number, end: number): void {
  const last = walk.length - 1;
  const slope = (end - start - walk[last]!) / last;
  for (let i = 0; i < last; i++) walk[i] = start + walk[i]! + slope * i;
  walk[last] = end;
}
