/** What can be asked of the journal: filters and pages, every field checked, unknown ones refused. */
import { ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { EXIT_REASONS, type ExitReason, MOST_PER_PAGE, type Setup, SETUPS, type Trade } from '@slt/trading';
import { MAX_SYMBOL_LENGTH, SYMBOL_PATTERN } from '../http/symbol';
import { QueryInteger } from '../http/validation';

const DEFAULT_LIMIT = 100;
const LATEST_INSTANT = 8.64e15;
/** Base64url of a time and an id. */
const CURSOR_PATTERN = /^[\w-]{1,800}$/;
const POSITION_ID_PATTERN = /^[^\p{C}]{1,200}$/u;

export const DECISIONS = ['traded', 'refused'] as const;
export const TRADE_SETUPS = [...SETUPS, 'adopted'] as const;

export class PageQuery {
  @ApiPropertyOptional({
    description: 'How many at most, the newest.',
    minimum: 1,
    maximum: MOST_PER_PAGE,
    default: DEFAULT_LIMIT,
    example: 20,
  })
  @IsOptional()
  @QueryInteger()
  @IsInt()
  @Min(1)
  @Max(MOST_PER_PAGE)
  limit: number = DEFAULT_LIMIT;

  @ApiPropertyOptional({
    description: 'Where the page begins, as the header Link of the page before has it.',
    example: 'MTc5NTM4NDg2MDAwMCBCVENVU0RU',
  })
  @IsOptional()
  @Matches(CURSOR_PATTERN, { message: 'cursor must be one of ours, as the header Link has it' })
  cursor?: string;
}

export class SymbolQuery {
  @ApiPropertyOptional({ description: 'Only of this symbol.', example: 'BTCUSDT' })
  @IsOptional()
  @Matches(SYMBOL_PATTERN, { message: `symbol must be a symbol of at most ${MAX_SYMBOL_LENGTH} characters` })
  symbol?: string;
}

export class PeriodQuery {
  @ApiPropertyOptional({
    type: 'integer',
    description: 'Only what was closed at or after this instant, in exchange time.',
    minimum: 0,
    example: 1_795_384_800_000,
  })
  @IsOptional()
  @QueryInteger()
  @IsInt()
  @Min(0)
  @Max(LATEST_INSTANT)
  since?: number;

  @ApiPropertyOptional({
    type: 'integer',
    description: 'Only what was closed at or before this instant, in exchange time.',
    minimum: 0,
    example: 1_795_471_200_000,
  })
  @IsOptional()
  @QueryInteger()
  @IsInt()
  @Min(0)
  @Max(LATEST_INSTANT)
  until?: number;
}

export class SignalFilterQuery extends SymbolQuery {
  @ApiPropertyOptional({ enum: SETUPS, description: 'Only of this set-up.', example: 'block-retest' })
  @IsOptional()
  @IsIn(SETUPS)
  setup?: Setup;

  @ApiPropertyOptional({ enum: DECISIONS, description: 'Only those so decided.', example: 'traded' })
  @IsOptional()
  @IsIn(DECISIONS)
  decision?: (typeof DECISIONS)[number];
}

export class TradeFilterQuery extends IntersectionType(SymbolQuery, PeriodQuery) {
  @ApiPropertyOptional({ enum: TRADE_SETUPS, description: 'Only of this set-up.', example: 'block-retest' })
  @IsOptional()
  @IsIn(TRADE_SETUPS)
  setup?: Trade['setup'];

  @ApiPropertyOptional({ enum: EXIT_REASONS, description: 'Only those so closed.', example: 'stop' })
  @IsOptional()
  @IsIn(EXIT_REASONS)
  exitReason?: ExitReason;
}

export class SignalsQuery extends IntersectionType(SignalFilterQuery, PageQuery) {}

export class TradesQuery extends IntersectionType(TradeFilterQuery, PageQuery) {}

export class OrdersQuery extends IntersectionType(SymbolQuery, PageQuery) {
  @ApiPropertyOptional({
    description: 'Only orders of this position.',
    example: 'BTCUSDT:1m:block-retest:long:1795384860000',
  })
  @IsOptional()
  @Matches(POSITION_ID_PATTERN, { message: 'positionId must be the id of a position' })
  positionId?: string;
}
