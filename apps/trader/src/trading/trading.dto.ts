import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsBoolean, IsOptional } from 'class-validator';
import { CONTROL_STATES } from '@slt/trading';
import { QueryFlag } from '../http/validation';

export class StopQuery {
  @ApiPropertyOptional({ description: 'Close all positions at market first.', default: false, example: true })
  @IsOptional()
  @QueryFlag()
  @IsBoolean()
  flatten = false;
}

@ApiSchema({ name: 'BreakerReason' })
export class BreakerReasonDto {
  @ApiProperty({ example: 'ERROR_RATE' })
  code: string;

  @ApiProperty({ description: 'As measured.', example: 0.34 })
  value: number;

  @ApiProperty({ example: 0.3 })
  threshold: number;
}

@ApiSchema({ name: 'Breaker' })
export class BreakerDto {
  @ApiProperty({ enum: ['normal', 'warning', 'throttled', 'blocked'], example: 'normal' })
  level: string;

  @ApiProperty({
    description: 'Tries, with the smallest size, whether things are well again.',
    example: false,
  })
  isHalfOpen: boolean;

  @ApiProperty({ type: [BreakerReasonDto] })
  reasons: BreakerReasonDto[];

  @ApiProperty({ description: 'Exchange time.', example: 1_795_384_800_000 })
  since: number;
}

@ApiSchema({ name: 'Position' })
export class PositionDto {
  @ApiProperty({ example: 'BTCUSDT:1m:block-retest:long:1795384860000' })
  id: string;

  @ApiProperty({ example: 'BTCUSDT' })
  symbol: string;

  @ApiProperty({ description: 'What opened it; `adopted`: found on the account.', example: 'block-retest' })
  setup: string;

  @ApiProperty({ enum: ['long', 'short'], example: 'long' })
  direction: string;

  @ApiProperty({ description: 'Base asset.', example: 0.012 })
  quantity: number;

  @ApiProperty({ example: 91_250.4 })
  entryPrice: number;

  @ApiProperty({ nullable: true, type: Number, description: 'The last one seen.', example: 91_300 })
  price: number | null;

  @ApiProperty({ nullable: true, type: Number, example: 90_980.5 })
  stop: number | null;

  @ApiProperty({ nullable: true, type: Number, example: 91_800 })
  target: number | null;

  @ApiProperty({ description: 'Exchange time.', example: 1_795_384_861_950 })
  openedAt: number;

  @ApiProperty({ description: 'USDT.', example: 0.6 })
  unrealizedPnl: number;

  @ApiProperty({
    nullable: true,
    type: Number,
    description: 'In units of the risk at the stop.',
    example: 0.18,
  })
  unrealizedR: number | null;

  @ApiProperty({ description: 'USDT, so far.', example: 0.55 })
  fees: number;

  @ApiProperty({ description: 'USDT received (negative: paid), so far.', example: -0.02 })
  funding: number;

  @ApiProperty({ minimum: 0, maximum: 1, example: 0.72 })
  confidence: number;

  @ApiProperty({ description: 'A stop of its whole size rests on the exchange.', example: true })
  isProtected: boolean;
}

@ApiSchema({ name: 'RiskTier' })
export class RiskTierDto {
  @ApiProperty({ example: 0.7 })
  confidence: number;

  @ApiProperty({ description: 'Share of equity at risk.', example: 0.01 })
  share: number;
}

@ApiSchema({ name: 'TradingLimits' })
export class TradingLimitsDto {
  @ApiProperty({ example: 5 })
  maxPositions: number;

  @ApiProperty({ example: 5 })
  leverageCap: number;

  @ApiProperty({ description: "A position's margin, as a share of equity.", example: 0.1 })
  positionShare: number;

  @ApiProperty({ description: 'Margin of all positions, as a share of equity.', example: 0.6 })
  marginRatio: number;

  @ApiProperty({ description: 'Share of equity that may be lost in a UTC day.', example: 0.05 })
  dailyLoss: number;

  @ApiProperty({ description: 'Share of the highest equity that may be lost.', example: 0.15 })
  drawdown: number;

  @ApiProperty({ type: [RiskTierDto] })
  tiers: RiskTierDto[];
}

@ApiSchema({ name: 'Halt' })
export class HaltDto {
  @ApiProperty({ enum: ['breaker', 'hand', 'broken-invariant'], example: 'hand' })
  reason: string;

  @ApiProperty({ example: 'by POST /v1/trading/halt' })
  detail: string;
}

@ApiSchema({ name: 'Trading' })
export class TradingDto {
  @ApiProperty({ enum: CONTROL_STATES, example: 'on' })
  state: string;

  @ApiProperty({ description: 'When the state began, in exchange time.', example: 1_795_384_800_000 })
  since: number;

  @ApiProperty({ enum: ['paper', 'live'], example: 'paper' })
  mode: string;

  @ApiProperty({
    nullable: true,
    type: String,
    description: 'null while no account is held.',
    example: 'paper:binance',
  })
  account: string | null;

  @ApiPropertyOptional({ type: HaltDto })
  halt?: HaltDto;

  @ApiPropertyOptional({ description: 'Why it does not get on.', example: 'the exchange cannot be reached' })
  obstacle?: string;

  @ApiProperty({ type: BreakerDto })
  breaker: BreakerDto;

  @ApiProperty({
    nullable: true,
    type: Number,
    description: 'USDT; null while no account is held.',
    example: 10_021.7,
  })
  equity: number | null;

  @ApiProperty({
    nullable: true,
    type: Number,
    description: 'USDT, without open positions.',
    example: 10_018.2,
  })
  walletBalance: number | null;

  @ApiProperty({ type: [PositionDto] })
  positions: PositionDto[];

  @ApiProperty({
    nullable: true,
    type: Number,
    description: 'USDT since 00:00 UTC, open positions among it.',
    example: 21.7,
  })
  dailyPnl: number | null;

  @ApiProperty({
    nullable: true,
    type: Number,
    description: 'Share of the highest equity that is lost.',
    example: 0.004,
  })
  drawdown: number | null;

  @ApiProperty({ nullable: true, type: Number, description: 'Losing trades in a row today.', example: 1 })
  losingStreak: number | null;

  @ApiProperty({ type: TradingLimitsDto })
  limits: TradingLimitsDto;
}
