import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { EXIT_REASONS, type Trade } from '@slt/trading';
import { TRADE_SETUPS } from './journal-query.dto';

@ApiSchema({ name: 'Trade', description: 'A position from its first fill to flat. Money is in USDT.' })
export class TradeDto {
  @ApiProperty({
    description: 'The id of its signal.',
    example: 'BTCUSDT:1m:block-retest:long:1795384860000',
  })
  positionId: string;

  @ApiProperty({ example: 'BTCUSDT' })
  symbol: string;

  @ApiProperty({ enum: TRADE_SETUPS, example: 'block-retest' })
  setup: string;

  @ApiProperty({ enum: ['long', 'short'], example: 'long' })
  direction: string;

  @ApiProperty({ description: 'All that was entered, in base asset.', example: 0.012 })
  quantity: number;

  @ApiProperty({ description: 'Of the first fill, in exchange time.', example: 1_795_384_861_950 })
  entryTime: number;

  @ApiProperty({ description: 'Mean of the fills.', example: 91_250.4 })
  entryPrice: number;

  @ApiProperty({ description: 'Of the last fill.', example: 1_795_385_221_480 })
  exitTime: number;

  @ApiProperty({ description: 'Mean of the fills.', example: 91_795.1 })
  exitPrice: number;

  @ApiProperty({ enum: EXIT_REASONS, example: 'target' })
  exitReason: string;

  @ApiProperty({ description: 'Before fees and funding.', example: 6.5364 })
  realizedPnl: number;

  @ApiProperty({ description: 'Paid.', example: 1.09826 })
  fees: number;

  @ApiProperty({ description: 'Received; negative: paid.', example: -0.02 })
  funding: number;

  @ApiProperty({ description: 'realizedPnl − fees + funding.', example: 5.41814 })
  netPnl: number;

  @ApiProperty({
    nullable: true,
    type: Number,
    description: 'netPnl in units of what was at risk; 0 where nothing was, by plan.',
    example: 1.67,
  })
  r: number | null;

  @ApiProperty({ minimum: 0, maximum: 1, example: 0.72 })
  confidence: number;
}

export function toTradeDto(trade: Trade): TradeDto {
  return {
    positionId: trade.positionId,
    symbol: trade.symbol,
    setup: trade.setup,
    direction: trade.direction,
    quantity: Number(trade.quantity),
    entryTime: trade.entryTime,
    entryPrice: Number(trade.entryPrice),
    exitTime: trade.exitTime,
    exitPrice: Number(trade.exitPrice),
    exitReason: trade.exitReason,
    realizedPnl: Number(trade.realizedPnl),
    fees: Number(trade.fees),
    funding: Number(trade.funding),
    netPnl: Number(trade.netPnl),
    r: Number.isFinite(trade.r) ? trade.r : null,
    confidence: trade.confidence,
  };
}
