import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { type Assessment, type Refusal, REFUSALS, writtenAssessment } from '@slt/trading';

@ApiSchema({ name: 'Contribution', description: 'What a feature had to say of a signal.' })
export class ContributionDto {
  @ApiProperty({ example: 'relativeVolume' })
  feature: string;

  @ApiProperty({
    description: 'As it was measured; null where it is not known.',
    type: Number,
    nullable: true,
    example: 2.4,
  })
  value: number | null;

  @ApiProperty({ description: 'What it added to the log-odds of a win.', example: 0.21 })
  weight: number;
}

@ApiSchema({
  name: 'OutcomeCosts',
  description: 'What the outcome of a signal is reckoned with, as shares of the price.',
})
export class OutcomeCostsDto {
  @ApiProperty({ description: 'Half spread and slippage of a market order.', example: 0.0002 })
  slippageRate: number;

  @ApiProperty({ description: 'Of the next settlement; above zero longs pay.', example: 0.0001 })
  fundingRate: number;
}

@ApiSchema({
  name: 'Assessment',
  description:
    "A learner's judgement, made of what was known at the signal's close. R: multiples of the risk from entry to stop.",
})
export class AssessmentDto {
  @ApiProperty({
    description: 'Id of the model that judged; heuristic: there was too little to learn from yet.',
    example: 'online',
  })
  model: string;

  @ApiProperty({ description: 'That it ends above zero after costs.', minimum: 0, maximum: 1, example: 0.41 })
  probability: number;

  @ApiProperty({ description: 'After costs.', example: 0.12 })
  expectedR: number;

  @ApiProperty({ description: 'One-sided 95 % lower bound of it.', example: 0.03 })
  lowerBound: number;

  @ApiProperty({ description: 'Fees, slippage and funding that are expected.', example: 0.31 })
  costR: number;

  @ApiPropertyOptional({ type: OutcomeCostsDto })
  outcomeCosts?: OutcomeCostsDto;

  @ApiProperty({ description: "Share of the tier's risk that may be taken.", maximum: 1, example: 1 })
  riskScale: number;

  @ApiProperty({
    description: 'Why it is not to be traded, in its view.',
    enum: REFUSALS,
    isArray: true,
    example: [],
  })
  refusals: Refusal[];

  @ApiProperty({ description: 'What mattered most, largest first.', type: [ContributionDto] })
  contributions: ContributionDto[];

  @ApiProperty({
    description: 'All features in the order of their version; null where one is not known.',
    type: 'array',
    items: { type: 'number', nullable: true },
    example: [1, 0.4, null],
  })
  features: (number | null)[];

  @ApiProperty({ example: 1 })
  featureVersion: number;
}

export function toAssessmentDto(assessment: Assessment): AssessmentDto {
  const { refusals, contributions, features, ...rest } = writtenAssessment(assessment);
  return {
    ...rest,
    refusals: [...refusals],
    contributions: contributions.map((each) => ({ ...each })),
    features: [...features],
  };
}
