import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { type Refusal, REFUSALS, type SignalRecord, SETUPS } from '@slt/trading';
import { AssessmentDto, toAssessmentDto } from './assessment.dto';
import { DECISIONS } from './journal-query.dto';

@ApiSchema({ name: 'Signal', description: 'What a set-up saw on a closed candle, and what became of it.' })
export class SignalDto {
  @ApiProperty({ example: 'BTCUSDT:1m:block-retest:long:1795384860000' })
  id: string;

  @ApiProperty({ example: 'BTCUSDT' })
  symbol: string;

  @ApiProperty({ example: '1m' })
  interval: string;

  @ApiProperty({ enum: SETUPS, example: 'block-retest' })
  setup: string;

  @ApiProperty({ enum: ['long', 'short'], example: 'long' })
  direction: string;

  @ApiProperty({ description: 'Close of the candle that completed it.', example: 1_795_384_860_000 })
  at: number;

  @ApiProperty({ example: 91_250.4 })
  entry: number;

  @ApiProperty({ description: 'Beyond what would prove it wrong.', example: 90_980.5 })
  stop: number;

  @ApiProperty({ example: 91_800 })
  target: number;

  @ApiProperty({ minimum: 0, maximum: 1, example: 0.72 })
  confidence: number;

  @ApiProperty({
    description: 'What the confidence is the sum of.',
    type: 'object',
    additionalProperties: { type: 'number' },
    example: { base: 0.5, swingBias: 0.08, evidence: 0.09, session: 0.05 },
  })
  parts: Record<string, number>;

  @ApiProperty({ enum: DECISIONS, example: 'refused' })
  decision: string;

  @ApiProperty({
    description: 'Each rule that refused it; empty where it was traded.',
    enum: REFUSALS,
    isArray: true,
    example: ['TRADING_OFF'],
  })
  reasons: Refusal[];

  @ApiProperty({
    description: 'What the learner made of it; null where the heuristic decided alone.',
    type: AssessmentDto,
    nullable: true,
  })
  assessment: AssessmentDto | null;
}

export const toSignalDto = ({ parts, reasons, assessment, ...signal }: SignalRecord): SignalDto => ({
  ...signal,
  parts: { ...parts },
  reasons: [...reasons],
  assessment: assessment === undefined ? null : toAssessmentDto(assessment),
});
