/** The HTTP side: every request passes latency, socket faults, limits and server faults before it is answered. */
import { setTimeout as delay } from 'node:timers/promises';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { plainIp, type Exchange } from '../exchange';
import type { FaultEvent } from '../faults/faults';
import { reducesRisk } from '../account/order-params';
import type { AccountServer } from '../account/account-server';
import { requestWeight, type QueryOf } from '../limits/weights';
import { serveArchive } from './archive-route';
import { checkLimits, checkServer, JSON_TYPE, latencyOf, type Refusal } from './gate';
import { MARKET_ROUTES, type MarketHandler } from './market-routes';
import { paramsOfRequest, pathOf } from './request-params';
import { RestError } from './rest-error';

/** Calls of the emulator's own; no limits, no faults. */
export const ADMIN_PREFIX = '/emulator';
const ARCHIVE_PREFIX = '/data/';

/** What is remembered of a request between the hooks. */
interface Passage {
  readonly event: FaultEvent;
  /** Still to be waited before the answer leaves. */
  readonly waitMs: number;
  /** A fault wants the wait after the request was carried out: what an account's stream tells goes ahead. */
  readonly isLate: boolean;
  /** Whether it came through the gate, so that it was carried out. */
  isServed: boolean;
}

export class RestServer {
  readonly http: FastifyInstance;
  private readonly passages = new WeakMap<FastifyRequest, Passage>();

  constructor(
    private readonly exchange: Exchange,
    private readonly accounts: AccountServer,
  ) {
    this.http = fastify({
      forceCloseConnections: true,
      routerOptions: { maxParamLength: 500 },
      // A long way above what clients wait between two requests, so that no request races the closing of its socket.
      keepAliveTimeout: 600_000,
    });
    // Not before the body is there: what a request is about may stand in it.
    this.http.addHook('preHandler', (request, reply, done) => {
      // Who is not admitted goes no further, ever: also when he hangs up before his refusal has left.
      this.admit(request, reply).then((isAdmitted) => isAdmitted && done(), done);
    });
    this.http.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, asText);
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
    void this.http.register((scope, _options, done) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', { parseAs: 'string' }, asText);
      this.accounts.serve(scope);
      done();
    });
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

  /** @returns false: it is refused, or left without an answer */
  private async admit(request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
    if (isAdmin(request.url)) return true;
    const path = pathOf(request.url);
    const params = paramsOfRequest(request);
    const event = eventOf(request, path, params);
    this.exchange.stats.request(this.labelOf(path));
    const { beforeMs, afterMs, isAfter } = latencyOf(this.exchange, event);
    if (beforeMs > 0) await delay(beforeMs);
    const passage: Passage = { event, waitMs: afterMs, isLate: isAfter, isServed: false };
    this.passages.set(request, passage);
    if (this.cut(request, reply, event)) return false;
    const ip = plainIp(request.ip);
    const refusal = path.startsWith('/fapi/')
      ? this.check(ip, event, requestWeight(path, params, request.method))
      : checkServer(this.exchange, event);
    if (path.startsWith('/fapi/')) {
      void reply.header('x-mbx-used-weight-1m', this.exchange.limiter.used(ip, this.exchange.time.running()));
    }
    if (refusal !== undefined) void refuse(reply, refusal);
    else passage.isServed = true;
    return passage.isServed;
  }

  private check(ip: string, event: FaultEvent, weight: number): Refusal | undefined {
    return checkLimits(this.exchange, ip, event, weight) ?? checkServer(this.exchange, event);
  }

  /** Drops the socket, or leaves the request without any answer. Nothing is carried out. */
  private cut(request: FastifyRequest, reply: FastifyReply, event: FaultEvent): boolean {
    const { faults } = this.exchange;
    const isBefore = (rule: { readonly when?: string }): boolean => (rule.when ?? 'before') === 'before';
    if (faults.hit('drop-socket', event, isBefore) !== undefined) {
      reply.hijack();
      request.raw.socket.destroy();
      return true;
    }
    if (faults.hit('half-open', event, (rule) => rule.when !== 'after') === undefined) return false;
    reply.hijack();
    return true;
  }

  /** The same once the request was carried out. */
  private cutAfter(request: FastifyRequest, event: FaultEvent): boolean {
    const { faults } = this.exchange;
    if (faults.hit('drop-socket', event, (rule) => rule.when === 'after') !== undefined) {
      request.raw.socket.destroy();
      return true;
    }
    return faults.hit('half-open', event, (rule) => rule.when === 'after') !== undefined;
  }

  private answer(request: FastifyRequest, reply: FastifyReply, handler: MarketHandler): FastifyReply {
    const { market, faults, time, limiter } = this.exchange;
    void reply.header('content-type', JSON_TYPE);
    try {
      const body = handler({
        path: pathOf(request.url),
        query: paramsOfRequest(request),
        market,
        faults,
        now: time.now(),
        weightLimit: limiter.limits.weightLimit,
        orderLimits: this.exchange.orderLimiter.limits,
      });
      // Text comes from rows of numbers alone: one byte a character, which is half the cost of UTF-8.
      return reply.send(typeof body === 'string' ? Buffer.from(body, 'latin1') : JSON.stringify(body));
    } catch (error) {
      if (!(error instanceof RestError)) throw error;
      return reply.code(error.status).send(error.body);
    }
  }

  /** The way back: the rest of the latency, and the faults that spoil an answer. */
  private async depart(
    request: FastifyRequest,
    reply: FastifyReply,
    payload: unknown,
    done: (error: Error | null, payload?: unknown) => void,
  ): Promise<void> {
    const passage = this.passages.get(request);
    if (passage === undefined) return done(null, payload);
    if (passage.isLate) this.accounts.letFramesGo(request);
    if (passage.waitMs > 0) await delay(passage.waitMs);
    if (!passage.isServed) return done(null, payload);
    if (this.cutAfter(request, passage.event)) return this.accounts.letFramesGo(request);
    const error = checkServer(this.exchange, passage.event, true);
    if (error !== undefined) {
      void reply.code(error.status).header('content-type', error.contentType).removeHeader('content-length');
      return done(null, error.body);
    }
    if (reply.statusCode === 200) this.spoil({ request, reply, payload }, passage.event, done);
    else done(null, payload);
  }

  private spoil(
    answer: { request: FastifyRequest; reply: FastifyReply; payload: unknown },
    event: FaultEvent,
    done: (error: Error | null, payload?: unknown) => void,
  ): void {
    const { request, reply, payload } = answer;
    const { faults } = this.exchange;
    const truncation = faults.hit('truncated-json', event);
    if (truncation !== undefined) {
      const whole = Buffer.from(payload as string | Buffer);
      return done(null, whole.subarray(0, Math.floor(whole.length * (truncation.rule.keep ?? 0.5))));
    }
    if (faults.hit('drop-socket', event, (rule) => rule.when === 'during') === undefined) {
      return done(null, payload);
    }
    const bytes = Buffer.from(payload as string | Buffer);
    reply.raw.writeHead(200, { 'content-type': JSON_TYPE, 'content-length': bytes.length });
    reply.raw.write(bytes.subarray(0, bytes.length >> 1), () => request.raw.socket.destroy());
  }

  /** Under which name a path is counted: unknown ones are many. */
  private labelOf(path: string): string {
    if (path.startsWith(ARCHIVE_PREFIX)) return ARCHIVE_PREFIX;
    return Object.hasOwn(MARKET_ROUTES, path) || this.accounts.hasPath(path) ? path : 'unknown';
  }
}

function eventOf({ method }: FastifyRequest, path: string, params: QueryOf): FaultEvent {
  const symbol = params('symbol') ?? params('pair');
  const interval = params('interval');
  return { target: 'rest', path, symbol, interval, method, params, reducesRisk: reducesRisk(method, params) };
}

function asText(
  _request: FastifyRequest,
  body: string | Buffer,
  done: (error: null, body: string) => void,
): void {
  done(null, body.toString());
}

export function refuse(reply: FastifyReply, refusal: Refusal): FastifyReply {
  if (refusal.retryAfterSeconds !== undefined) void reply.header('retry-after', refusal.retryAfterSeconds);
  return reply.code(refusal.status).header('content-type', refusal.contentType).send(refusal.body);
}

function isAdmin(url: string): boolean {
  const path = pathOf(url);
  return path === ADMIN_PREFIX || path.startsWith(`${ADMIN_PREFIX}/`);
}
