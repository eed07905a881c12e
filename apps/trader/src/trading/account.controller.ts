import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { TradingService } from '@slt/trading';
import { Documented } from '../docs/documented';
import { PeriodQuery, SymbolQuery } from './journal-query.dto';
import { PerformanceDto } from './performance.dto';
import { TradingPerformance } from './performance.service';
import { PositionDto } from './trading.dto';

/** What the account holds, and what it earned. */
@ApiTags('trading')
@Controller({ version: '1' })
export class AccountController {
  constructor(
    private readonly trading: TradingService,
    private readonly performances: TradingPerformance,
  ) {}

  @Get('positions')
  @Documented({
    summary: 'What is held now',
    description: 'By symbol. Empty while trading is off: nobody watches the account then.',
    answer: PositionDto,
    isArray: true,
    problems: [400],
  })
  positions(@Query() { symbol }: SymbolQuery): PositionDto[] {
    const { positions } = this.trading.status();
    return positions.filter((position) => symbol === undefined || position.symbol === symbol);
  }

  @Get('performance')
  @Documented({
    summary: 'What the trades earned',
    description:
      'Of closed trades, after fees and funding; the equity curve is theirs, too. `balances` tells of open positions as well.',
    answer: PerformanceDto,
    problems: [400, 503],
  })
  performance(@Query() query: PeriodQuery): Promise<PerformanceDto> {
    return this.performances.read(query);
  }
}
