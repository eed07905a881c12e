import { Controller, Get, Req, Res, VERSION_NEUTRAL } from '@nestjs/common';
import { ApiProperty, ApiSchema, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { asPage, pageHtml } from '../dashboard/page-files';
import { Documented } from '../docs/documented';
import { VERSION } from '../version';

@ApiSchema({ name: 'Index' })
export class IndexDto {
  @ApiProperty({ example: 'SelfLearningTrader' })
  name: string;

  @ApiProperty({ example: '0.1.0' })
  version: string;

  @ApiProperty({
    description: 'Where to find what.',
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { docs: '/docs', cluster: '/v1/cluster' },
  })
  links: Record<string, string>;
}

const LINKS: Readonly<Record<string, string>> = {
  docs: '/docs',
  openapi: '/docs-json',
  ready: '/health/ready',
  cluster: '/v1/cluster',
  symbols: '/v1/symbols',
  market: '/v1/market',
  trading: '/v1/trading',
  positions: '/v1/positions',
  signals: '/v1/signals',
  orders: '/v1/orders',
  trades: '/v1/trades',
  performance: '/v1/performance',
  history: '/v1/history',
  integrity: '/v1/integrity',
  events: '/v1/events',
  session: '/v1/session',
  queues: '/queues/',
  metrics: '/metrics',
};

@ApiTags('operations')
@Controller({ path: '/', version: VERSION_NEUTRAL })
export class HomeController {
  @Get()
  @Documented({
    summary: 'Where to find what',
    description: 'For a browser (Accept: text/html) the dashboard instead.',
    answer: IndexDto,
  })
  index(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): IndexDto | string {
    reply.header('vary', 'Accept');
    const html = request.headers.accept?.includes('text/html') === true ? pageHtml() : undefined;
    if (html !== undefined) return asPage(reply, html);
    return { name: 'SelfLearningTrader', version: VERSION, links: { ...LINKS } };
  }
}
