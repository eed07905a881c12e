/** A generated market through the whole pipeline: by a learner that begins with nothing, or by who knows the plant. */
import type { UtcMs } from '@slt/domain';
import { HEURISTIC, type LearnedWeight, type Sample } from '@slt/intelligence';
import type { Decision, Scorer, Setup, Signal, Trade } from '@slt/trading';
import { type BacktestOptions, runBacktest } from '../../backtest';
import type { TrainingNote } from '../../learning/learning-record';
import type { World } from './world';

/** A signal as it was judged. */
export interface Judged {
  readonly id: string;
  readonly setup: Setup;
  readonly at: UtcMs;
  readonly isTraded: boolean;
  /** By a model, and not by the heuristic that decides until there are outcomes enough. */
  readonly isLearned: boolean;
  /** Said by the model; NaN where none was asked. */
  readonly probability: number;
  /** Undefined where its end was not seen. */
  readonly outcome: Sample | undefined;
}

export interface Trial {
  /** In the order of time. */
  readonly judged: readonly Judged[];
  /** Ascending by exit time. */
  readonly trades: readonly Trade[];
  /** Of the initial balance: −0.01 is one per cent lost. */
  readonly growth: number;
  readonly decisionsHash: string;
  readonly trainings: readonly TrainingNote[];
  readonly weights: readonly LearnedWeight[];
}

export type TrialOptions = Pick<BacktestOptions, 'limits' | 'breaker' | 'exits'>;

/** USDT that an account begins with. */
export const BALANCE = 10_000;

/** @param seed of what training draws by chance */
export async function learn(world: World, seed: number, options: TrialOptions = {}): Promise<Trial> {
  const outcomes = new Map<string, Sample>();
  const onSamples = (samples: readonly Sample[]): void => {
    for (const sample of samples) outcomes.set(sample.id, sample);
  };
  return run(world, { ...options, learn: { seed, onSamples } }, outcomes);
}

export const judgeBy = (world: World, scorer: Scorer, options: TrialOptions = {}): Promise<Trial> =>
  run(world, { ...options, scorer }, new Map());

async function run(
  world: World,
  options: Partial<BacktestOptions>,
  outcomes: ReadonlyMap<string, Sample>,
): Promise<Trial> {
  const decided = new Map<string, { readonly signal: Signal; readonly decision: Decision }>();
  const result = await runBacktest({
    ...world.source,
    ...options,
    charts: 0,
    paper: { initialBalance: String(BALANCE) },
    observer: {
      decided: (signal, decision) => void decided.set(signal.id, { signal, decision }),
      retracted: (signalId, reason) => {
        const { signal } = decided.get(signalId)!;
        decided.set(signalId, { signal, decision: { decision: 'refused', reasons: [reason] } });
      },
      traded: () => undefined,
    },
  });
  return {
    judged: [...decided.values()].map(({ signal, decision }) => judgedOf(signal, decision, outcomes)),
    trades: result.trades,
    growth: Number(result.performance.netPnl) / BALANCE,
    decisionsHash: result.decisionsHash,
    trainings: result.learning?.trainings ?? [],
    weights: result.learning?.weights ?? [],
  };
}

function judgedOf(
  { id, setup, at, assessment }: Signal,
  { decision }: Decision,
  outcomes: ReadonlyMap<string, Sample>,
): Judged {
  return {
    id,
    setup,
    at,
    isTraded: decision === 'traded',
    isLearned: assessment !== undefined && assessment.model !== HEURISTIC,
    probability: assessment?.probability ?? NaN,
    outcome: outcomes.get(id),
  };
}
