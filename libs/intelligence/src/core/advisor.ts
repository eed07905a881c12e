/**
 * Advises on signals by what became of earlier ones: features, a calibrated probability, an edge that has been proved.
 * Pure: the same candles, signals and outcomes give the same advice to the last bit, live and in a backtest, whatever
 * the order of symbols within a minute and however often it was restored in between.
 */
import { type Candle, type DurationMs, type Interval, intervalMs, type UtcMs } from '@slt/domain';
import type {
  Advisor,
  Assessment,
  Decision,
  Refusal,
  Score,
  ScoreInput,
  Scorer,
  Setup,
  Signal,
  Trade,
} from '@slt/trading';
import type { AdvisorOptions, AdvisorParts, Drift, Gate, Learner, SetupEdge } from './advisor-ports';
import { type Forecast, type Known, sampleJson, sampleOf } from './advisor-state';
import type { CalibrationFigures } from './calibration/calibration';
import { RollingCalibration } from './calibration/rolling-calibration';
import { type CostQuestion, DEFAULT_COSTS, expectedCostR, minuteVolumeOf, slippageRateOf } from './costs';
import { FollowedSignals } from './followed-signals';
import type { Awaited } from './labels/virtual-book';
import type { LearnedWeight } from './learner/online-learner';
import { badState, StateFields } from './learner/state-fields';
import type { Json, Prediction, Predictor } from './model';
import { isWin, type Sample } from './sample';

/** Says the assessments before there is a model, and names the online learner where it is champion. */
export const HEURISTIC = 'heuristic';
export const ONLINE = 'online';

export const DEFAULT_ADVISOR: AdvisorOptions = Object.freeze({
  costs: DEFAULT_COSTS,
  minOutcomes: 200,
  exploreScale: 0.05,
  forgetFactor: 10,
  maxSamples: 5_000,
});

/** A trained model in the online learner's place. */
export interface Champion {
  readonly id: string;
  readonly predictor: Predictor;
}

export interface LearnerStatus {
  /** Who judges now. */
  readonly model: string;
  readonly outcomes: number;
  /** Before so many the heuristic decides. */
  readonly required: number;
  readonly isReady: boolean;
  readonly drift: Drift;
  /** Signals whose outcome is awaited. */
  readonly pending: number;
  readonly setups: readonly SetupEdge[];
  /** Of what the present champion said before its newest outcomes were known. */
  readonly calibration: CalibrationFigures & { readonly count: number };
}

const VERSION = 1;
/** Outcomes that the calibration is of. */
const CALIBRATED = 1_000;
const NOTHING_SAID = new RollingCalibration(0);
/** The first tier of the risk limits at no edge, the second at a fifth of R, the third at half of one. */
const BASE_CONFIDENCE = 0.6;
const CONFIDENCE_PER_R = 0.5;

export interface MissedCandle {
  readonly symbol: string;
  readonly interval: Interval;
  readonly candle: Candle;
}

/** All that changes, so that it is restored at once or not at all. */
interface Memory {
  readonly learner: Learner;
  readonly gate: Gate;
  readonly signals: FollowedSignals;
  /** What the champion named said of its newest outcomes. */
  readonly calibration: RollingCalibration;
  calibrated: string;
  samples: Sample[];
  /** Close of the newest candle. */
  now: UtcMs;
}

export class LearningAdvisor implements Advisor {
  readonly score: Scorer = (input) => this.assess(input);
  private readonly options: AdvisorOptions;
  private memory: Memory;
  private champion: Champion | undefined;
  /** Of the newest candle, and its length: to look it up for each of millions takes its time. */
  private interval: Interval | undefined;
  private lengthMs: DurationMs = NaN;

  constructor(private readonly parts: AdvisorParts) {
    this.options = { ...DEFAULT_ADVISOR, ...parts.options };
    this.memory = {
      learner: parts.learner.create(),
      gate: parts.gate.create(),
      signals: new FollowedSignals(this.options.costs, parts.missed),
      calibration: new RollingCalibration(CALIBRATED),
      calibrated: ONLINE,
      samples: [],
      now: -Infinity,
    };
  }

  onCandle(symbol: string, interval: Interval, candle: Candle): void {
    const { memory } = this;
    if (interval !== this.interval) {
      this.interval = interval;
      this.lengthMs = intervalMs(interval);
    }
    const at = candle.openTime + this.lengthMs;
    if (at > memory.now) this.moveTo(at);
    memory.signals.onCandle(symbol, interval, candle);
  }

  decided(signal: Signal, { decision }: Decision): void {
    const { assessment } = signal;
    // Scored by somebody else, or by an earlier build.
    if (assessment?.outcomeCosts === undefined) return;
    if (assessment.featureVersion !== this.parts.featureVersion) return;
    const { id, symbol, at, setup, direction } = signal;
    const { features, featureVersion, costR, probability, lowerBound, outcomeCosts } = assessment;
    const model = assessment.model === HEURISTIC ? ONLINE : assessment.model;
    const rewardR = rewardOf(signal);
    this.memory.signals.follow({
      signal,
      isTraded: decision === 'traded',
      sample: { id, symbol, at, setup, direction, features, featureVersion, rewardR, costR },
      forecast: { model, probability, lowerBound },
      ...outcomeCosts,
    });
  }

  retracted(signalId: string, _reason: Refusal): void {
    this.memory.signals.retract(signalId);
  }

  traded(trade: Trade): void {
    this.memory.signals.trade(trade);
  }

  /** Whoever restores installs afterwards. @param champion undefined: the online learner itself */
  install(champion: Champion | undefined): void {
    this.champion = champion;
  }

  /** Who judges once there is enough to judge by; `online`: the online learner. */
  get championId(): string {
    return this.champion?.id ?? ONLINE;
  }

  status(): LearnerStatus {
    const { learner, gate, signals, calibrated } = this.memory;
    const calibration = calibrated === this.championId ? this.memory.calibration : NOTHING_SAID;
    return {
      model: this.isReady ? this.championId : HEURISTIC,
      outcomes: learner.outcomes,
      required: this.options.minOutcomes,
      isReady: this.isReady,
      drift: gate.drift(),
      pending: signals.size,
      setups: gate.summary(),
      calibration: { count: calibration.count, ...calibration.report() },
    };
  }

  /** Of the online learner, whoever is champion. */
  weights(): readonly LearnedWeight[] {
    return this.memory.learner.weights?.() ?? [];
  }

  /** Labelled since the last call, in the order in which they were learned from. */
  drainSamples(): Sample[] {
    const drained = this.memory.samples;
    this.memory.samples = [];
    return drained;
  }

  /** Series that followed signals wait for, and since when: after a pause their candles are to be told, see `replay`. */
  awaited(): readonly Awaited[] {
    return this.memory.signals.awaited();
  }

  /** Tells candles that were missed, in the order of time. */
  replay(missed: Iterable<MissedCandle>): void {
    const inOrder = [...missed].sort(
      (a, b) => a.candle.openTime - b.candle.openTime || (a.symbol < b.symbol ? -1 : 1),
    );
    for (const { symbol, interval, candle } of inOrder) this.onCandle(symbol, interval, candle);
  }

  /** All but the champion's model. What is not drained yet is in it. */
  snapshot(): Json {
    const { learner, gate, signals, calibration, calibrated, samples, now } = this.memory;
    return {
      version: VERSION,
      featureVersion: this.parts.featureVersion,
      now: Number.isFinite(now) ? now : null,
      ...signals.snapshot(),
      calibrated,
      calibration: calibration.snapshot(),
      samples: samples.map(sampleJson),
      learner: learner.snapshot(),
      gate: gate.snapshot(),
    };
  }

  /**
   * Goes on where the snapshot was taken; the champion stays the one that is installed here.
   * @throws AppError invalid, `MODEL.BAD_STATE`: nothing has changed
   */
  restore(snapshot: unknown): void {
    const fields = new StateFields(snapshot, 'advisor');
    fields.version(VERSION);
    if (fields.number('featureVersion') !== this.parts.featureVersion) {
      throw badState(fields.at('featureVersion'), `not ${this.parts.featureVersion}`);
    }
    this.memory = {
      learner: this.parts.learner.restore(fields.raw('learner')),
      gate: this.parts.gate.restore(fields.raw('gate')),
      signals: FollowedSignals.restore(fields, this.options.costs, this.parts.missed),
      calibration: RollingCalibration.restore(fields.fields('calibration'), CALIBRATED),
      calibrated: fields.text('calibrated'),
      samples: fields.list('samples', sampleOf),
      now: fields.numberOrNull('now') ?? -Infinity,
    };
  }

  private get isReady(): boolean {
    return this.champion !== undefined || this.memory.learner.outcomes >= this.options.minOutcomes;
  }

  private assess(input: ScoreInput): Score {
    const { parts, options } = this;
    const { setup, direction } = input;
    const costed = this.costQuestion(input);
    const costR = expectedCostR(costed, options.costs);
    const features = parts.featuresOf(input, parts.facts);
    const question = { setup, direction, features, rewardR: rewardOf(input), costR };
    const prediction = (this.champion?.predictor ?? this.memory.learner).predict(question);
    const judged = this.isReady ? this.judge(setup, prediction) : this.explore(input);
    const slippageRate = slippageRateOf(costed, options.costs);
    const assessment: Assessment = {
      probability: prediction.probability,
      expectedR: prediction.expectedR,
      lowerBound: prediction.lowerBound,
      contributions: prediction.contributions,
      model: judged.by.model,
      riskScale: judged.by.riskScale,
      refusals: judged.by.refusals,
      costR,
      outcomeCosts: { slippageRate, fundingRate: costed.fundingRate ?? 0 },
      features,
      featureVersion: parts.featureVersion,
    };
    return { confidence: judged.confidence, parts: judged.parts, assessment };
  }

  private costQuestion({ symbol, series, direction, at, entry, stop }: ScoreInput): CostQuestion {
    const { facts } = this.parts;
    return {
      direction,
      at,
      entry,
      stop,
      tickSize: facts.tickSize(symbol),
      fundingRate: facts.fundingRate(symbol),
      minuteVolume: minuteVolumeOf(series),
    };
  }

  /** By what was learned. */
  private judge(setup: Setup, prediction: Prediction) {
    const parts = { base: BASE_CONFIDENCE, expectedR: CONFIDENCE_PER_R * prediction.expectedR };
    const confidence = Math.min(1, Math.max(0, parts.base + parts.expectedR));
    const refusals = this.memory.gate.verdict(setup, prediction);
    return { confidence, parts, by: { model: this.championId, riskScale: 1, refusals } };
  }

  /** By the heuristic, of which is known that it does not know. */
  private explore(input: ScoreInput) {
    const { confidence, parts } = this.parts.heuristic(input);
    const refusals: readonly Refusal[] = this.parts.mayExplore ? [] : ['LEARNING'];
    return { confidence, parts, by: { model: HEURISTIC, riskScale: this.options.exploreScale, refusals } };
  }

  private moveTo(at: UtcMs): void {
    this.memory.now = at;
    for (const known of this.memory.signals.due(at)) this.learn(known);
  }

  /** What was said is held against what came; only then it is learned from. */
  private learn({ sample, forecast }: Known): void {
    const { learner, gate, samples } = this.memory;
    if (gate.observe(sample.setup, forecast, sample)) learner.inflate(this.options.forgetFactor);
    if (forecast.model === this.championId) this.calibrate(forecast, isWin(sample));
    learner.learn(sample);
    samples.push(sample);
    if (samples.length > this.options.maxSamples) samples.shift();
  }

  /** Another champion's begins anew, with the first outcome that it foretold. */
  private calibrate({ model, probability }: Forecast, hasWon: boolean): void {
    const { memory } = this;
    if (memory.calibrated !== model) memory.calibration.clear();
    memory.calibrated = model;
    memory.calibration.add(probability, hasWon);
  }
}

const rewardOf = ({ entry, stop, target }: Pick<Signal, 'entry' | 'stop' | 'target'>): number =>
  Math.abs(target - entry) / Math.abs(entry - stop);
