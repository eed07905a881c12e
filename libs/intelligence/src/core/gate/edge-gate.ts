/**
 * Trades only where an edge was shown: it follows the signals that the model approved, by what it had said before the
 * outcome was known, traded or not.
 *
 * A set-up opens when a confidence sequence of its mean r lies above zero; or when that of all set-ups together does and its
 * own outcomes agree with them. It stays open while a plain 95 % bound is above zero, and closes at once when outcomes
 * drift.
 */
import type { Refusal, Setup } from '@slt/trading';
import type { Json, Prediction } from '../model';
import { Z95 } from '../learner/expectation';
import { SETUP_NAMES, SETUP_SLOTS } from '../learner/payoff';
import { badState, StateFields } from '../learner/state-fields';
import { studentised } from './confidence-bound';
import { DRIFT_STATES, type DriftState } from './drift-detector';
import type { Findings, Outcome } from './evidence';
import { Watch } from './watch';

export interface SetupSummary {
  readonly setup: Setup;
  /** Approved signals whose outcome is known, since the evidence began. */
  readonly outcomes: number;
  /** As many independent ones would tell as much. */
  readonly effectiveOutcomes: number;
  /** Null where there is none. */
  readonly meanR: number | null;
  /** The bound that decides; null while there is not enough to go by. */
  readonly lowerBound: number | null;
  readonly mayTrade: boolean;
  readonly drift: DriftState;
}

const VERSION = 1;
/** Moments of a set-up of its own before what others earned can speak for it. */
const LEAST_OWN_MOMENTS = 6;

/** What is believed of a set-up's mean. */
interface Belief {
  readonly mean: number;
  readonly bound: number;
}

export class EdgeGate {
  private setups = SETUP_NAMES.map(() => new Watch());
  /** Of all set-ups together. */
  private whole = new Watch();

  /** All that speaks against trading the signal; empty: nothing. */
  verdict(setup: Setup, prediction: Pick<Prediction, 'lowerBound'>): readonly Refusal[] {
    const { phase } = this.watchOf(setup);
    const refusals: Refusal[] = [];
    if (!(prediction.lowerBound > 0)) refusals.push('NO_EDGE');
    if (phase === 'unproven') refusals.push('EDGE_UNPROVEN');
    if (phase === 'lost') refusals.push('EDGE_LOST');
    return refusals;
  }

  /**
   * An outcome, in the order of `closedAt`; one that the model had not approved tells nothing.
   * @param prediction as it was made when the signal was known
   * @returns whether an edge was lost by it: what was learned is to be doubted
   */
  observe(setup: Setup, prediction: Pick<Prediction, 'lowerBound'>, outcome: Outcome): boolean {
    if (!(prediction.lowerBound > 0) || !Number.isFinite(outcome.r)) return false;
    const isLost = this.watchForDrift(setup, outcome.r);
    this.watchOf(setup).add(outcome);
    this.whole.add(outcome);
    this.whole.settle((this.whole.bound() ?? 0) > 0);
    for (const watch of this.setups) {
      const isProven = (watch.bound() ?? 0) > 0 || (this.shared(watch)?.bound ?? 0) > 0;
      watch.settle(isProven);
    }
    return isLost;
  }

  /** The worst of the set-ups. */
  drift(): DriftState {
    const worst = Math.max(...this.setups.map((watch) => DRIFT_STATES.indexOf(watch.drift())));
    return DRIFT_STATES[worst]!;
  }

  summary(): SetupSummary[] {
    return SETUP_NAMES.map((setup) => {
      const watch = this.watchOf(setup);
      const found = watch.findings();
      const bound = Math.max(watch.bound() ?? -Infinity, this.shared(watch)?.bound ?? -Infinity);
      return {
        setup,
        outcomes: watch.outcomes,
        effectiveOutcomes: found?.effective ?? 0,
        meanR: found?.mean ?? null,
        lowerBound: Number.isFinite(bound) ? bound : null,
        mayTrade: watch.phase === 'open',
        drift: watch.drift(),
      };
    });
  }

  snapshot(): Json {
    return {
      version: VERSION,
      setups: this.setups.map((watch) => watch.snapshot()),
      whole: this.whole.snapshot(),
    };
  }

  /** Goes on exactly as the one that was written down would have. @throws AppError invalid, `MODEL.BAD_STATE` */
  static restore(state: unknown): EdgeGate {
    const fields = new StateFields(state, 'gate');
    fields.version(VERSION);
    const restored = new EdgeGate();
    restored.setups = fields.list('setups', (watch) => Watch.restore(watch));
    if (restored.setups.length !== SETUP_NAMES.length)
      throw badState(fields.at('setups'), 'of other set-ups');
    restored.whole = Watch.restore(fields.fields('whole'));
    return restored;
  }

  private watchOf(setup: Setup): Watch {
    return this.setups[SETUP_SLOTS[setup]]!;
  }

  /** What is lost, of the set-up or of all that stand on the whole alone, begins anew. */
  private watchForDrift(setup: Setup, r: number): boolean {
    const watch = this.watchOf(setup);
    const own = watch.findings();
    const believed = this.shared(watch)?.mean ?? own?.mean ?? 0;
    const hasOwnDrifted = watch.hasDrifted(r, believed);
    const hasWholeDrifted = this.whole.hasDrifted(r, this.whole.findings()?.mean ?? 0);
    if (hasOwnDrifted) watch.restart('lost');
    if (hasWholeDrifted) {
      for (const other of this.setups) {
        if (other.phase === 'open' && !((other.bound() ?? 0) > 0)) other.restart('lost');
      }
    }
    // The whole was made of what is gone.
    if (hasOwnDrifted || hasWholeDrifted) this.whole.restart('unproven');
    return hasOwnDrifted || hasWholeDrifted;
  }

  /**
   * A set-up's mean when others speak for it: drawn to the mean of the whole, from which it is presumed to differ by as
   * much again. Undefined where the whole is not proven, or where the set-up has hardly anything of its own.
   */
  private shared(watch: Watch): Belief | undefined {
    const own = watch.findings();
    const whole = this.whole.findings();
    if (this.whole.phase !== 'open' || own === undefined || whole === undefined) return undefined;
    if (own.moments < LEAST_OWN_MOMENTS) return undefined;
    return shrunk(own, whole);
  }
}

function shrunk(own: Findings, whole: Findings): Belief {
  const prior = 1 / (whole.mean ** 2 + whole.standardError ** 2);
  const evidence = 1 / own.standardError ** 2;
  const mean = (prior * whole.mean + evidence * own.mean) / (prior + evidence);
  return { mean, bound: mean - studentised(Z95, own.moments - 1) / Math.sqrt(prior + evidence) };
}
