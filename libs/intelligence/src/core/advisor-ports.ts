/**
 * What the advisor is made of, as narrow as it uses it: features, a learner, an edge gate. All of them pure, all of
 * them restored from what they wrote.
 */
import type { Direction, Refusal, Scorer, ScoreInput, Setup } from '@slt/trading';
import type { CostSettings } from './costs';
import type { MarketFacts } from './market-facts';
import type { Json, Predictor } from './model';
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
  /** The market has changed: what was learned is to count less than what comes. */
  loosen(): void;
  snapshot(): Json;
}

export const DRIFTS = ['none', 'warning', 'drifted'] as const;
export type Drift = (typeof DRIFTS)[number];

/** What came of a signal, with what was said before anybody knew. */
export interface Proof {
  readonly setup: Setup;
  readonly direction: Direction;
  /** After costs. */
  readonly r: number;
  /** Whether the model saw an edge in it (its lower bound was above zero). */
  readonly isApproved: boolean;
  readonly probability: number;
  readonly expectedR: number;
  readonly lowerBound: number;
}

/** What the approved signals of a set-up have earned. */
export interface SetupEdge {
  readonly setup: Setup;
  /** Outcomes of approved signals, as they count by now. */
  readonly outcomes: number;
  /** Null while there are none. */
  readonly meanR: number | null;
  /** One-sided lower bound of the mean; null while it cannot be told. */
  readonly lowerBound: number | null;
  readonly mayTrade: boolean;
}

/** Whether what the model approves really earns; `EdgeGate` is one. */
export interface Gate {
  readonly drift: Drift;
  /** What it has against signals of this set-up: `EDGE_UNPROVEN`, `EDGE_LOST`, or nothing. */
  refusals(setup: Setup): readonly Refusal[];
  /** In the order in which outcomes were known. @returns whether this very outcome made the edge count as lost */
  learn(proof: Proof): boolean;
  edges(): readonly SetupEdge[];
  snapshot(): Json;
}

export interface AdvisorParts {
  readonly featuresOf: (input: ScoreInput, facts: MarketFacts) => readonly number[];
  readonly featureVersion: number;
  readonly facts: MarketFacts;
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
  /** Samples kept for `drainSamples`; beyond that the oldest go. */
  readonly maxSamples: number;
}
