import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Documented } from '../docs/documented';
import { MarketDto, MarketQuery } from './market.dto';
import { MarketReader } from './market-reader.service';

@ApiTags('symbols')
@Controller({ path: 'market', version: '1' })
export class MarketController {
  constructor(private readonly market: MarketReader) {}

  @Get()
  @Documented({
    summary: 'All symbols at a glance: last closes, bias, newest break',
    description: 'Of closed candles; what comes after it are the events `candle` and `smc`.',
    answer: MarketDto,
    problems: [400],
  })
  read(@Query() { closes }: MarketQuery): Promise<MarketDto> {
    return this.market.read(closes);
  }
}
