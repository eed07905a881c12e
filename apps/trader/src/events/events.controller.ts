import { Controller, Get, Headers, type OnModuleDestroy, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ClusterService } from '@slt/cluster';
import { AppError } from '@slt/domain';
import { DocumentedText } from '../docs/documented';
import { EventFeed, type EventFilter } from './event-feed.service';
import { type EventType, EventsQuery } from './events.dto';
import { CONTENT_TYPE, SseConnection } from './sse';

const MAX_LISTENERS = 100;
const FULL_RETRY_MS = 5_000;

@ApiTags('events')
@Controller({ path: 'events', version: '1' })
export class EventsController implements OnModuleDestroy {
  private readonly connections = new Set<SseConnection>();
  private isClosing = false;

  constructor(
    private readonly feed: EventFeed,
    private readonly cluster: ClusterService,
  ) {}

  onModuleDestroy(): void {
    this.isClosing = true;
    this.feed.flush();
    for (const connection of [...this.connections]) connection.end();
  }

  @Get()
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'Resume after this event; an event "missed" says when that is no longer possible.',
    example: '5f0c1a2b-41',
  })
  @DocumentedText({
    summary: 'What happens, as server-sent events',
    description:
      'First a `status`, then `phase`, `warm-up`, `candle` (closed ones only), `smc` (what one candle proved, in order; ' +
      'nothing from history), `gap` and `universe` as they happen; of trading `trading` (its state), `signal` (again where ' +
      'an accepted one came to nothing), `position` (null: closed), `trade` and `breaker`; of learning `model` (another one ' +
      'judges), `drift` and `training`. ' +
      'A listener that falls more than 1 MiB behind is cut off and may resume by Last-Event-ID.',
    contentType: 'text/event-stream',
    example: 'id: 5f0c1a2b-42\nevent: candle\ndata: {"type":"candle","symbol":"BTCUSDT","interval":"1m"}\n\n',
    problems: [400, 429, 503],
  })
  listen(
    @Query() query: EventsQuery,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void {
    if (request.method === 'HEAD') {
      void reply.type(CONTENT_TYPE).send();
      return;
    }
    if (this.isClosing || this.connections.size >= MAX_LISTENERS) {
      const why = this.isClosing ? 'the service stops' : `${MAX_LISTENERS} listeners are served already`;
      throw new AppError('transient', 'EVENTS.FULL', why, { retryAfterMs: FULL_RETRY_MS });
    }
    reply.hijack();
    const connection: SseConnection = new SseConnection(reply.raw, reply.getHeaders(), () => {
      stop();
      this.connections.delete(connection);
    });
    const wants = filterOf(query);
    const stop = this.feed.listen(connection, { key: JSON.stringify(query), wants });
    this.connections.add(connection);
    if (query.types === undefined || query.types.includes('status')) {
      connection.send({ event: 'status', data: this.cluster.status() });
    }
    if (lastEventId !== undefined && lastEventId !== '') this.resume(connection, lastEventId, wants);
    if (request.raw.destroyed) connection.end();
  }

  private resume(connection: SseConnection, id: string, wants: EventFilter): void {
    const { events, isWhole } = this.feed.since(id);
    if (!isWhole) connection.send({ event: 'missed', data: { after: id.slice(0, 40) } });
    const frames = events.filter(wants).map(({ frame }) => frame);
    if (frames.length > 0) connection.sendEncoded(frames.join(''));
  }
}

function filterOf({ types, symbols }: EventsQuery): EventFilter {
  const wantedTypes = types && new Set<EventType>(types);
  const wantedSymbols = symbols && new Set(symbols);
  return ({ event }) => {
    if (wantedTypes !== undefined && !wantedTypes.has(event.type)) return false;
    const symbol = 'symbol' in event && typeof event.symbol === 'string' ? event.symbol : undefined;
    return wantedSymbols === undefined || symbol === undefined || wantedSymbols.has(symbol);
  };
}
