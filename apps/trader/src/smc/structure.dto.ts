/** Market structure: pivots, breaks, and the range that price deals in. */
import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { BreakView, DealingRangeView, ExtremeView, PivotView, StructureView } from '@slt/smc';

const DIRECTIONS = ['bullish', 'bearish'];
const STRENGTHS = ['strong', 'weak'];
const NULL_WITHOUT_BIAS = 'null while the swing structure has no bias.';

@ApiSchema({ name: 'SmcExtreme', description: 'A price and its candle.' })
export class ExtremeDto implements ExtremeView {
  @ApiProperty({ example: 97_204.5 })
  level: number;

  @ApiProperty({ description: "The candle, counted from the engine's first.", example: 871 })
  at: number;

  @ApiProperty({ description: 'Its open time.', example: 1_795_376_880_000 })
  atTime: number;
}

@ApiSchema({ name: 'SmcPivot' })
export class PivotDto extends ExtremeDto implements PivotView {
  @ApiProperty({
    type: String,
    nullable: true,
    enum: ['HH', 'LH', 'HL', 'LL', null],
    description: 'Against the pivot of its kind before it; null for the first.',
    example: 'HH',
  })
  label: PivotView['label'];

  @ApiProperty({ description: 'Whether a close was beyond it.', example: false })
  isBroken: boolean;
}

@ApiSchema({ name: 'SmcBreak' })
export class BreakDto extends ExtremeDto implements BreakView {
  @ApiProperty({ enum: ['bos', 'choch'], description: 'With the trend, or against it.', example: 'bos' })
  kind: BreakView['kind'];

  @ApiProperty({ enum: DIRECTIONS, example: 'bullish' })
  direction: BreakView['direction'];

  @ApiProperty({ description: 'The candle whose close broke the level.', example: 968 })
  knownAt: number;

  @ApiProperty({ example: 1_795_382_700_000 })
  knownAtTime: number;
}

@ApiSchema({ name: 'SmcStructure' })
export class StructureDto implements StructureView {
  @ApiProperty({
    type: String,
    nullable: true,
    enum: [...DIRECTIONS, null],
    description: 'Direction of the last break; null before the first.',
    example: 'bullish',
  })
  bias: StructureView['bias'];

  @ApiProperty({ type: PivotDto, nullable: true, description: 'The last pivot high.' })
  high: PivotDto | null;

  @ApiProperty({ type: PivotDto, nullable: true, description: 'The last pivot low.' })
  low: PivotDto | null;

  @ApiProperty({ type: BreakDto, nullable: true })
  lastBreak: BreakDto | null;
}

@ApiSchema({ name: 'SmcStructures' })
export class StructuresDto {
  @ApiProperty({ type: StructureDto, description: 'The larger one.' })
  swing: StructureDto;

  @ApiProperty({ type: StructureDto, description: 'The smaller one inside it.' })
  internal: StructureDto;
}

@ApiSchema({ name: 'SmcTradeEntry', description: 'The prices at a retracement of 61.8 % and 78.6 %.' })
export class TradeEntryDto {
  @ApiProperty({ example: 96_771.3 })
  from: number;

  @ApiProperty({ example: 96_580.9 })
  to: number;
}

@ApiSchema({ name: 'SmcDealingRange' })
export class DealingRangeDto implements DealingRangeView {
  @ApiProperty({ type: ExtremeDto })
  top: ExtremeDto;

  @ApiProperty({ type: ExtremeDto })
  bottom: ExtremeDto;

  @ApiProperty({ description: 'Of the last close: 0 at the bottom, 1 at the top.', example: 0.83 })
  position: number;

  @ApiProperty({ enum: ['premium', 'upper', 'equilibrium', 'lower', 'discount'], example: 'upper' })
  zone: DealingRangeView['zone'];

  @ApiProperty({
    type: String,
    nullable: true,
    enum: [...STRENGTHS, null],
    description: NULL_WITHOUT_BIAS,
    example: 'weak',
  })
  highStrength: DealingRangeView['highStrength'];

  @ApiProperty({
    type: String,
    nullable: true,
    enum: [...STRENGTHS, null],
    description: NULL_WITHOUT_BIAS,
    example: 'strong',
  })
  lowStrength: DealingRangeView['lowStrength'];

  @ApiProperty({ enum: ['up', 'down'], description: 'Up when the top is the newer extreme.', example: 'up' })
  leg: DealingRangeView['leg'];

  @ApiProperty({
    description: "How far the last close is back from the leg's end, in per cent of the range.",
    example: 17.1,
  })
  retracementPercent: number;

  @ApiProperty({ type: TradeEntryDto, description: 'Optimal trade entry.' })
  ote: TradeEntryDto;
}
