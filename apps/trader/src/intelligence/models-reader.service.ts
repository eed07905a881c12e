/** Registry, learner and training as one answer. Never waits long for a database that is away. */
import { Injectable } from '@nestjs/common';
import {
  FEATURE_VERSION,
  IntelligenceService,
  ModelRegistry,
  ONLINE,
  TrainingService,
} from '@slt/intelligence';
import { soon } from '../trading/trading-records.service';
import type { ModelDto } from './model.dto';
import type { ModelsDto } from './models.dto';

@Injectable()
export class ModelsReader {
  constructor(
    private readonly intelligence: IntelligenceService,
    private readonly registry: ModelRegistry,
    private readonly training: TrainingService,
  ) {}

  async read(): Promise<ModelsDto> {
    const { champion, models, promotions } = await soon(this.registry.view());
    const { outcomes, required, isReady, drift, pending, note, calibration, setups } =
      this.intelligence.status();
    return {
      isOn: this.intelligence.isOn,
      market: this.intelligence.marketName,
      champion,
      learner: { outcomes, required, isReady, drift, pending, note },
      calibration: { ...calibration, bins: [...calibration.bins] },
      setups: setups.map((setup) => ({ ...setup })),
      models: [
        this.online(champion),
        ...models.map(({ seed: _, ...model }): ModelDto => ({ ...model, weights: [] })),
      ],
      promotions: [...promotions],
      training: this.training.status(),
    };
  }

  /** Learns with every outcome: it has no date, and no figures but the live ones. */
  private online(champion: string): ModelDto {
    return {
      id: ONLINE,
      kind: 'online',
      status: champion === ONLINE ? 'champion' : 'challenger',
      createdAt: null,
      trainedOn: null,
      featureVersion: FEATURE_VERSION,
      hyperparameters: {},
      metrics: null,
      comparison: null,
      weights: [...this.intelligence.weights()],
    };
  }
}
