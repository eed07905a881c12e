import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayNotEmpty, IsArray, IsBoolean, IsOptional, Matches } from 'class-validator';
import { INTERVALS } from '@slt/domain';
import { QueryFlag } from '../http/validation';

const MAX_FILES = 2000;
/** A name inside DATA_DIR, never a path. */
const FILE_PATTERN = /^(?!\.)[^\p{C}/\\]{1,255}$/u;

export class IntegrityQuery {
  @ApiPropertyOptional({
    description: 'Check now, instead of answering with the last report.',
    default: false,
    example: false,
  })
  @IsOptional()
  @QueryFlag()
  @IsBoolean()
  fresh: boolean = false;
}

export class RepairRequest {
  @ApiPropertyOptional({
    type: [String],
    description: 'Names of files in the cache; missing: all that the check finds broken.',
    example: ['BTCUSDT_1m.parquet'],
  })
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(MAX_FILES)
  @Matches(FILE_PATTERN, { each: true, message: 'each of files must be the name of a file, without a path' })
  files?: string[];
}

@ApiSchema({ name: 'Finding' })
export class FindingDto {
  @ApiProperty({ enum: ['error', 'warning'], example: 'error' })
  severity: string;

  @ApiProperty({ example: 'HOLES' })
  code: string;

  @ApiProperty({ example: '3 candles are missing in 1 hole' })
  message: string;

  @ApiPropertyOptional({ type: 'object', additionalProperties: true, example: { missing: 3 } })
  detail?: Record<string, unknown>;
}

@ApiSchema({ name: 'FileReport' })
export class FileReportDto {
  @ApiProperty({ example: 'BTCUSDT_1m.parquet' })
  file: string;

  @ApiPropertyOptional({ example: 'BTCUSDT' })
  symbol?: string;

  @ApiPropertyOptional({ enum: INTERVALS, example: '1m' })
  interval?: string;

  @ApiProperty({ description: 'Without any error; warnings do not count.', example: true })
  valid: boolean;

  @ApiPropertyOptional({ example: 1000 })
  rows?: number;

  @ApiPropertyOptional({ description: 'Open time of the first candle.', example: 1_795_324_800_000 })
  from?: number;

  @ApiPropertyOptional({ description: 'Open time of the last candle.', example: 1_795_384_740_000 })
  to?: number;

  @ApiProperty({ type: [FindingDto] })
  findings: FindingDto[];
}

@ApiSchema({ name: 'Integrity' })
export class IntegrityDto {
  @ApiProperty({ description: 'Exchange time.', example: 1_795_384_800_000 })
  checkedAt: number;

  @ApiProperty({ example: 'data' })
  folder: string;

  @ApiProperty({ example: 300 })
  valid: number;

  @ApiProperty({ example: 300 })
  total: number;

  @ApiProperty({ example: '300/300 valid' })
  summary: string;

  @ApiProperty({ type: [FindingDto], description: 'About what lies beside the series.' })
  findings: FindingDto[];

  @ApiProperty({ type: [FileReportDto] })
  files: FileReportDto[];
}

@ApiSchema({ name: 'FileRepair' })
export class FileRepairDto {
  @ApiProperty({ example: 'BTCUSDT_1m.parquet' })
  file: string;

  @ApiPropertyOptional({ example: 'BTCUSDT' })
  symbol?: string;

  @ApiPropertyOptional({ enum: INTERVALS, example: '1m' })
  interval?: string;

  @ApiProperty({
    enum: ['adopted', 'filled', 'mended', 'refetched', 'set-aside', 'failed'],
    example: 'refetched',
  })
  outcome: string;

  @ApiProperty({ description: 'The finding that made it necessary.', example: 'CHECKSUM' })
  code: string;

  @ApiPropertyOptional({
    description: 'Where the broken file lies now.',
    example: 'quarantine/BTCUSDT_1m.parquet',
  })
  quarantinedTo?: string;

  @ApiProperty({ description: 'Candles that came from the exchange.', example: 1000 })
  fetched: number;

  @ApiProperty({ example: 1 })
  requests: number;

  @ApiProperty({ example: 5 })
  weight: number;

  @ApiProperty({ description: 'Candles that the exchange does not have.', example: 0 })
  missing: number;

  @ApiPropertyOptional({ example: 'the exchange does not answer' })
  problem?: string;
}

@ApiSchema({ name: 'Repair' })
export class RepairDto {
  @ApiProperty({ description: 'Exchange time.', example: 1_795_384_800_000 })
  startedAt: number;

  @ApiProperty({ example: 1_795_384_801_000 })
  finishedAt: number;

  @ApiProperty({ type: [FileRepairDto] })
  files: FileRepairDto[];

  @ApiProperty({ example: 1 })
  requests: number;

  @ApiProperty({ example: 5 })
  weight: number;

  @ApiProperty({ example: 0 })
  failed: number;

  @ApiProperty({ example: '1 repaired, 0 failed' })
  summary: string;

  @ApiProperty({ type: IntegrityDto, description: 'What a check says afterwards.' })
  after: IntegrityDto;
}
