/** What learned, how well, and who judges: `GET /v1/models`. */
import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { SETUPS } from '@slt/trading';
import { CalibrationDto, ModelDto, PromotionDto } from './model.dto';

const FIGURE = { nullable: true, type: Number } as const;

@ApiSchema({ name: 'Learner', description: 'The online learner, and what it found.' })
export class LearnerDto {
  @ApiProperty({ description: 'Signals whose outcome it has learned from.', example: 1_240 })
  outcomes: number;

  @ApiProperty({ description: 'Before so many the heuristic decides.', example: 200 })
  required: number;

  @ApiProperty({ description: 'Whether a model judges already.', example: true })
  isReady: boolean;

  @ApiProperty({
    enum: ['none', 'warning', 'drifted'],
    description: 'Whether what was approved earns less than it did.',
    example: 'none',
  })
  drift: string;

  @ApiProperty({ description: 'Signals whose outcome is awaited.', example: 37 })
  pending: number;

  @ApiProperty({
    description: 'What was not as it should be when it was restored; null: all was well.',
    nullable: true,
    type: String,
    example: null,
  })
  note: string | null;
}

@ApiSchema({ name: 'SetupEdge', description: 'What signals that the model approved have earned, by set-up.' })
export class SetupEdgeDto {
  @ApiProperty({ enum: SETUPS, example: 'block-retest' })
  setup: string;

  @ApiProperty({
    description: 'Of approved signals, since the edge was last lost.',
    example: 212,
  })
  outcomes: number;

  @ApiProperty({ ...FIGURE, description: 'After costs.', example: 0.18 })
  meanR: number | null;

  @ApiProperty({ ...FIGURE, description: 'One-sided lower bound of the mean.', example: 0.04 })
  lowerBound: number | null;

  @ApiProperty({ description: 'Whether its edge is proven and not lost since.', example: true })
  mayTrade: boolean;
}

@ApiSchema({ name: 'Training' })
export class TrainingDto {
  @ApiProperty({ enum: ['idle', 'running'], example: 'idle' })
  state: string;

  @ApiProperty({ ...FIGURE, description: 'Exchange time.', example: null })
  startedAt: number | null;

  @ApiProperty({
    description: 'Why the last one made no model; null: it made one, or there was none.',
    nullable: true,
    type: String,
    example: '214 labelled signals are too few to train on; 500 are needed',
  })
  lastError: string | null;
}

@ApiSchema({ name: 'Models' })
export class ModelsDto {
  @ApiProperty({ description: 'Whether anything is learned: LEARNING.', example: true })
  isOn: boolean;

  @ApiProperty({ description: 'Whose signals: another market has other models.', example: 'binance' })
  market: string;

  @ApiProperty({
    description: 'Id of the model that judges once there is enough to go by.',
    example: 'online',
  })
  champion: string;

  @ApiProperty({ type: LearnerDto })
  learner: LearnerDto;

  @ApiProperty({ type: CalibrationDto })
  calibration: CalibrationDto;

  @ApiProperty({ type: [SetupEdgeDto] })
  setups: SetupEdgeDto[];

  @ApiProperty({ type: [ModelDto], description: 'The online learner, then trained ones, newest first.' })
  models: ModelDto[];

  @ApiProperty({ type: [PromotionDto], description: 'Newest first.' })
  promotions: PromotionDto[];

  @ApiProperty({ type: TrainingDto })
  training: TrainingDto;
}
