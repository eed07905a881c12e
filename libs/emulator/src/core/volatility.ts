/** Calm and stormy spells from ten minutes to a week long: a logarithmic volatility that returns follow. */
import { FractalNoise, type Octave } from './noise';

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

  /** Fills the logarithms at the 7 ten-minute marks of an hour; 0 is usual. */
  marksOf(hour: number, marks: Float64Array): Float64Array {
    for (let i = 0; i < 7; i++) marks[i] = this.noise.at(hour * 6 + i);
    return marks;
  }
}
