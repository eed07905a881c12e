/** Evidence under watch: it is proven when its bound rises above zero, and lost when its outcomes drift. */
import type { Json } from '../model';
import { Z95 } from '../learner/expectation';
import type { StateFields } from '../learner/state-fields';
import { sequenceDeviations, studentised } from './confidence-bound';
import { DriftDetector, type DriftState } from './drift-detector';
import { Evidence, type Findings, type Outcome } from './evidence';

export const WATCH_PHASES = ['unproven', 'open', 'lost'] as const;
export type WatchPhase = (typeof WATCH_PHASES)[number];

/** Chance that one of the four (three set-ups and all together) is ever proven without an edge: 5 % in sum. */
const ALPHA = 0.05 / 4;
const LEAST_EFFECTIVE = 30;
const LEAST_MOMENTS = 10;

export class Watch {
  phase: WatchPhase = 'unproven';
  outcomes = 0;
  private evidence = new Evidence();
  private detector = new DriftDetector();

  add(outcome: Outcome): void {
    this.evidence.add(outcome);
    this.outcomes++;
  }

  findings(): Findings | undefined {
    return this.evidence.findings();
  }

  /**
   * Of the mean, by its own evidence: of a confidence sequence until it is open, from then on one-sided 95 %. Null while
   * there is not enough to go by.
   */
  bound(): number | null {
    const found = this.evidence.findings();
    if (found === undefined || found.effective < LEAST_EFFECTIVE || found.moments < LEAST_MOMENTS)
      return null;
    const z = this.phase === 'open' ? Z95 : sequenceDeviations(found.effective, ALPHA);
    return found.mean - studentised(z, found.moments - 1) * found.standardError;
  }

  /**
   * Before the outcome is added.
   * @param mean what it is believed to pay
   * @returns whether outcomes have drifted by this one; nothing that is not open can
   */
  hasDrifted(r: number, mean: number): boolean {
    const found = this.evidence.findings();
    if (this.phase !== 'open' || found === undefined) return false;
    return this.detector.observe(r, { mean, deviation: found.longRunDeviation }) === 'drifted';
  }

  /** @param isProven whether it is to be open now; what was lost stays so until it is proven anew */
  settle(isProven: boolean): void {
    if (isProven && this.phase !== 'open') {
      this.phase = 'open';
      this.detector.reset();
    } else if (!isProven && this.phase === 'open') this.phase = 'unproven';
  }

  /** What is known is void. */
  restart(phase: WatchPhase): void {
    this.phase = phase;
    this.outcomes = 0;
    this.evidence = new Evidence();
    this.detector.reset();
  }

  drift(): DriftState {
    return this.phase === 'lost' ? 'drifted' : this.detector.state;
  }

  snapshot(): Json {
    const { phase, outcomes, evidence, detector } = this;
    return { phase, outcomes, evidence: evidence.snapshot(), detector: detector.snapshot() };
  }

  /** @throws AppError invalid, `MODEL.BAD_STATE` */
  static restore(fields: StateFields): Watch {
    const restored = new Watch();
    restored.phase = fields.oneOf('phase', WATCH_PHASES);
    restored.outcomes = fields.count('outcomes');
    restored.evidence = Evidence.restore(fields.fields('evidence'));
    restored.detector = DriftDetector.restore(fields.fields('detector'));
    return restored;
  }
}
