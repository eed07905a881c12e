import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { EXIT_REASONS, type Order, ORDER_STATUSES } from '@slt/trading';

@ApiSchema({ name: 'Order', description: 'What was intended, and how far it has come.' })
export class OrderDto {
  @ApiProperty({
    description: 'Position, role and generation; the client order id is derived from it.',
    example: 'BTCUSDT:1m:block-retest:long:1795384860000/stop/1',
  })
  id: string;

  @ApiProperty({ example: 'BTCUSDT:1m:block-retest:long:1795384860000' })
  positionId: string;

  @ApiProperty({ enum: ['entry', 'stop', 'target', 'exit'], example: 'stop' })
  role: string;

  @ApiPropertyOptional({ enum: EXIT_REASONS, description: 'Of role `exit` alone.', example: 'max-hold' })
  exitReason?: string;

  @ApiProperty({ description: '1, 2, … within its position and role.', example: 1 })
  generation: number;

  @ApiProperty({ example: 'BTCUSDT' })
  symbol: string;

  @ApiProperty({
    description: 'Under which the exchange knows it.',
    example: 'slt-s-0f3k9x2m7q8w1e5r4t6y0u2i1o3p',
  })
  clientOrderId: string;

  @ApiPropertyOptional({ description: "The exchange's; text, since some exceed 2^53.", example: '8389766' })
  orderId?: string;

  @ApiPropertyOptional({ description: 'Of its algo service, likewise.', example: '2146760' })
  algoId?: string;

  @ApiProperty({ enum: ['buy', 'sell'], example: 'sell' })
  side: string;

  @ApiProperty({ enum: ['market', 'limit', 'stop', 'take-profit'], example: 'stop' })
  kind: string;

  @ApiProperty({ description: 'Base asset.', example: 0.012 })
  quantity: number;

  @ApiProperty({ example: true })
  reduceOnly: boolean;

  @ApiPropertyOptional({ description: 'Of a limit order.', example: 91_261.2 })
  price?: number;

  @ApiPropertyOptional({ enum: ['GTC', 'IOC', 'FOK', 'GTX'], example: 'IOC' })
  timeInForce?: string;

  @ApiPropertyOptional({ description: 'Of a stop or take-profit.', example: 90_980.5 })
  triggerPrice?: number;

  @ApiProperty({ enum: ORDER_STATUSES, example: 'working' })
  status: string;

  @ApiProperty({ example: 0 })
  filledQuantity: number;

  @ApiProperty({ description: '0 while nothing is filled.', example: 0 })
  averagePrice: number;

  @ApiPropertyOptional({
    description: 'Why it was refused or has expired.',
    example: 'EXCHANGE.REFUSED: code -2019',
  })
  reason?: string;

  @ApiProperty({ description: 'When it was decided upon, in exchange time.', example: 1_795_384_862_010 })
  createdAt: number;

  @ApiProperty({ example: 1_795_384_862_044 })
  updatedAt: number;
}

export function toOrderDto(order: Order): OrderDto {
  const { intent, status, orderId, algoId, reason } = order;
  const { order: placed, exitReason } = intent;
  return {
    id: intent.id,
    positionId: intent.positionId,
    role: intent.role,
    ...(exitReason === undefined ? {} : { exitReason }),
    generation: intent.generation,
    symbol: placed.symbol,
    clientOrderId: placed.clientOrderId,
    ...(orderId === undefined ? {} : { orderId }),
    ...(algoId === undefined ? {} : { algoId }),
    side: placed.side,
    kind: placed.kind,
    quantity: Number(placed.quantity),
    reduceOnly: placed.reduceOnly,
    ...(placed.kind === 'limit' ? { price: Number(placed.price), timeInForce: placed.timeInForce } : {}),
    ...('triggerPrice' in placed ? { triggerPrice: Number(placed.triggerPrice) } : {}),
    status,
    filledQuantity: Number(order.filledQuantity),
    averagePrice: Number(order.averagePrice),
    ...(reason === undefined ? {} : { reason }),
    createdAt: intent.createdAt,
    updatedAt: order.updatedAt,
  };
}
