import { Controller, Get, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Documented, DocumentedText } from '../docs/documented';
import {
  OrdersQuery,
  SignalFilterQuery,
  SignalsQuery,
  TradeFilterQuery,
  TradesQuery,
} from './journal-query.dto';
import { OrderDto, toOrderDto } from './order.dto';
import { linkNext } from './page-link';
import { SignalDto, toSignalDto } from './signal.dto';
import { toTradeDto, TradeDto } from './trade.dto';
import { TradingRecords } from './trading-records.service';

const CSV = 'text/csv';
const CSV_NOTE =
  'UTF-8, newest first, with a line of names; times in ISO 8601, amounts exact. It is streamed, however long it is; ' +
  'a stream that breaks off has no end (chunked encoding tells).';

/** What the journal remembers; also while trading is off. */
@ApiTags('trading')
@Controller({ version: '1' })
export class JournalController {
  constructor(private readonly records: TradingRecords) {}

  @Get('signals')
  @Documented({
    summary: 'What set-ups saw, and what was decided, newest first',
    answer: SignalDto,
    isArray: true,
    isPaged: true,
    problems: [400, 503],
  })
  async signals(
    @Query() query: SignalsQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignalDto[]> {
    const { items, next } = await this.records.signals(query);
    linkNext({ request, reply }, query, next);
    return items.map(toSignalDto);
  }

  @Get('trades')
  @Documented({
    summary: 'Closed positions, newest first',
    description: 'By the time of their exit.',
    answer: TradeDto,
    isArray: true,
    isPaged: true,
    problems: [400, 503],
  })
  async trades(
    @Query() query: TradesQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TradeDto[]> {
    const { items, next } = await this.records.trades(query);
    linkNext({ request, reply }, query, next);
    return items.map(toTradeDto);
  }

  @Get('orders')
  @Documented({
    summary: 'Orders as the journal knows them, newest first',
    description: 'Each was written down before it was sent.',
    answer: OrderDto,
    isArray: true,
    isPaged: true,
    problems: [400, 503],
  })
  async orders(
    @Query() query: OrdersQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrderDto[]> {
    const { items, next } = await this.records.orders(query);
    linkNext({ request, reply }, query, next);
    return items.map(toOrderDto);
  }

  @Get('signals.csv')
  @DocumentedText({
    summary: 'All signals as CSV',
    description: CSV_NOTE,
    contentType: CSV,
    example:
      'id,symbol,interval,setup,direction,at,entry,stop,target,confidence,decision,reasons,parts\r\n' +
      'BTCUSDT:1m:block-retest:long:1795384860000,BTCUSDT,1m,block-retest,long,2026-11-22T22:41:00.000Z,91250.4,90980.5,' +
      '91800,0.72,refused,TRADING_OFF,"{""base"":0.5,""swingBias"":0.08}"\r\n',
    problems: [400, 429, 503],
  })
  async signalsCsv(@Query() query: SignalFilterQuery): Promise<StreamableFile> {
    return new StreamableFile(await this.records.signalsCsv(query), fileNamed('signals.csv'));
  }

  @Get('trades.csv')
  @DocumentedText({
    summary: 'All trades as CSV',
    description: CSV_NOTE,
    contentType: CSV,
    example:
      'position_id,symbol,setup,direction,quantity,entry_time,entry_price,exit_time,exit_price,exit_reason,' +
      'realized_pnl,fees,funding,net_pnl,r,confidence\r\n' +
      'BTCUSDT:1m:block-retest:long:1795384860000,BTCUSDT,block-retest,long,0.012,2026-11-22T22:41:01.950Z,91250.4,' +
      '2026-11-22T22:47:01.480Z,91795.1,target,6.5364,1.09826,-0.02,5.41814,1.67,0.72\r\n',
    problems: [400, 429, 503],
  })
  async tradesCsv(@Query() query: TradeFilterQuery): Promise<StreamableFile> {
    return new StreamableFile(await this.records.tradesCsv(query), fileNamed('trades.csv'));
  }
}

const fileNamed = (name: string) => ({
  type: `${CSV}; charset=utf-8`,
  disposition: `attachment; filename="${name}"`,
});
