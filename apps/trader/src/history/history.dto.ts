import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  Matches,
  Max,
  Min,
} from 'class-validator';
import { INTERVALS, type Interval } from '@slt/domain';
import { SYMBOL_PATTERN } from '../http/symbol';

const MAX_LIMIT = 20_000;
const MAX_SYMBOLS = 1000;

export class RefreshRequest {
  @ApiPropertyOptional({
    type: [String],
    description: 'Missing: all that are followed.',
    example: ['BTCUSDT', 'ETHUSDT'],
  })
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(MAX_SYMBOLS)
  @Matches(SYMBOL_PATTERN, { each: true, message: 'each of symbols must be a symbol' })
  symbols?: string[];

  @ApiPropertyOptional({
    enum: INTERVALS,
    description: 'Missing: the first of HISTORY_INTERVALS.',
    example: '1m',
  })
  @IsOptional()
  @IsIn(INTERVALS)
  interval?: Interval;

  @ApiPropertyOptional({
    description: 'Candles that make it whole; missing: HISTORY_LIMIT.',
    minimum: 1,
    maximum: MAX_LIMIT,
    example: 1000,
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_LIMIT)
  limit?: number;
}

@ApiSchema({ name: 'RefreshFailure' })
export class RefreshFailureDto {
  @ApiProperty({ example: 'BTCUSDT' })
  symbol: string;

  @ApiProperty({ example: 'EXCHANGE.RATE_LIMITED' })
  code: string;

  @ApiProperty({ example: 'the weight of this minute is spent' })
  message: string;
}

@ApiSchema({ name: 'Refresh' })
export class RefreshDto {
  @ApiProperty({ example: true })
  running: boolean;

  @ApiProperty({ enum: INTERVALS, example: '1m' })
  interval: string;

  @ApiProperty({ example: 1000 })
  limit: number;

  @ApiProperty({ description: 'Symbols asked for.', example: 300 })
  total: number;

  @ApiProperty({ description: 'Symbols that have an outcome.', example: 120 })
  done: number;

  @ApiProperty({ description: 'Of those, whole.', example: 119 })
  whole: number;

  @ApiProperty({ description: 'Requests sent.', example: 119 })
  requests: number;

  @ApiProperty({ description: 'Request weight spent.', example: 119 })
  weight: number;

  @ApiProperty({ description: 'Exchange time.', example: 1_795_384_800_000 })
  startedAt: number;

  @ApiPropertyOptional({ example: 1_795_384_802_000 })
  finishedAt?: number;

  @ApiProperty({ type: [RefreshFailureDto], description: 'Without whole history, and why.' })
  failures: RefreshFailureDto[];
}

@ApiSchema({ name: 'HistoryFile' })
export class HistoryFileDto {
  @ApiProperty({ example: 'BTCUSDT' })
  symbol: string;

  @ApiProperty({ enum: INTERVALS, example: '1m' })
  interval: string;

  @ApiProperty({ example: 'BTCUSDT_1m.parquet' })
  file: string;

  @ApiProperty({ example: 1000 })
  rows: number;

  @ApiPropertyOptional({ description: 'Open time of the oldest candle.', example: 1_795_324_800_000 })
  from?: number;

  @ApiPropertyOptional({ description: 'Open time of the newest candle.', example: 1_795_384_740_000 })
  to?: number;

  @ApiPropertyOptional({ description: 'Exchange time.', example: 1_795_384_801_000 })
  writtenAt?: number;

  @ApiProperty({ description: 'Candles missing in between that the exchange has.', example: 0 })
  missing: number;

  @ApiProperty({
    description: 'Candles missing in between that the exchange does not have either.',
    example: 0,
  })
  knownHoles: number;

  @ApiPropertyOptional({
    description: 'Exchange milliseconds since the newest candle closed.',
    example: 42_000,
  })
  behindMs?: number;

  @ApiPropertyOptional({
    description: 'Why the file cannot be used.',
    example: 'the checksum does not match',
  })
  problem?: string;
}

@ApiSchema({ name: 'Queue' })
export class QueueDto {
  @ApiProperty({ example: true })
  up: boolean;

  @ApiProperty({ example: 'PostgreSQL' })
  detail: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    example: { waiting: 0, active: 0 },
  })
  counts: Record<string, number>;
}

@ApiSchema({ name: 'History' })
export class HistoryDto {
  @ApiProperty({ description: 'Files in the cache.', example: 300 })
  total: number;

  @ApiProperty({ description: 'Of those, usable and without holes.', example: 300 })
  whole: number;

  @ApiPropertyOptional({
    type: RefreshDto,
    description: 'The running or the last refresh asked for by POST.',
  })
  refresh?: RefreshDto;

  @ApiProperty({ type: QueueDto })
  queue: QueueDto;

  @ApiProperty({ type: [HistoryFileDto] })
  files: HistoryFileDto[];
}
