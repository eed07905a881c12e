/** How well the newest predictions told what came: a window of them, from which a calibrator can be fitted as well. */
import type { Json } from '../model';
import type { StateFields } from '../learner/state-fields';
import { Calibration, type CalibrationFigures } from './calibration';
import type { CalibrationRow } from './calibrator';

export class RollingCalibration {
  private readonly probabilities: Float64Array;
  private readonly wins: Uint8Array;
  private next = 0;
  private filled = 0;

  /** @param capacity predictions that it remembers */
  constructor(readonly capacity: number) {
    this.probabilities = new Float64Array(capacity);
    this.wins = new Uint8Array(capacity);
  }

  get count(): number {
    return this.filled;
  }

  /** @param probability in [0, 1], said before the outcome was known */
  add(probability: number, isWin: boolean): void {
    this.probabilities[this.next] = probability;
    this.wins[this.next] = isWin ? 1 : 0;
    this.next = (this.next + 1) % this.capacity;
    this.filled = Math.min(this.capacity, this.filled + 1);
  }

  /** Oldest first. */
  rows(): CalibrationRow[] {
    const first = this.filled < this.capacity ? 0 : this.next;
    return Array.from({ length: this.filled }, (_, i) => {
      const at = (first + i) % this.capacity;
      return { probability: this.probabilities[at]!, isWin: this.wins[at] === 1 };
    });
  }

  report(): CalibrationFigures {
    const calibration = new Calibration();
    for (const { probability, isWin } of this.rows()) calibration.add(probability, isWin);
    return calibration.report();
  }

  clear(): void {
    this.next = 0;
    this.filled = 0;
  }

  snapshot(): Json {
    const rows = this.rows();
    return {
      probabilities: rows.map(({ probability }) => probability + 0),
      wins: rows.map(({ isWin }) => (isWin ? 1 : 0)),
    };
  }

  /** Keeps the newest where there are more than it can hold. @throws AppError invalid, `MODEL.BAD_STATE` */
  static restore(fields: StateFields, capacity: number): RollingCalibration {
    const restored = new RollingCalibration(capacity);
    const probabilities = fields.numbers('probabilities', undefined, { min: 0, max: 1 });
    const wins = fields.numbers('wins', probabilities.length, { min: 0, max: 1 });
    probabilities.forEach((probability, i) => restored.add(probability, wins[i] === 1));
    return restored;
  }
}
