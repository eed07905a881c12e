import { Injectable, type OnModuleInit } from '@nestjs/common';
import { IntelligenceService, type LearningStatus, TrainingService } from '@slt/intelligence';
import { MetricsRegistry } from './metrics-registry';

const DRIFTS = ['none', 'warning', 'drifted'];

@Injectable()
export class LearningMetrics implements OnModuleInit {
  /** Read once a scrape. */
  private status: LearningStatus;

  constructor(
    private readonly metrics: MetricsRegistry,
    private readonly intelligence: IntelligenceService,
    private readonly training: TrainingService,
  ) {}

  onModuleInit(): void {
    if (!this.intelligence.isOn) return;
    this.metrics.beforeScrape(() => (this.status = this.intelligence.status()));
    this.addLearner();
    this.addCalibration();
    this.addEdges();
    this.addTraining();
  }

  private addLearner(): void {
    const { metrics } = this;
    metrics.total(
      'slt_learning_outcomes_total',
      'Signals whose outcome was learned from',
      () => this.status.outcomes,
    );
    metrics.value(
      'slt_learning_pending_signals',
      'Signals whose outcome is awaited',
      () => this.status.pending,
    );
    metrics.value('slt_learning_ready', '1 once a model judges instead of the heuristic', () =>
      Number(this.status.isReady),
    );
    metrics.samples(
      { name: 'slt_learning_champion_info', help: '1 for the model that judges', labels: ['model'] },
      () => [[{ model: this.status.model }, 1]],
    );
    metrics.samples(
      {
        name: 'slt_learning_drift',
        help: '1 for whether what was approved earns less than it did',
        labels: ['drift'],
      },
      () => DRIFTS.map((drift) => [{ drift }, Number(drift === this.status.drift)]),
    );
  }

  /** Without a sample while the champion has no outcomes. */
  private addCalibration(): void {
    const figure = (name: 'brier' | 'ece' | 'logLoss', metric: string, help: string): void =>
      this.metrics.samples({ name: metric, help: `${help}, over the champion's newest outcomes` }, () => {
        const value = this.status.calibration[name];
        return value === null ? [] : [[{}, value]];
      });
    figure('brier', 'slt_learning_brier', 'Mean of (probability - outcome)^2');
    figure('ece', 'slt_learning_ece', 'Expected calibration error of ten bins');
    figure('logLoss', 'slt_learning_log_loss', 'Mean of -ln of what was given to what came');
  }

  private addEdges(): void {
    const { metrics } = this;
    const labels = ['setup'];
    metrics.samples({ name: 'slt_learning_edge_r', help: 'Mean R of approved signals', labels }, () =>
      this.status.setups.flatMap(({ setup, meanR }) => (meanR === null ? [] : [[{ setup }, meanR] as const])),
    );
    metrics.samples(
      { name: 'slt_learning_edge_proven', help: '1 where the set-up may be traded', labels },
      () => this.status.setups.map(({ setup, mayTrade }) => [{ setup }, Number(mayTrade)]),
    );
  }

  private addTraining(): void {
    const { metrics, training } = this;
    metrics.totals(
      { name: 'slt_learning_trainings_total', help: 'Trainings that ended, by outcome', labels: ['outcome'] },
      () => {
        const { done, failed } = training.counts();
        return [
          [{ outcome: 'done' }, done],
          [{ outcome: 'failed' }, failed],
        ];
      },
    );
    metrics.value('slt_learning_training', '1 while a training is under way', () =>
      Number(training.status().state === 'running'),
    );
    metrics.samples({ name: 'slt_learning_training_seconds', help: 'Wall time of the last training' }, () => {
      const { lastSeconds } = training.counts();
      return lastSeconds === undefined ? [] : [[{}, lastSeconds]];
    });
  }
}
