/**
 * Learning within a backtest: the advisor of the live service, fed in the order of candles, and its trainings when market
 * time comes to them, each in its place between two minutes. The same candles, options and seed learn the same.
 */
import { type DurationMs, HOUR_MS, toAppError, type UtcMs } from '@slt/domain';
import {
  type AdvisorOptions,
  canBePromoted,
  createAdvisor,
  ForestPredictor,
  type LearningAdvisor,
  type MarketFacts,
  ONLINE,
  type Outlook,
  runTrial,
  type Sample,
  type TrainingOptions,
  type Trial,
  type Verdict,
} from '@slt/intelligence';
import { scoreByParts, type Signal } from '@slt/trading';
import { LearningRecord, type LearningFigures, type TrainingNote } from './learning-record';

export interface LearnOptions {
  /** Of all that training draws by chance. */
  readonly seed: number;
  /** Market time between two trainings of a challenger at least; 0: none. */
  readonly trainEveryMs?: DurationMs | undefined;
  /** Labelled signals since the last training, before there is another. */
  readonly trainAfter?: number | undefined;
  readonly training?: Partial<TrainingOptions> | undefined;
  readonly advisor?: Partial<AdvisorOptions> | undefined;
  /** Hears of labelled signals, in the order in which they were learned from. */
  readonly onSamples?: ((samples: readonly Sample[]) => void) | undefined;
}

const TRAIN_EVERY_MS: DurationMs = 6 * HOUR_MS;
/** The newest ones. A year passes in a minute here: trainings are smaller than the service's, and fewer. */
const MOST_SAMPLES = 5_000;
const TRAINING: Partial<TrainingOptions> = { trees: 20, folds: 3 };
const TRAIN_AFTER = 500;
/** New ones as a share of all that there were at the last training. */
const LEAST_GROWTH = 1;
/** Labelled signals are collected so often. */
const COLLECT_EVERY_MS: DurationMs = HOUR_MS;
const TOO_FEW: Verdict = 'too-few-samples';

export class LearningRun {
  readonly advisor: LearningAdvisor;
  private readonly record = new LearningRecord();
  private readonly trainEveryMs: DurationMs;
  private samples: Sample[] = [];
  /** What the online learner said of them, and of signals whose outcome is awaited. */
  private readonly said = new Map<string, Outlook>();
  private labelled = 0;
  private trainedOn = 0;
  private trainedAt: UtcMs | undefined;
  private collectedAt: UtcMs = -Infinity;
  private champion: { readonly id: string; readonly state: unknown; readonly trainedTo: UtcMs } | undefined;

  constructor(
    facts: MarketFacts,
    private readonly options: LearnOptions,
  ) {
    this.trainEveryMs = options.trainEveryMs ?? TRAIN_EVERY_MS;
    this.advisor = createAdvisor({
      facts,
      heuristic: scoreByParts,
      mayExplore: true,
      options: { maxSamples: Number.MAX_SAFE_INTEGER, ...options.advisor },
    });
  }

  /** With what was decided about it. */
  decided(signal: Signal, isTraded: boolean): void {
    this.record.decided(signal, isTraded);
    if (this.trainEveryMs === 0 || this.champion !== undefined || signal.assessment === undefined) return;
    this.said.set(signal.id, signal.assessment);
  }

  /** All closes of a minute are acted upon. */
  minuteEnded(at: UtcMs): void {
    if (at - this.collectedAt < COLLECT_EVERY_MS) return;
    this.collectedAt = at;
    this.collect();
    this.trainedAt ??= at;
    if (this.isDue(at)) this.train(at);
  }

  /** Once, at the end. */
  finish(): LearningFigures {
    this.collect();
    return this.record.finish(this.advisor.status(), this.advisor.weights());
  }

  private collect(): void {
    const drained = this.advisor.drainSamples();
    if (drained.length === 0) return;
    this.labelled += drained.length;
    for (const sample of drained) this.record.labelled(sample);
    this.options.onSamples?.(drained);
    if (this.trainEveryMs === 0) return;
    this.samples.push(...drained);
    if (this.samples.length <= MOST_SAMPLES) return;
    for (const { id } of this.samples.slice(0, -MOST_SAMPLES)) this.said.delete(id);
    this.samples = this.samples.slice(-MOST_SAMPLES);
  }

  private isDue(at: UtcMs): boolean {
    if (this.trainEveryMs === 0 || at - this.trainedAt! < this.trainEveryMs) return false;
    const { trainAfter = TRAIN_AFTER } = this.options;
    return this.labelled - this.trainedOn >= Math.max(trainAfter, LEAST_GROWTH * this.trainedOn);
  }

  private train(at: UtcMs): void {
    this.trainedAt = at;
    this.trainedOn = this.labelled;
    const { seed, training } = this.options;
    try {
      const options = { ...TRAINING, ...training };
      const { samples, champion } = this;
      if (champion === undefined && !canBePromoted(samples, options))
        return this.record.trained({ at, model: null, outcome: TOO_FEW });
      const said = ({ id }: Sample): Outlook | undefined => this.said.get(id);
      const trial = runTrial(samples, { seed, now: at, champion, options, said });
      this.record.trained({ at, ...this.decide(trial) });
    } catch (error) {
      this.record.trained({ at, model: null, outcome: toAppError(error, 'BACKTEST.TRAINING').message });
    }
  }

  /** As the service promotes: the challenger where it is better, else the online learner where that is. */
  private decide({ challenger, comparison, online }: Trial): Omit<TrainingNote, 'at'> {
    if (comparison.verdict === 'better') {
      const { id, state, trainedOn } = challenger();
      this.champion = { id, state, trainedTo: trainedOn.to };
      this.advisor.install({ id, predictor: ForestPredictor.restore(state) });
      return { model: id, outcome: 'promoted' };
    }
    if (online?.verdict === 'better') {
      this.champion = undefined;
      this.advisor.install(undefined);
      return { model: null, outcome: `${comparison.verdict}; ${ONLINE} promoted` };
    }
    return { model: null, outcome: comparison.verdict };
  }
}
