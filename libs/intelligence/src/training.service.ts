/** When a challenger is trained, and what becomes of it. The training itself runs elsewhere. */
import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { AppConfig } from '@slt/config';
import {
  AppError,
  type Clock,
  type DurationMs,
  HOUR_MS,
  SECOND_MS,
  toAppError,
  type UtcMs,
} from '@slt/domain';
import { CLOCK } from '@slt/exchange';
import { ONLINE } from './core/advisor';
import { FEATURE_VERSION } from './core/features';
import type { TrainingResult } from './core/training';
import { IntelligenceService } from './intelligence.service';
import { ModelRegistry } from './model-registry';
import { IntelligenceStore } from './store/intelligence-store';
import type { TrainingOrder } from './training/training-messages';
import type { Trainer } from './training/training-process';

export const TRAINER = Symbol('Trainer');

export interface TrainingStatus {
  readonly state: 'idle' | 'running';
  /** Exchange time. */
  readonly startedAt: UtcMs | null;
  /** Of the last one, where it made no model. */
  readonly lastError: string | null;
}

/** Since the process began. */
export interface TrainingCounts {
  readonly done: number;
  readonly failed: number;
  /** Wall time of the last one; undefined: there was none. */
  readonly lastSeconds: number | undefined;
}

/** The newest ones; more would tell of other times, and cost memory while it runs. */
const MOST_SAMPLES = 20_000;
/** Since the last training; fewer would only say the same again. */
const LEAST_NEW = 500;
const LOOK_EVERY_MS: DurationMs = 30 * SECOND_MS;

@Injectable()
export class TrainingService implements OnModuleDestroy {
  private readonly logger = new Logger('Intelligence');
  private readonly ending = new AbortController();
  private running: Promise<void> | undefined;
  private startedAt: UtcMs | null = null;
  private lastError: string | null = null;
  private counted = { done: 0, failed: 0, lastSeconds: undefined as number | undefined };
  /** When the last one was, also of an earlier process; undefined: not asked yet. */
  private trainedAt: UtcMs | undefined;

  constructor(
    @Inject(AppConfig) private readonly config: AppConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(IntelligenceService) private readonly intelligence: IntelligenceService,
    @Inject(ModelRegistry) private readonly registry: ModelRegistry,
    @Inject(IntelligenceStore)
    private readonly store: Pick<IntelligenceStore, 'models' | 'model' | 'countSamples' | 'addModel'>,
    @Inject(TRAINER) private readonly trainer: Trainer,
  ) {}

  status(): TrainingStatus {
    const { startedAt, lastError } = this;
    return { state: this.running === undefined ? 'idle' : 'running', startedAt, lastError };
  }

  counts(): TrainingCounts {
    return { ...this.counted };
  }

  /**
   * Begins one; the status tells when it has ended.
   * @throws AppError rejected `LEARNING.OFF`, `LEARNING.TRAINING_RUNNING`
   */
  start(): void {
    this.intelligence.mustBeOn();
    if (this.running !== undefined) {
      throw new AppError('rejected', 'LEARNING.TRAINING_RUNNING', 'a training is under way');
    }
    this.startedAt = Math.round(this.clock.now());
    this.intelligence.tell({
      type: 'training',
      at: this.startedAt,
      state: 'running',
      model: null,
      error: null,
    });
    this.running = this.run(this.startedAt).finally(() => (this.running = undefined));
  }

  /** Resolves when none is under way. */
  async settled(): Promise<void> {
    await this.running;
  }

  /** By the exchange's clock, and only where there is something new to learn from. Never rejects. */
  @Interval(LOOK_EVERY_MS)
  async look(): Promise<void> {
    const everyMs = this.config.LEARNING_TRAIN_HOURS * HOUR_MS;
    if (!this.intelligence.isOn || everyMs === 0 || this.running !== undefined) return;
    if (this.intelligence.status().outcomes < LEAST_NEW) return;
    try {
      this.trainedAt ??= await this.lastTraining();
      const now = this.clock.now();
      if (now - this.trainedAt < everyMs) return;
      if ((await this.store.countSamples(this.intelligence.marketName, this.trainedAt)) < LEAST_NEW) return;
      this.start();
    } catch (error) {
      this.logger.warn(`no training now: ${toAppError(error, 'LEARNING.LOOK').message}`);
    }
  }

  async onModuleDestroy(): Promise<void> {
    this.ending.abort();
    await this.running;
  }

  private async run(now: UtcMs): Promise<void> {
    const startedAt = performance.now();
    let model: string | null = null;
    try {
      const result = await this.train(now);
      model = result.challenger.id;
      this.lastError = null;
      this.counted.done++;
    } catch (error) {
      this.lastError = toAppError(error, 'LEARNING.TRAINING').message;
      this.counted.failed++;
      this.logger.warn(`the training made no model: ${this.lastError}`);
    }
    this.trainedAt = now;
    this.startedAt = null;
    this.counted.lastSeconds = (performance.now() - startedAt) / SECOND_MS;
    const at = Math.round(this.clock.now());
    this.intelligence.tell({ type: 'training', at, state: 'idle', model, error: this.lastError });
  }

  private async train(now: UtcMs): Promise<TrainingResult> {
    const { intelligence, store } = this;
    // What was learned a moment ago belongs to it.
    await intelligence.save();
    const order: TrainingOrder = {
      market: intelligence.marketName,
      samples: { featureVersion: FEATURE_VERSION, until: now, most: MOST_SAMPLES },
      seed: this.config.LEARNING_SEED,
      now,
      champion: await this.champion(),
      options: undefined,
    };
    const { result, refused } = await this.trainer.train(order, this.ending.signal);
    if (refused > 0) this.logger.warn(`${refused} stored samples are none and were passed over`);
    await store.addModel(intelligence.marketName, result.challenger, result.comparison);
    await this.decide(result);
    return result;
  }

  private async champion(): Promise<TrainingOrder['champion']> {
    const { champion, marketName } = this.intelligence;
    const model = champion === ONLINE ? undefined : await this.store.model(marketName, champion);
    return model && { state: model.state, trainedTo: model.trainedOn.to };
  }

  private async decide({ challenger, comparison, online }: TrainingResult): Promise<void> {
    if (comparison.verdict === 'better') {
      const detail = `better on ${comparison.samples} signals that neither had seen`;
      await this.registry.promote(challenger.id, 'better', detail);
    } else if (online?.verdict === 'better') {
      const detail = `the online learner is better on ${online.samples} signals that neither had seen`;
      await this.registry.promote(ONLINE, 'online-better', detail);
    }
  }

  private async lastTraining(): Promise<UtcMs> {
    const [newest] = await this.store.models(this.intelligence.marketName);
    // A replay that began anew is behind what it trained then.
    return Math.min(newest?.createdAt ?? 0, Math.floor(this.clock.now()));
  }
}
