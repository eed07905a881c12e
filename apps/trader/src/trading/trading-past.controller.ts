import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Documented } from '../docs/documented';
import { PageQuery } from './journal-query.dto';
import { linkNext } from './page-link';
import { TradingRecords } from './trading-records.service';
import {
  BreakerChangeDto,
  ReconciliationDto,
  toBreakerChangeDto,
  toReconciliationDto,
} from './trading-past.dto';

@ApiTags('trading')
@Controller({ path: 'trading', version: '1' })
export class TradingPastController {
  constructor(private readonly records: TradingRecords) {}

  @Get('breaker')
  @Documented({
    summary: 'What became of the circuit breaker, newest first',
    description: 'Its present level is in GET /v1/trading.',
    answer: BreakerChangeDto,
    isArray: true,
    isPaged: true,
    problems: [400, 503],
  })
  async breaker(
    @Query() query: PageQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BreakerChangeDto[]> {
    const { items, next } = await this.records.breakerChanges(query);
    linkNext({ request, reply }, query, next);
    return items.map(toBreakerChangeDto);
  }

  @Get('reconciliations')
  @Documented({
    summary: 'How journal and exchange compared, newest first',
    answer: ReconciliationDto,
    isArray: true,
    isPaged: true,
    problems: [400, 503],
  })
  async reconciliations(
    @Query() query: PageQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReconciliationDto[]> {
    const { items, next } = await this.records.reconciliations(query);
    linkNext({ request, reply }, query, next);
    return items.map(toReconciliationDto);
  }
}
