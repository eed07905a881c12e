/** Which model judges: promoted by hand or by a training, rolled back by one call, demoted when it drifts. */
import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { Subscription } from 'rxjs';
import { AppError, type Clock, type DurationMs, SECOND_MS, toAppError } from '@slt/domain';
import { CLOCK } from '@slt/exchange';
import { ONLINE } from './core/advisor';
import { FEATURE_VERSION } from './core/features';
import type { Predictor } from './core/model';
import { ForestPredictor } from './core/training';
import { IntelligenceService } from './intelligence.service';
import { IntelligenceStore, unknownModel } from './store/intelligence-store';
import type { ModelSummary, Promotion, PromotionReason } from './store/rows';

export interface RegistryView {
  /** `online`: the learner that is always there. */
  readonly champion: string;
  /** Without the online learner; the newest first. */
  readonly models: readonly ModelSummary[];
  /** The newest first. */
  readonly promotions: readonly Promotion[];
}

const WATCH_EVERY_MS: DurationMs = 5 * SECOND_MS;
/** Outcomes before the calibration of a champion says anything. */
const CALIBRATION_FROM = 300;
/** Chance alone moves that of so many outcomes by a third of it. */
const MOST_CALIBRATION_ERROR = 0.12;

@Injectable()
export class ModelRegistry implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('Intelligence');
  private subscription: Subscription | undefined;
  private isDemoting = false;

  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(IntelligenceService) private readonly intelligence: IntelligenceService,
    @Inject(IntelligenceStore)
    private readonly store: Pick<IntelligenceStore, 'models' | 'model' | 'promotions' | 'promote'>,
  ) {}

  onModuleInit(): void {
    this.subscription = this.intelligence.events.subscribe((event) => {
      if (event.type === 'drift' && event.drift === 'drifted')
        void this.demote('drift', 'what it approved does not earn any more');
    });
  }

  onModuleDestroy(): void {
    this.subscription?.unsubscribe();
  }

  async view(): Promise<RegistryView> {
    const { marketName } = this.intelligence;
    const [models, promotions] = await Promise.all([
      this.store.models(marketName),
      this.store.promotions(marketName),
    ]);
    return { champion: this.intelligence.champion, models, promotions };
  }

  /**
   * Without effect for the champion itself.
   * @param id `online`: the online learner
   * @throws AppError not-found `MODEL.UNKNOWN`; rejected `MODEL.OTHER_FEATURES`, `LEARNING.OFF`; invalid `MODEL.BAD_STATE`
   */
  async promote(id: string, reason: PromotionReason, detail: string): Promise<void> {
    this.intelligence.mustBeOn();
    const predictor = id === ONLINE ? undefined : await this.predictorOf(id);
    const at = Math.round(this.clock.now());
    const promotion = await this.store.promote(this.intelligence.marketName, {
      model: id,
      at,
      reason,
      detail,
    });
    this.intelligence.install(predictor && { id, predictor });
    if (promotion === undefined) return;
    this.logger.log(`${id} judges in place of ${promotion.previous} (${reason}): ${detail}`);
    this.intelligence.tell({ type: 'model', ...promotion });
  }

  /**
   * Back to who judged before the champion did; again: to who judged before that one.
   * @throws AppError rejected `MODEL.NO_PREVIOUS`; as promote
   */
  async rollback(): Promise<void> {
    this.intelligence.mustBeOn();
    const { champion } = this.intelligence;
    const promotions = await this.store.promotions(this.intelligence.marketName);
    const last = promotions.find(({ model, reason }) => model === champion && reason !== 'rollback');
    if (last === undefined) {
      throw new AppError('rejected', 'MODEL.NO_PREVIOUS', `nobody judged before ${champion}`);
    }
    await this.promote(last.previous, 'rollback', `back from ${champion}`);
  }

  /** A champion whose probabilities do not come true is none. */
  @Interval(WATCH_EVERY_MS)
  async watchCalibration(): Promise<void> {
    if (!this.intelligence.isOn || this.intelligence.champion === ONLINE) return;
    const { count, ece } = this.intelligence.status().calibration;
    if (count < CALIBRATION_FROM || ece === null || ece <= MOST_CALIBRATION_ERROR) return;
    await this.demote('calibration', `its calibration error is ${ece.toFixed(3)} over ${count} outcomes`);
  }

  /** The online learner takes over at once, whether the database hears of it or not. */
  private async demote(reason: 'drift' | 'calibration', detail: string): Promise<void> {
    if (this.intelligence.champion === ONLINE || this.isDemoting) return;
    this.isDemoting = true;
    this.intelligence.install(undefined);
    try {
      await this.promote(ONLINE, reason, detail);
    } catch (error) {
      this.logger.error(`a demotion was not written down: ${toAppError(error, 'MODEL.DEMOTION').message}`);
    } finally {
      this.isDemoting = false;
    }
  }

  private async predictorOf(id: string): Promise<Predictor> {
    const model = await this.store.model(this.intelligence.marketName, id);
    if (model === undefined) throw unknownModel(id);
    if (model.featureVersion !== FEATURE_VERSION) {
      const what = `${id} is of feature version ${model.featureVersion}, and signals are measured by ${FEATURE_VERSION}`;
      throw new AppError('rejected', 'MODEL.OTHER_FEATURES', what);
    }
    return ForestPredictor.restore(model.state);
  }
}
