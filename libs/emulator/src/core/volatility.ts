/** Calm and stormy spells from ten minutes to a week long: a volatility that returns and turnover follow. */
import { FractalNoise, type Octave } from './noise';

const { exp } = Math;

/** Widths in units of ten minutes. */
const SPELLS: readonly Octave[] = [
  { width: 1, amplitude: 0.16 },
  { width: 6, amplitude: 0.28 },
  { width: 36, amplitude: 0.3 },
  { width: 144, amplitude: 0.26 },
  { width: 1008, amplitude: 0.24 },
];

export class Volatility {
  private readonly noise: FractalNoise;

  constructor(hash: number) {
    this.noise = new FractalNoise(hash, SPELLS);
  }

  /** Fills the volatility of the 60 minutes of an hour; 1 is usual. @param exponent of it, for a weaker influence */
  ofHour(hour: number, into: Float64Array, exponent = 1): Float64Array {
    let next = exp(exponent * this.noise.at(hour * 6));
    for (let mark = 0; mark < 6; mark++) {
      const first = next;
      next = exp(exponent * this.noise.at(hour * 6 + mark + 1));
      const step = (next - first) / 10;
      for (let i = 0; i < 10; i++) into[mark * 10 + i] = first + step * i;
    }
    return into;
  }
}
