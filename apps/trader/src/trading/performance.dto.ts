import { ApiExtraModels, ApiProperty, ApiSchema, getSchemaPath } from '@nestjs/swagger';

const MONEY = { nullable: true, type: Number } as const;

@ApiSchema({ name: 'EquityPoint' })
export class EquityPointDto {
  @ApiProperty({ description: 'Exchange time.', example: 1_795_385_221_480 })
  at: number;

  @ApiProperty({ description: 'USDT.', example: 10_005.41814 })
  equity: number;
}

@ApiSchema({ name: 'BalancePoint' })
export class BalancePointDto extends EquityPointDto {
  @ApiProperty({ description: 'USDT, without what open positions are worth.', example: 10_004.1 })
  walletBalance: number;
}

@ApiSchema({ name: 'TradeTotals' })
export class TradeTotalsDto {
  @ApiProperty({ example: 3 })
  trades: number;

  @ApiProperty({ description: 'Trades with a netPnl above 0.', example: 1 })
  wins: number;

  @ApiProperty({ description: 'Trades with a netPnl below 0.', example: 2 })
  losses: number;

  @ApiProperty({ description: 'USDT, after fees and funding.', example: -4.21 })
  netPnl: number;

  @ApiProperty({ description: 'USDT, before fees and funding.', example: 0.12 })
  grossPnl: number;

  @ApiProperty({ description: 'USDT paid.', example: 4.31 })
  fees: number;

  @ApiProperty({ description: 'USDT received; negative: paid.', example: -0.02 })
  funding: number;

  @ApiProperty({ ...MONEY, description: 'wins ÷ trades; null without trades.', example: 0.333 })
  winRate: number | null;

  @ApiProperty({
    ...MONEY,
    description: 'Sum of gains ÷ sum of losses; null without a loss.',
    example: 0.56,
  })
  profitFactor: number | null;

  @ApiProperty({ ...MONEY, description: 'Mean R of the trades.', example: -0.21 })
  expectancyR: number | null;

  @ApiProperty({ ...MONEY, description: 'USDT.', example: 5.41814 })
  averageWin: number | null;

  @ApiProperty({ ...MONEY, description: 'USDT; negative.', example: -4.81 })
  averageLoss: number | null;
}

@ApiExtraModels(TradeTotalsDto)
@ApiSchema({ name: 'Performance' })
export class PerformanceDto extends TradeTotalsDto {
  @ApiProperty({ description: 'Whose journal.', example: 'paper:binance' })
  account: string;

  @ApiProperty({
    ...MONEY,
    description: 'USDT before the first of these trades; null for an account that was never traded.',
    example: 10_000,
  })
  initialEquity: number | null;

  @ApiProperty({ ...MONEY, description: 'initialEquity + netPnl.', example: 9_995.79 })
  equity: number | null;

  @ApiProperty({ ...MONEY, description: 'netPnl ÷ initialEquity.', example: -0.000_421 })
  returnShare: number | null;

  @ApiProperty({ description: 'USDT: the deepest fall of the equity curve below its peak.', example: 9.62 })
  maxDrawdown: number;

  @ApiProperty({ description: 'The deepest fall as a share of the peak before it.', example: 0.000_962 })
  maxDrawdownShare: number;

  @ApiProperty({
    ...MONEY,
    description: 'Of daily returns, a year; null for less than two days, or where they do not vary.',
    example: 1.3,
  })
  sharpe: number | null;

  @ApiProperty({ description: 'Wins in a row; negative: losses.', example: -2 })
  streak: number;

  @ApiProperty({ example: 1 })
  longestWinStreak: number;

  @ApiProperty({ example: 2 })
  longestLossStreak: number;

  @ApiProperty({
    type: [EquityPointDto],
    description:
      'After each closed trade, ascending; of more than 1,000 points the last of each of 1,000 spans of equal length.',
  })
  equityCurve: EquityPointDto[];

  @ApiProperty({
    type: [BalancePointDto],
    description:
      'What the account was worth, open positions among it, about once a minute; thinned likewise.',
  })
  balances: BalancePointDto[];

  @ApiProperty({
    type: 'object',
    additionalProperties: { $ref: getSchemaPath(TradeTotalsDto) },
    example: { 'block-retest': { trades: 3, wins: 1, losses: 2, netPnl: -4.21 } },
  })
  perSetup: Record<string, TradeTotalsDto>;

  @ApiProperty({
    type: 'object',
    additionalProperties: { $ref: getSchemaPath(TradeTotalsDto) },
    example: { BTCUSDT: { trades: 3, wins: 1, losses: 2, netPnl: -4.21 } },
  })
  perSymbol: Record<string, TradeTotalsDto>;
}
