/** The present state of one engine, as `GET /v1/symbols/{s}/smc` answers. */
import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { INTERVALS } from '@slt/domain';
import type { PeriodName, PeriodView, SessionName, SessionView, SmcView, SpanView } from '@slt/smc';
import { DealingRangeDto, ExtremeDto, StructuresDto } from './structure.dto';
import { GapDto, LiquidityPoolDto, OrderBlockDto } from './zones.dto';

@ApiSchema({ name: 'SmcSpan', description: 'A stretch of time and its extremes.' })
export class SpanDto implements SpanView {
  @ApiProperty({ example: 1_795_305_600_000 })
  start: number;

  @ApiProperty({ description: 'Exclusive.', example: 1_795_392_000_000 })
  end: number;

  @ApiProperty({ type: ExtremeDto })
  high: ExtremeDto;

  @ApiProperty({ type: ExtremeDto })
  low: ExtremeDto;
}

@ApiSchema({ name: 'SmcPeriod' })
export class PeriodDto implements PeriodView, SessionView {
  @ApiProperty({
    type: SpanDto,
    nullable: true,
    description: 'The one that goes on: a session only if it was seen from its start.',
  })
  current: SpanDto | null;

  @ApiProperty({
    type: SpanDto,
    nullable: true,
    description: 'The last completed one that was seen from its start.',
  })
  previous: SpanDto | null;
}

@ApiSchema({ name: 'SmcPeriods', description: 'UTC days, weeks from Monday, and months.' })
export class PeriodsDto implements Record<PeriodName, PeriodDto> {
  @ApiProperty({ type: PeriodDto })
  day: PeriodDto;

  @ApiProperty({ type: PeriodDto })
  week: PeriodDto;

  @ApiProperty({ type: PeriodDto })
  month: PeriodDto;
}

@ApiSchema({ name: 'SmcSessions', description: 'Of the local wall clocks, daylight saving included.' })
export class SessionsDto implements Record<SessionName, PeriodDto> {
  @ApiProperty({ type: PeriodDto })
  sydney: PeriodDto;

  @ApiProperty({ type: PeriodDto })
  tokyo: PeriodDto;

  @ApiProperty({ type: PeriodDto })
  london: PeriodDto;

  @ApiProperty({ type: PeriodDto })
  'new-york': PeriodDto;

  @ApiProperty({ type: PeriodDto })
  'asian-kill-zone': PeriodDto;

  @ApiProperty({ type: PeriodDto })
  'london-kill-zone': PeriodDto;

  @ApiProperty({ type: PeriodDto })
  'new-york-kill-zone': PeriodDto;
}

@ApiSchema({ name: 'Smc' })
export class SmcDto implements SmcView {
  @ApiProperty({ example: 'BTCUSDT' })
  symbol: string;

  @ApiProperty({ enum: INTERVALS, example: '1m' })
  interval: string;

  @ApiProperty({
    description: 'Seen by the engine so far. Indices (`at`, `knownAt`) count from its first candle.',
    example: 1003,
  })
  candles: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Of the newest closed candle; null before the first.',
    example: 1_795_384_740_000,
  })
  lastOpenTime: number | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'ATR(200); null before there are enough candles.',
    example: 38.22,
  })
  atr: number | null;

  @ApiProperty({ type: StructuresDto })
  structure: StructuresDto;

  @ApiProperty({ type: [OrderBlockDto], description: 'Oldest first; internal ones, then swing.' })
  orderBlocks: readonly OrderBlockDto[];

  @ApiProperty({ type: [GapDto], description: 'Fair value gaps, oldest first.' })
  gaps: readonly GapDto[];

  @ApiProperty({ type: [LiquidityPoolDto], description: 'Live pools, oldest first.' })
  liquidity: readonly LiquidityPoolDto[];

  @ApiProperty({
    type: DealingRangeDto,
    nullable: true,
    description: 'null before there was a swing pivot of each kind.',
  })
  dealingRange: DealingRangeDto | null;

  @ApiProperty({ type: PeriodsDto })
  periods: PeriodsDto;

  @ApiProperty({ type: SessionsDto })
  sessions: SessionsDto;
}
