import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { INTERVALS } from '@slt/domain';
import { QueryInteger } from '../http/validation';

export const MAX_CLOSES = 200;
const DEFAULT_CLOSES = 40;

export class MarketQuery {
  @ApiPropertyOptional({
    description: 'How many closes of each symbol at most, the newest.',
    minimum: 0,
    maximum: MAX_CLOSES,
    default: DEFAULT_CLOSES,
    example: 40,
  })
  @IsOptional()
  @QueryInteger()
  @IsInt()
  @Min(0)
  @Max(MAX_CLOSES)
  closes: number = DEFAULT_CLOSES;
}

@ApiSchema({ name: 'MarketBreak' })
export class MarketBreakDto {
  @ApiProperty({ enum: ['bos', 'choch'], example: 'bos' })
  kind: string;

  @ApiProperty({ enum: ['swing', 'internal'], example: 'internal' })
  scale: string;

  @ApiProperty({ enum: ['bullish', 'bearish'], example: 'bullish' })
  direction: string;

  @ApiProperty({ description: 'Open time of the candle that broke the level.', example: 1_795_384_740_000 })
  at: number;
}

@ApiSchema({ name: 'MarketSymbol' })
export class MarketSymbolDto {
  @ApiProperty({ example: 'BTCUSDT' })
  symbol: string;

  @ApiProperty({ enum: ['loading', 'live', 'repairing', 'failed'], example: 'live' })
  state: string;

  @ApiProperty({ description: 'Whole and up to date in every interval.', example: true })
  ready: boolean;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Open time of the newest closed candle.',
    example: 1_795_384_740_000,
  })
  lastOpenTime: number | null;

  @ApiProperty({ type: [Number], description: 'Oldest first.', example: [97_012.4, 97_021.7] })
  closes: number[];

  @ApiProperty({
    type: String,
    nullable: true,
    enum: ['bullish', 'bearish', null],
    description: 'Bias of the swing structure; null before its first break.',
    example: 'bullish',
  })
  swing: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    enum: ['bullish', 'bearish', null],
    description: 'Bias of the internal structure.',
    example: 'bearish',
  })
  internal: string | null;

  @ApiProperty({ type: MarketBreakDto, nullable: true, description: 'The newest break of either structure.' })
  lastBreak: MarketBreakDto | null;
}

@ApiSchema({ name: 'Market' })
export class MarketDto {
  @ApiProperty({ description: 'Exchange time.', example: 1_795_384_800_000 })
  at: number;

  @ApiProperty({ enum: INTERVALS, description: 'The streamed one.', example: '1m' })
  interval: string;

  @ApiProperty({ type: [MarketSymbolDto] })
  symbols: MarketSymbolDto[];
}
