/** The account calls over HTTP: who asks is found out, orders are counted, and the account's engine answers. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { plainIp, type Exchange } from '../exchange';
import type { OrderCost } from '../limits/order-limiter';
import { JSON_TYPE } from '../rest/gate';
import { paramsOfRequest, rawBody, rawQuery } from '../rest/request-params';
import { RestError } from '../rest/rest-error';
import type { AccountRoute } from './account-call';
import type { AccountStreams, Hold } from './account-streams';
import type { Accounts, AccountSettings } from './accounts';
import type { ApiKey } from './api-keys';
import { authenticate, identify, type Caller } from './authenticate';
import { toJson } from './json';
import type { ListenKeys } from './listen-keys';
import { ACCOUNT_ROUTES } from './routes/account-routes';
import { ALGO_ROUTES } from './routes/algo-routes';
import { listenKeyRoutes } from './routes/listen-key-routes';
import { ORDER_ROUTES } from './routes/order-routes';
import { SETTINGS_ROUTES } from './routes/settings-routes';

export interface AccountServerParts {
  readonly exchange: Exchange;
  readonly accounts: Accounts;
  readonly settings: AccountSettings;
  readonly streams: AccountStreams;
  readonly listenKeys: ListenKeys;
}

export class AccountServer {
  private readonly routes: readonly AccountRoute[];
  private readonly paths: ReadonlySet<string>;
  /** Calls under way whose frames wait for their answer. */
  private readonly holds = new WeakMap<FastifyRequest, { account: string; hold: Hold }>();

  constructor(private readonly parts: AccountServerParts) {
    this.routes = [
      ...ORDER_ROUTES,
      ...ALGO_ROUTES,
      ...ACCOUNT_ROUTES,
      ...SETTINGS_ROUTES,
      ...listenKeyRoutes(parts),
    ];
    this.paths = new Set(this.routes.map((route) => route.path));
  }

  hasPath(path: string): boolean {
    return this.paths.has(path);
  }

  /** @param http a scope of its own, where bodies are text */
  serve(http: FastifyInstance): void {
    for (const route of this.routes) {
      http.route({
        method: route.method,
        url: route.path,
        handler: (request, reply) => this.answer(request, reply, route),
      });
    }
  }

  /** Sends what the call's account has told so far, although the answer is still to come. */
  letFramesGo(request: FastifyRequest): void {
    const held = this.holds.get(request);
    if (held !== undefined) this.parts.streams.release(held.account, held.hold);
  }

  private answer(request: FastifyRequest, reply: FastifyReply, route: AccountRoute): FastifyReply {
    void reply.header('content-type', JSON_TYPE);
    try {
      const key = this.admit(request, route);
      if (route.cost !== undefined) this.count(reply, key, route.cost);
      const body = this.carryOut({ request, reply }, route, key);
      if (typeof body === 'string') return reply.type('text/plain').send(body);
      return reply.send(toJson(body));
    } catch (error) {
      if (!(error instanceof RestError)) throw error;
      return reply.code(error.status).send(error.body);
    }
  }

  /** @throws RestError */
  private admit(request: FastifyRequest, route: AccountRoute): ApiKey {
    const { accounts, exchange } = this.parts;
    const caller = callerOf(request);
    if (route.isKeyOnly === true) return identify(caller, accounts.keys, false);
    const { time } = exchange;
    const context = { keys: accounts.keys, now: time.now(), speed: time.speed };
    return authenticate(caller, route.method !== 'GET', context);
  }

  /** @throws RestError -1015 */
  private count(reply: FastifyReply, key: ApiKey, cost: OrderCost): void {
    const { orderLimiter, time } = this.parts.exchange;
    const verdict = orderLimiter.charge(key.account, cost, time.running());
    if (verdict.kind === 'limited') throw tooManyOrders(verdict.limit, verdict.window);
    void reply.header('x-mbx-order-count-10s', verdict.count.in10Seconds);
    void reply.header('x-mbx-order-count-1m', verdict.count.inMinute);
  }

  private carryOut(
    { request, reply }: { request: FastifyRequest; reply: FastifyReply },
    route: AccountRoute,
    key: ApiKey,
  ): unknown {
    const { accounts, exchange, settings, streams } = this.parts;
    const account = accounts.of(key);
    // Who hung up while the request was under way waits for no answer; its end has been told by now.
    const hold: Hold = { isReleased: request.raw.socket.destroyed };
    this.holds.set(request, { account: key.account, hold });
    // Closed: the answer has left, or nobody waits for it any more.
    reply.raw.once('close', () => streams.release(key.account, hold));
    const call = {
      key,
      account,
      params: paramsOfRequest(request),
      now: exchange.time.now(),
      exchange,
      settings,
      orderLimits: exchange.orderLimiter.limits,
    };
    try {
      return streams.holding(hold, () => route.handle(call));
    } finally {
      accounts.arm(account);
    }
  }
}

function callerOf(request: FastifyRequest): Caller {
  const apiKey = request.headers['x-mbx-apikey'];
  return {
    apiKey: Array.isArray(apiKey) ? apiKey[0] : apiKey,
    ip: plainIp(request.ip),
    rawQuery: rawQuery(request.url),
    rawBody: rawBody(request),
    params: paramsOfRequest(request),
  };
}

function tooManyOrders(limit: number, window: string): RestError {
  return new RestError(429, -1015, `Too many new orders; current limit is ${limit} orders per ${window}.`);
}
