/** The HTTP side: every request passes latency, socket faults, limits and server faults before it is answered. */
import { setTimeout as delay } from 'node:timers/promises';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { plainIp, type Exchange } from '../exchange';
import type { FaultEvent } from '../faults/faults';
import { requestWeight, type QueryOf } from '../limits/weights';
import { serveArchive } from './archive-route';
import { checkLimits, checkServer, JSON_TYPE, latencyOf, type Refusal } from './gate';
import { MARKET_ROUTES, type MarketHandler } from './market-routes';
import { RestError } from './rest-error';

/** Calls of the emulator's own; no limits, no faults. */
export const ADMIN_PREFIX = '/emulator';
const ARCHIVE_PREFIX = '/data/';

/** What is remembered of a request between the hooks. */
interface Passage {
  readonly event: FaultEvent;
  /** Still to be waited before the answer leaves. */
  readonly waitMs: number;
}

export class RestServer {
  readonly http: FastifyInstance;
  private readonly passages = new WeakMap<FastifyRequest, Passage>();

  constructor(private readonly exchange: Exchange) {
    this.http = fastify({
      forceCloseConnections: true,
      routerOptions: { maxParamLength: 500 },
      // A long way above what clients wait between two requests, so that no request races the closing of its socket.
      keepAliveTimeout: 600_000,
    });
    this.http.addHook('onRequest', (request, reply) => this.admit(request, reply));
    this.http.addHook('onSend', (request, reply, payload, done) => {
      void this.depart(request, reply, payload, done);
    });
    this.http.addHook('onResponse', (request, reply, done) => {
      if (!isAdmin(request.url) && reply.raw.writableFinished) this.exchange.stats.answered(reply.statusCode);
      done();
    });
    for (const [path, handler] of Object.entries(MARKET_ROUTES)) {
      this.http.get(path, (request, reply) => this.answer(request, reply, handler));
    }
    this.http.get(`${ARCHIVE_PREFIX}*`, (request, reply) =>
      serveArchive(this.exchange, pathOf(request.url), reply),
    );
    this.http.setNotFoundHandler((request, reply) => {
      const error = new RestError(
        404,
        -5000,
        `Path ${pathOf(request.url)}, Method ${request.method} is invalid`,
      );
      return reply.code(404).header('content-type', JSON_TYPE).send(error.body);
    });
  }

  private async admit(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    if (isAdmin(request.url)) return undefined;
    const path = pathOf(request.url);
    const query = queryOf(request);
    const event: FaultEvent = {
      target: 'rest',
      path,
      symbol: query('symbol') ?? query('pair'),
      interval: query('interval'),
    };
    this.exchange.stats.request(labelOf(path));
    const latencyMs = latencyOf(this.exchange, event);
    if (latencyMs > 0) await delay(latencyMs / 2);
    this.passages.set(request, { event, waitMs: latencyMs / 2 });
    if (this.cut(request, reply, event)) return reply;
    const ip = plainIp(request.ip);
    const refusal = path.startsWith('/fapi/')
      ? this.check(ip, event, query)
      : checkServer(this.exchange, event);
    if (path.startsWith('/fapi/')) {
      void reply.header('x-mbx-used-weight-1m', this.exchange.limiter.used(ip, this.exchange.time.running()));
    }
    return refusal === undefined ? undefined : refuse(reply, refusal);
  }

  private check(ip: string, event: FaultEvent, query: QueryOf): Refusal | undefined {
    const weight = requestWeight(event.path ?? '', query);
    return checkLimits(this.exchange, ip, event, weight) ?? checkServer(this.exchange, event);
  }

  /** Drops the socket, or leaves the request without any answer. */
  private cut(request: FastifyRequest, reply: FastifyReply, event: FaultEvent): boolean {
    const { faults } = this.exchange;
    if (faults.hit('drop-socket', event, (rule) => rule.when !== 'during') !== undefined) {
      reply.hijack();
      request.raw.socket.destroy();
      return true;
    }
    if (faults.hit('half-open', event) === undefined) return false;
    reply.hijack();
    return true;
  }

  private answer(request: FastifyRequest, reply: FastifyReply, handler: MarketHandler): FastifyReply {
    const { market, faults, time, limiter } = this.exchange;
    void reply.header('content-type', JSON_TYPE);
    try {
      const body = handler({
        path: pathOf(request.url),
        query: queryOf(request),
        market,
        faults,
        now: time.now(),
        weightLimit: limiter.limits.weightLimit,
      });
      // Text comes from rows of numbers alone: one byte a character, which is half the cost of UTF-8.
      return reply.send(typeof body === 'string' ? Buffer.from(body, 'latin1') : JSON.stringify(body));
    } catch (error) {
      if (!(error instanceof RestError)) throw error;
      return reply.code(error.status).send(error.body);
    }
  }

  /** The way back: the other half of the latency, and the faults that spoil an answer. */
  private async depart(
    request: FastifyRequest,
    reply: FastifyReply,
    payload: unknown,
    done: (error: Error | null, payload?: unknown) => void,
  ): Promise<void> {
    const passage = this.passages.get(request);
    if (passage === undefined) return done(null, payload);
    const { faults } = this.exchange;
    if (passage.waitMs > 0) await delay(passage.waitMs);
    if (reply.statusCode !== 200) return done(null, payload);
    const truncation = faults.hit('truncated-json', passage.event);
    if (truncation !== undefined) {
      const whole = Buffer.from(payload as string | Buffer);
      return done(null, whole.subarray(0, Math.floor(whole.length * (truncation.rule.keep ?? 0.5))));
    }
    if (faults.hit('drop-socket', passage.event, (rule) => rule.when === 'during') === undefined) {
      return done(null, payload);
    }
    const bytes = Buffer.from(payload as string | Buffer);
    reply.raw.writeHead(200, { 'content-type': JSON_TYPE, 'content-length': bytes.length });
    reply.raw.write(bytes.subarray(0, bytes.length >> 1), () => request.raw.socket.destroy());
  }
}

export function refuse(reply: FastifyReply, refusal: Refusal): FastifyReply {
  if (refusal.retryAfterSeconds !== undefined) void reply.header('retry-after', refusal.retryAfterSeconds);
  return reply.code(refusal.status).header('content-type', refusal.contentType).send(refusal.body);
}

function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}

function isAdmin(url: string): boolean {
  const path = pathOf(url);
  return path === ADMIN_PREFIX || path.startsWith(`${ADMIN_PREFIX}/`);
}

/** Under which name a path is counted: unknown ones are many. */
function labelOf(path: string): string {
  if (path.startsWith(ARCHIVE_PREFIX)) return ARCHIVE_PREFIX;
  return Object.hasOwn(MARKET_ROUTES, path) ? path : 'unknown';
}

/** Of a parameter that is given twice, the first counts. */
function queryOf(request: FastifyRequest): QueryOf {
  const query = request.query as Readonly<Record<string, string | string[] | undefined>>;
  return (name) => {
    const value = query[name];
    return Array.isArray(value) ? value[0] : value;
  };
}
