import { ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayNotEmpty, IsIn, IsOptional, Matches } from 'class-validator';
import { MAX_SYMBOL_LENGTH, SYMBOL_PATTERN } from '../http/symbol';
import { QueryList } from '../http/validation';

export const EVENT_TYPES = [
  'status',
  'phase',
  'warm-up',
  'candle',
  'smc',
  'gap',
  'universe',
  'trading',
  'signal',
  'position',
  'trade',
  'breaker',
  'model',
  'drift',
  'training',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

const list = { style: 'form', explode: false } as const;

export class EventsQuery {
  @ApiPropertyOptional({
    description: 'Only these types; all when missing.',
    enum: EVENT_TYPES,
    isArray: true,
    example: ['candle', 'smc'],
    ...list,
  })
  @IsOptional()
  @QueryList()
  @ArrayNotEmpty()
  @IsIn(EVENT_TYPES, { each: true })
  types?: EventType[];

  @ApiPropertyOptional({
    description: 'Only events of these symbols, and those that are of no symbol; all when missing.',
    type: [String],
    example: ['BTCUSDT'],
    ...list,
  })
  @IsOptional()
  @QueryList()
  @ArrayNotEmpty()
  @ArrayMaxSize(600)
  @Matches(SYMBOL_PATTERN, {
    each: true,
    message: `symbols must be symbols of at most ${MAX_SYMBOL_LENGTH} characters, separated by commas`,
  })
  symbols?: string[];

  @ApiPropertyOptional({
    description:
      'Also how the candles of this symbol stand before they close, whatever `types` and `symbols` say.',
    example: 'BTCUSDT',
  })
  @IsOptional()
  @Matches(SYMBOL_PATTERN, {
    message: `forming must be a symbol of at most ${MAX_SYMBOL_LENGTH} characters`,
  })
  forming?: string;
}
