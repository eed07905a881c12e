/**
 * Trades only where an edge was shown: of each set-up it follows the signals that the model approved, by what it had said
 * before the outcome was known, traded or not. A set-up opens when a confidence sequence of their mean r lies above zero,
 * stays open while a plain 95 % bound does, and closes at once when the outcomes drift.
 */
import type { Refusal, Setup } from '@slt/trading';
import type { Json, Prediction } from '../model';
import { badState, StateFields } from '../learner/state-fields';
import { Z95 } from '../learner/expectation';
import { SETUP_NAMES, SETUP_SLOTS } from '../learner/payoff';
import { sequenceDeviations, studentised } from './confidence-bound';
import { DRIFT_STATES, DriftDetector, type DriftState } from './drift-detector';
import { Evidence, type Findings, type Outcome } from './evidence';

/** Of a set-up. */
export const GATE_PHASES = ['unproven', 'open', 'lost'] as const;
export type GatePhase = (typeof GATE_PHASES)[number];

export interface SetupSummary {
  readonly setup: Setup;
  /** Approved signals whose outcome is known, since the evidence began. */
  readonly outcomes: number;
  /** As many independent ones would tell as much. */
  readonly effectiveOutcomes: number;
  /** Null where there is none. */
  readonly meanR: number | null;
  /** Of the mean: the confidence sequence's until it is open, then one-sided 95 %. */
  readonly lowerBound: number | null;
  readonly mayTrade: boolean;
  readonly drift: DriftState;
}

const VERSION = 1;
/** Chance that a set-up without an edge is ever opened: 5 % over all three. */
const ALPHA = 0.05 / SETUP_NAMES.length;
const LEAST_EFFECTIVE = 30;
const LEAST_MOMENTS = 12;

class SetupGate {
  phase: GatePhase = 'unproven';
  outcomes = 0;
  evidence = new Evidence();
  detector = new DriftDetector();

  /** @returns whether the edge was lost by this */
  observe(outcome: Outcome): boolean {
    const before = this.evidence.findings();
    this.evidence.add(outcome);
    this.outcomes++;
    if (this.phase === 'open' && before !== undefined) {
      const expected = { mean: before.mean, deviation: before.longRunDeviation };
      if (this.detector.observe(outcome.r, expected) === 'drifted') return this.lose();
    }
    const isAbove = (this.bound() ?? 0) > 0;
    if (this.phase === 'open' && !isAbove) this.phase = 'unproven';
    else if (this.phase !== 'open' && isAbove) {
      this.phase = 'open';
      this.detector.reset();
    }
    return false;
  }

  /** Null until there is enough to go by. */
  bound(): number | null {
    const found = this.evidence.findings();
    if (found === undefined || found.effective < LEAST_EFFECTIVE || found.moments < LEAST_MOMENTS)
      return null;
    return found.mean - this.deviations(found) * found.standardError;
  }

  drift(): DriftState {
    return this.phase === 'lost' ? 'drifted' : this.detector.state;
  }

  private deviations({ effective, moments }: Findings): number {
    const z = this.phase === 'open' ? Z95 : sequenceDeviations(effective, ALPHA);
    return studentised(z, moments - 1);
  }

  private lose(): boolean {
    this.phase = 'lost';
    this.evidence = new Evidence();
    this.detector.reset();
    this.outcomes = 0;
    return true;
  }
}

export class EdgeGate {
  private readonly gates = SETUP_NAMES.map(() => new SetupGate());

  /** All that speaks against trading the signal; empty: nothing. */
  verdict(setup: Setup, prediction: Pick<Prediction, 'lowerBound'>): readonly Refusal[] {
    const { phase } = this.gateOf(setup);
    const refusals: Refusal[] = [];
    if (!(prediction.lowerBound > 0)) refusals.push('NO_EDGE');
    if (phase === 'unproven') refusals.push('EDGE_UNPROVEN');
    if (phase === 'lost') refusals.push('EDGE_LOST');
    return refusals;
  }

  /**
   * An outcome, in the order of `closedAt`; one that the model had not approved tells nothing.
   * @param prediction as it was made when the signal was known
   * @returns whether the edge was lost by it: what was learned is to be doubted
   */
  observe(setup: Setup, prediction: Pick<Prediction, 'lowerBound'>, outcome: Outcome): boolean {
    if (!(prediction.lowerBound > 0) || !Number.isFinite(outcome.r)) return false;
    return this.gateOf(setup).observe(outcome);
  }

  /** The worst of the set-ups. */
  drift(): DriftState {
    const worst = Math.max(...this.gates.map((gate) => DRIFT_STATES.indexOf(gate.drift())));
    return DRIFT_STATES[worst]!;
  }

  summary(): SetupSummary[] {
    return SETUP_NAMES.map((setup) => {
      const gate = this.gateOf(setup);
      const found = gate.evidence.findings();
      return {
        setup,
        outcomes: gate.outcomes,
        effectiveOutcomes: found?.effective ?? 0,
        meanR: found?.mean ?? null,
        lowerBound: gate.bound(),
        mayTrade: gate.phase === 'open',
        drift: gate.drift(),
      };
    });
  }

  snapshot(): Json {
    const gates = this.gates.map(({ phase, outcomes, evidence, detector }) => {
      return { phase, outcomes, evidence: evidence.snapshot(), detector: detector.snapshot() };
    });
    return { version: VERSION, gates };
  }

  /** Goes on exactly as the one that was written down would have. @throws AppError invalid, `MODEL.BAD_STATE` */
  static restore(state: unknown): EdgeGate {
    const fields = new StateFields(state, 'gate');
    fields.version(VERSION);
    const restored = new EdgeGate();
    const read = fields.list('gates', (gate) => ({
      phase: gate.oneOf('phase', GATE_PHASES),
      outcomes: gate.count('outcomes'),
      evidence: Evidence.restore(gate.fields('evidence')),
      detector: DriftDetector.restore(gate.fields('detector')),
    }));
    if (read.length !== restored.gates.length) throw badState(fields.at('gates'), 'of other set-ups');
    read.forEach((gate, i) => Object.assign(restored.gates[i]!, gate));
    return restored;
  }

  private gateOf(setup: Setup): SetupGate {
    return this.gates[SETUP_SLOTS[setup]]!;
  }
}
