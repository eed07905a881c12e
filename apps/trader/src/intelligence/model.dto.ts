import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { IsString, Matches } from 'class-validator';
import { MODEL_KINDS } from '@slt/intelligence';

const FIGURE = { nullable: true, type: Number } as const;

@ApiSchema({ name: 'CalibrationBin' })
export class CalibrationBinDto {
  @ApiProperty({ example: 0.4 })
  from: number;

  @ApiProperty({ example: 0.5 })
  to: number;

  @ApiProperty({ example: 61 })
  count: number;

  @ApiProperty({ ...FIGURE, description: 'Mean of what was told; null without outcomes.', example: 0.45 })
  confidence: number | null;

  @ApiProperty({ ...FIGURE, description: 'Share that won.', example: 0.43 })
  winRate: number | null;
}

@ApiSchema({
  name: 'Calibration',
  description: 'How well the champion told what came, over its newest outcomes; null without any.',
})
export class CalibrationDto {
  @ApiProperty({ example: 412 })
  count: number;

  @ApiProperty({ ...FIGURE, description: 'Mean of (probability − outcome)².', example: 0.213 })
  brier: number | null;

  @ApiProperty({ ...FIGURE, description: 'Expected calibration error, of ten bins.', example: 0.021 })
  ece: number | null;

  @ApiProperty({ ...FIGURE, description: 'Mean of −ln of what was given to what came.', example: 0.612 })
  logLoss: number | null;

  @ApiProperty({ type: [CalibrationBinDto] })
  bins: CalibrationBinDto[];
}

@ApiSchema({ name: 'TrainedOn' })
export class TrainedOnDto {
  @ApiProperty({ description: 'First signal.', example: 1_795_000_000_000 })
  from: number;

  @ApiProperty({ description: 'Last outcome.', example: 1_795_384_860_000 })
  to: number;

  @ApiProperty({ example: 4_210 })
  samples: number;
}

@ApiSchema({ name: 'ModelMetrics', description: 'Walk-forward, on signals that it had not seen.' })
export class ModelMetricsDto {
  @ApiProperty({ example: 3_368 })
  samples: number;

  @ApiProperty({ ...FIGURE, example: 0.628 })
  logLoss: number | null;

  @ApiProperty({ ...FIGURE, example: 0.219 })
  brier: number | null;

  @ApiProperty({ ...FIGURE, example: 0.018 })
  ece: number | null;

  @ApiProperty({ description: 'Of which its lower bound was above zero.', example: 214 })
  traded: number;

  @ApiProperty({ ...FIGURE, description: 'Mean R of those, after costs.', example: 0.21 })
  expectancyR: number | null;
}

@ApiSchema({ name: 'Advantage', description: 'Of the challenger, a signal, with its interval of 95 %.' })
export class AdvantageDto {
  @ApiProperty({ example: 0.012 })
  mean: number;

  @ApiProperty({ example: 0.003 })
  low: number;

  @ApiProperty({ example: 0.021 })
  high: number;
}

@ApiSchema({
  name: 'Comparison',
  description: 'With the champion of its day, on signals that neither had seen.',
})
export class ComparisonDto {
  @ApiProperty({ example: 3_368 })
  samples: number;

  @ApiProperty({ description: 'Spans of time that were drawn anew.', example: 187 })
  blocks: number;

  @ApiProperty({ example: 14_400_000 })
  blockMs: number;

  @ApiProperty({ type: AdvantageDto, nullable: true })
  logLoss: AdvantageDto | null;

  @ApiProperty({
    type: AdvantageDto,
    nullable: true,
    description: 'R earned by what each would have traded.',
  })
  earnedR: AdvantageDto | null;

  @ApiProperty({ enum: ['better', 'not-better', 'too-few-samples'], example: 'not-better' })
  verdict: string;
}

@ApiSchema({ name: 'LearnedWeight' })
export class LearnedWeightDto {
  @ApiProperty({ example: 'relativeVolume' })
  feature: string;

  @ApiProperty({ description: 'Log-odds a standard deviation.', example: 0.21 })
  weight: number;
}

@ApiSchema({ name: 'Model' })
export class ModelDto {
  @ApiProperty({ example: 'forest-2026-11-23T08:00:00.000Z-4f2a9c01be77' })
  id: string;

  @ApiProperty({ enum: MODEL_KINDS, example: 'forest' })
  kind: string;

  @ApiProperty({ enum: ['champion', 'challenger', 'retired'], example: 'challenger' })
  status: string;

  @ApiProperty({
    ...FIGURE,
    description: 'Exchange time; null for the online learner.',
    example: 1_795_384_860_000,
  })
  createdAt: number | null;

  @ApiProperty({ type: TrainedOnDto, nullable: true })
  trainedOn: TrainedOnDto | null;

  @ApiProperty({ example: 1 })
  featureVersion: number;

  @ApiProperty({ type: 'object', additionalProperties: true, example: { trees: 40, depth: 5 } })
  hyperparameters: unknown;

  @ApiProperty({ type: ModelMetricsDto, nullable: true })
  metrics: ModelMetricsDto | null;

  @ApiProperty({ type: ComparisonDto, nullable: true })
  comparison: ComparisonDto | null;

  @ApiProperty({ type: [LearnedWeightDto], description: 'Of the online learner; empty for the others.' })
  weights: LearnedWeightDto[];
}

@ApiSchema({ name: 'Promotion' })
export class PromotionDto {
  @ApiProperty({ description: 'Exchange time.', example: 1_795_384_860_000 })
  at: number;

  @ApiProperty({ example: 'forest-2026-11-23T08:00:00.000Z-4f2a9c01be77' })
  model: string;

  @ApiProperty({ example: 'online' })
  previous: string;

  @ApiProperty({
    enum: ['better', 'hand', 'rollback', 'drift', 'calibration', 'online-better', 'unusable'],
    example: 'better',
  })
  reason: string;

  @ApiProperty({ example: 'better on 3368 signals that neither had seen' })
  detail: string;
}

export class ModelParams {
  @ApiProperty({ description: 'As in GET /v1/models; `online` is the online learner.', example: 'online' })
  @IsString()
  @Matches(/^[\w.:-]{1,100}$/, { message: 'id must be the id of a model' })
  id: string;
}
