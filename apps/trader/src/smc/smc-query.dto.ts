import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { INTERVALS, type Interval } from '@slt/domain';
import { QueryInteger } from '../http/validation';

const MAX_ZONES = 1000;

export class SmcQuery {
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
    description:
      'How many order blocks, gaps and pools of liquidity at most, the newest of each; all when missing.',
    minimum: 1,
    maximum: MAX_ZONES,
    example: 20,
  })
  @IsOptional()
  @QueryInteger()
  @IsInt()
  @Min(1)
  @Max(MAX_ZONES)
  limit?: number;
}
