/** The event log of a series, as `GET /v1/symbols/{s}/smc/events` answers. */
import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { INTERVALS, type Interval } from '@slt/domain';
import type { SmcEvent } from '@slt/smc';
import { QueryInteger } from '../http/validation';

const MOST_CANDLES = 2_000;

export class SmcEventsQuery {
  @ApiPropertyOptional({
    enum: INTERVALS,
    default: '1m',
    description: 'One of HISTORY_INTERVALS.',
    example: '1m',
  })
  @IsOptional()
  @IsIn(INTERVALS)
  interval: Interval = '1m';

  @ApiPropertyOptional({
    description: 'How many of the newest closed candles the engine steps over.',
    minimum: 1,
    maximum: MOST_CANDLES,
    default: 500,
    example: 100,
  })
  @IsOptional()
  @QueryInteger()
  @IsInt()
  @Min(1)
  @Max(MOST_CANDLES)
  limit: number = 500;
}

@ApiSchema({
  name: 'SmcEvents',
  description: 'An append-only log; indices count from the first of these candles.',
})
export class SmcEventsDto {
  @ApiProperty({ example: 'BTCUSDT' })
  symbol: string;

  @ApiProperty({ enum: INTERVALS, example: '1m' })
  interval: string;

  @ApiProperty({ description: 'That the engine has stepped over.', example: 500 })
  candles: number;

  @ApiProperty({ type: Number, nullable: true, example: 1_795_354_800_000 })
  firstOpenTime: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 1_795_384_740_000 })
  lastOpenTime: number | null;

  @ApiProperty({
    description:
      'In the order in which they became known: each is about the candle `at`, and nobody knew it before `knownAt` closed. ' +
      '`kind` decides what else is in it (docs/smc.md).',
    type: 'array',
    items: {
      type: 'object',
      properties: {
        kind: { type: 'string' },
        at: { type: 'integer' },
        atTime: { type: 'integer' },
        knownAt: { type: 'integer' },
        knownAtTime: { type: 'integer' },
      },
      required: ['kind', 'at', 'atTime', 'knownAt', 'knownAtTime'],
      additionalProperties: true,
    },
    example: [
      {
        kind: 'bos',
        scale: 'internal',
        direction: 'bullish',
        level: 97_204.5,
        at: 471,
        atTime: 1_795_383_060_000,
        knownAt: 489,
        knownAtTime: 1_795_384_140_000,
      },
    ],
  })
  events: readonly SmcEvent[];
}
