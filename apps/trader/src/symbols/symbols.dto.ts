import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { INTERVALS, type Interval } from '@slt/domain';
import { SYMBOL_PATTERN } from '../http/symbol';
import { QueryInteger } from '../http/validation';

export const MAX_CANDLES = 5000;
const LATEST_INSTANT = 8.64e15;

export class SymbolsQuery {
  @ApiPropertyOptional({
    description: 'Only symbols that contain this text, in either case.',
    example: 'BTC',
  })
  @IsOptional()
  @Matches(SYMBOL_PATTERN, { message: 'search must be part of a symbol' })
  search?: string;
}

export class CandlesQuery {
  @ApiPropertyOptional({ enum: INTERVALS, default: '1m', example: '1m' })
  @IsOptional()
  @IsIn(INTERVALS)
  interval: Interval = '1m';

  @ApiPropertyOptional({
    description: 'How many at most, the newest.',
    minimum: 1,
    maximum: MAX_CANDLES,
    default: 100,
    example: 2,
  })
  @IsOptional()
  @QueryInteger()
  @IsInt()
  @Min(1)
  @Max(MAX_CANDLES)
  limit: number = 100;

  @ApiPropertyOptional({
    type: 'integer',
    description: 'Only candles that open at or before this instant.',
    minimum: 0,
    example: 1_795_384_800_000,
  })
  @IsOptional()
  @QueryInteger()
  @IsInt()
  @Min(0)
  @Max(LATEST_INSTANT)
  endTime?: number;
}

@ApiSchema({ name: 'Filters', description: 'Decimal strings, as the exchange gives them.' })
export class FiltersDto {
  @ApiProperty({ example: '0.10' })
  tickSize: string;

  @ApiProperty({ example: '261.10' })
  minPrice: string;

  @ApiProperty({ example: '809484' })
  maxPrice: string;

  @ApiProperty({ example: '0.001' })
  stepSize: string;

  @ApiProperty({ example: '0.001' })
  minQty: string;

  @ApiProperty({ example: '1000' })
  maxQty: string;

  @ApiProperty({ example: '0.001' })
  marketStepSize: string;

  @ApiProperty({ example: '0.001' })
  marketMinQty: string;

  @ApiProperty({ example: '120' })
  marketMaxQty: string;

  @ApiProperty({ example: '100' })
  minNotional: string;
}

@ApiSchema({ name: 'Instrument' })
export class InstrumentDto {
  @ApiProperty({ example: 'BTCUSDT' })
  symbol: string;

  @ApiProperty({ example: 'PERPETUAL' })
  contractType: string;

  @ApiProperty({ enum: ['pending', 'trading', 'settling', 'closed'], example: 'trading' })
  status: string;

  @ApiProperty({ example: 'BTC' })
  baseAsset: string;

  @ApiProperty({ example: 'USDT' })
  quoteAsset: string;

  @ApiProperty({ example: 'USDT' })
  marginAsset: string;

  @ApiProperty({ example: 'COIN' })
  underlyingType: string;

  @ApiProperty({ description: 'Candles begin here.', example: 1_569_398_400_000 })
  onboardTime: number;

  @ApiProperty({
    description: 'When trading ends; about a century ahead when nobody means it to.',
    example: 4_133_404_800_000,
  })
  deliveryTime: number;

  @ApiProperty({ type: FiltersDto })
  filters: FiltersDto;
}

@ApiSchema({ name: 'Symbols' })
export class SymbolsDto {
  @ApiProperty({ description: 'When the exchange listed them so.', example: 1_795_384_800_000 })
  at: number;

  @ApiProperty({ enum: ['exchange', 'disk'], example: 'exchange' })
  origin: string;

  @ApiProperty({ description: 'How many follow.', example: 300 })
  count: number;

  @ApiProperty({ description: 'Listed but unreadable.', example: 0 })
  malformed: number;

  @ApiProperty({
    description: 'Listed but not followed, by reason.',
    type: 'object',
    additionalProperties: { type: 'integer' },
    example: { 'contractType=TRADIFI_PERPETUAL': 12 },
  })
  excluded: Record<string, number>;

  @ApiProperty({
    description: 'What SYMBOLS names and is not followed, and why: misspelt, or not traded any more.',
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { ETHUSTD: 'unlisted' },
  })
  unfollowed: Record<string, string>;

  @ApiProperty({ type: [InstrumentDto] })
  symbols: InstrumentDto[];
}

@ApiSchema({ name: 'Candle' })
export class CandleDto {
  @ApiProperty({ example: 1_795_384_740_000 })
  openTime: number;

  @ApiProperty({ example: 97_012.4 })
  open: number;

  @ApiProperty({ example: 97_040.1 })
  high: number;

  @ApiProperty({ example: 96_998 })
  low: number;

  @ApiProperty({ example: 97_021.7 })
  close: number;

  @ApiProperty({ description: 'In units of the base asset.', example: 41.362 })
  volume: number;
}

@ApiSchema({ name: 'Candles' })
export class CandlesDto {
  @ApiProperty({ example: 'BTCUSDT' })
  symbol: string;

  @ApiProperty({ enum: INTERVALS, example: '1m' })
  interval: string;

  @ApiProperty({ type: [CandleDto], description: 'Closed ones only, oldest first.' })
  candles: CandleDto[];
}
