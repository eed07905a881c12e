/**
 * What the advisor is made of, as narrow as it uses it: features, a learner, an edge gate. All of them pure, all of
 * them restored from what they wrote.
 */
import type { Refusal, Scorer, ScoreInput, Setup } from '@slt/trading';
import type { CostSettings } from './costs';
import type { LearnedWeight } from './learner/online-learner';
import type { MissedCandles } from './labels/virtual-book';
import type { MarketFacts } from './market-facts';
import type { Json, Prediction, Predictor } from './model';
import type { Sample } from './sample';

/** How a part with a memory is made, new or from its snapshot. */
export interface Kept<Part> {
  create(): Part;
  /** @throws AppError for what no snapshot of its own reads like */
  restore(snapshot: unknown): Part;
}

/** Learns from each outcome as it comes; `OnlineLearner` is one. */
export interface Learner extends Predictor {
  /** Samples it has learned from. */
  readonly outcomes: number;
  learn(sample: Sample): void;
  /** The market has changed: what was learned counts for 1 ÷ `factor` of what it did. */
  inflate(factor: number): void;
  /** For people: what it weighs, in the learner's order. */
  weights?(): readonly LearnedWeight[];
  snapshot(): Json;
}

export type Drift = 'none' | 'warning' | 'drifted';

/** What the approved signals of a set-up have earned. */
export interface SetupEdge {
  readonly setup: Setup;
  /** Outcomes of approved signals that count. */
  readonly outcomes: number;
  /** Null while there are none. */
  readonly meanR: number | null;
  /** One-sided lower bound of the mean; null while it cannot be told. */
  readonly lowerBound: number | null;
  readonly mayTrade: boolean;
}

/** Whether what the model approves really earns; `EdgeGate` is one. */
export interface Gate {
  /** All that speaks against trading the signal: `NO_EDGE`, `EDGE_UNPROVEN`, `EDGE_LOST`, or nothing. */
  verdict(setup: Setup, prediction: Pick<Prediction, 'lowerBound'>): readonly Refusal[];
  /**
   * In the order in which outcomes were known.
   * @param prediction as it was made when the signal was
   * @returns whether the edge was lost by this one
   */
  observe(
    setup: Setup,
    prediction: Pick<Prediction, 'lowerBound'>,
    outcome: Pick<Sample, 'at' | 'closedAt' | 'r'>,
  ): boolean;
  drift(): Drift;
  summary(): readonly SetupEdge[];
  snapshot(): Json;
}

export interface AdvisorParts {
  /** Without −0, which is 0 to JSON: what is restored is to be the same to the last bit. */
  readonly featuresOf: (input: ScoreInput, facts: MarketFacts) => readonly number[];
  readonly featureVersion: number;
  readonly facts: MarketFacts;
  /** Looked up where a series goes on behind a hole; left out: what nobody told is not known. */
  readonly missed?: MissedCandles;
  /** Decides until there are outcomes enough. */
  readonly heuristic: Scorer;
  readonly learner: Kept<Learner>;
  readonly gate: Kept<Gate>;
  /** Signals are traded, small, while the model has too little to go by: on paper; else they are refused. */
  readonly mayExplore: boolean;
  readonly options?: Partial<AdvisorOptions>;
}

export interface AdvisorOptions {
  readonly costs: CostSettings;
  /** Before the learner has so many the heuristic decides. */
  readonly minOutcomes: number;
  /** Share of the usual risk while it explores. */
  readonly exploreScale: number;
  /** By how much the learner forgets when an edge is lost. */
  readonly forgetFactor: number;
  /** Samples kept for `drainSamples`; beyond that the oldest go. */
  readonly maxSamples: number;
}
