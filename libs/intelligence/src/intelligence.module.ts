import { Global, Module } from '@nestjs/common';
import { Database } from '@slt/database';
import { ADVISOR } from '@slt/trading';
import { IntelligenceService } from './intelligence.service';
import { ModelRegistry } from './model-registry';
import { IntelligenceDatabase } from './store/intelligence-database';
import { IntelligenceStore } from './store/intelligence-store';
import { usualTrainer } from './training/training-process';
import { TRAINER, TrainingService } from './training.service';

/** Global, for trading asks for the advisor and imports nothing that learns. Needs ConfigModule, DatabaseModule, ExchangeModule. */
@Global()
@Module({
  providers: [
    IntelligenceDatabase,
    IntelligenceStore,
    IntelligenceService,
    ModelRegistry,
    TrainingService,
    { provide: TRAINER, useFactory: usualTrainer, inject: [Database, IntelligenceStore] },
    {
      provide: ADVISOR,
      useFactory: ({ advisor }: IntelligenceService) => advisor,
      inject: [IntelligenceService],
    },
  ],
  exports: [IntelligenceService, ModelRegistry, TrainingService, ADVISOR],
})
export class IntelligenceModule {}
