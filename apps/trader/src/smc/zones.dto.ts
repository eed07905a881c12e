/** What waits for a price: order blocks, fair value gaps, liquidity. */
import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { SESSION_NAMES, type GapView, type OrderBlockView, type PoolView } from '@slt/smc';

const DIRECTIONS = ['bullish', 'bearish'];
const SCALES = ['swing', 'internal'];
const POOL_SOURCES = ['swing', 'equal', 'day', 'week', 'month', ...SESSION_NAMES];

@ApiSchema({ name: 'SmcOrderBlock' })
export class OrderBlockDto implements OrderBlockView {
  @ApiProperty({
    description: 'Ties the events of this block together.',
    example: 'ob-internal-bullish-1795382700000',
  })
  id: string;

  @ApiProperty({ enum: SCALES, example: 'internal' })
  scale: OrderBlockView['scale'];

  @ApiProperty({ enum: DIRECTIONS, description: 'Of its birth, also as a breaker.', example: 'bullish' })
  direction: OrderBlockView['direction'];

  @ApiProperty({ enum: ['active', 'touched', 'mitigated', 'breaker'], example: 'touched' })
  state: OrderBlockView['state'];

  @ApiProperty({ example: 97_040.1 })
  top: number;

  @ApiProperty({ example: 96_998 })
  bottom: number;

  @ApiProperty({ description: "The block's candle, counted from the engine's first.", example: 962 })
  at: number;

  @ApiProperty({ description: 'Its open time.', example: 1_795_382_340_000 })
  atTime: number;

  @ApiProperty({ description: "Of the block's candle, in units of the base asset.", example: 41.362 })
  volume: number;

  @ApiProperty({ description: 'Summed from the candle after it to the breaking one.', example: 388.017 })
  impulseVolume: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Range from the block to the break in ATR(200); null before there is one.',
    example: 3.84,
  })
  strength: number | null;
}

@ApiSchema({ name: 'SmcGap' })
export class GapDto implements GapView {
  @ApiProperty({
    description: 'Ties the events of this gap together.',
    example: 'fvg-bearish-1795382640000',
  })
  id: string;

  @ApiProperty({ enum: DIRECTIONS, example: 'bearish' })
  direction: GapView['direction'];

  @ApiProperty({ enum: ['open', 'touched', 'half', 'filled'], example: 'open' })
  state: GapView['state'];

  @ApiProperty({ example: 97_110.2 })
  top: number;

  @ApiProperty({ example: 97_084.7 })
  bottom: number;

  @ApiProperty({ description: 'The middle one of its three candles.', example: 966 })
  at: number;

  @ApiProperty({ example: 1_795_382_580_000 })
  atTime: number;
}

@ApiSchema({ name: 'SmcLiquidity' })
export class LiquidityPoolDto implements PoolView {
  @ApiProperty({
    description: 'Ties the events of this pool together.',
    example: 'liq-equal-high-1795381140000',
  })
  id: string;

  @ApiProperty({ enum: ['high', 'low'], example: 'high' })
  side: PoolView['side'];

  @ApiProperty({ enum: POOL_SOURCES, description: 'What made it.', example: 'equal' })
  source: PoolView['source'];

  @ApiProperty({ description: 'Stops wait beyond it.', example: 97_133.9 })
  level: number;

  @ApiProperty({ description: 'The candle of the extreme.', example: 942 })
  at: number;

  @ApiProperty({ example: 1_795_381_140_000 })
  atTime: number;
}
