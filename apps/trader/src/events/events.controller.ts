import { Controller, Get, Headers, type OnModuleDestroy, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ClusterService, FormingFeed } from '@slt/cluster';
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
    private readonly forming: FormingFeed,
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
      'judges), `drift` and `training`. With `forming=BTCUSDT` also `forming`, four times a second at most and without an id: ' +
      'the candles of that symbol that have not closed, one of each interval, as they stand. ' +
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
    const stop = this.attach(connection, query);
    this.connections.add(connection);
    const isResumed = lastEventId !== undefined && lastEventId !== '';
    if (query.types === undefined || query.types.includes('status')) {
      // Who was told nothing yet resumes from here; who resumes is told the rest first.
      const id = isResumed ? {} : { id: this.feed.position };
      connection.send({ ...id, event: 'status', data: this.cluster.status() });
    }
    if (isResumed) this.resume(connection, lastEventId, filterOf(query));
    if (request.raw.destroyed) connection.end();
  }

  /** @returns what ends it */
  private attach(connection: SseConnection, { forming, ...query }: EventsQuery): () => void {
    // The candle in progress is not of the key: all who want the same else share one encoding.
    const stop = this.feed.listen(connection, { key: JSON.stringify(query), wants: filterOf(query) });
    if (forming === undefined) return stop;
    const stopForming = this.forming.watch(forming, (event) =>
      connection.send({ event: event.type, data: event }),
    );
    return () => {
      stop();
      stopForming();
    };
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
