/** The emulator's own calls under /emulator: look at it, break it, change what it lists. No limits, no faults. */
import { AppError, isAppError } from '@slt/domain';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isMarketInterval, stepBucket } from '../core/market-interval';
import type { FaultRule } from '../faults/fault-rule';
import { FAULT_KINDS, parseFaultRule } from '../faults/validate-fault';
import { toWire } from '../rest/klines';
import { RestError } from '../rest/rest-error';
import { ROUTES, type Route } from '../streams/stream-name';
import { ACCOUNT_ADMIN_ROUTES } from './account-routes';
import { instantOf, type AdminContext, type AdminRoute, type Call } from './admin-route';

const MAX_TRUTH_ROWS = 1_000_000;

const ROUTE_TABLE: readonly AdminRoute[] = [
  {
    method: 'GET',
    path: '/emulator',
    summary: 'these calls, and the kinds of faults',
    handle: () => ({
      calls: ROUTE_TABLE.map(({ method, path, summary }) => ({ method, path, summary })),
      faultKinds: FAULT_KINDS,
    }),
  },
  {
    method: 'GET',
    path: '/emulator/status',
    summary: "the exchange's time, speed, source and size",
    handle: status,
  },
  {
    method: 'POST',
    path: '/emulator/release',
    summary: 'let a held clock go on',
    handle: ({ exchange }) => {
      exchange.time.release();
      return { held: false, now: exchange.time.now() };
    },
  },
  { method: 'GET', path: '/emulator/faults', summary: 'rules with their hits', handle: listFaults },
  {
    method: 'POST',
    path: '/emulator/faults',
    summary: 'add the rule in the body, or a list of rules; answers their ids',
    handle: addFaults,
  },
  { method: 'DELETE', path: '/emulator/faults', summary: 'remove all rules', handle: clearFaults },
  { method: 'DELETE', path: '/emulator/faults/:id', summary: 'remove one rule', handle: removeFault },
  {
    method: 'GET',
    path: '/emulator/stats',
    summary: 'requests, weight, bans, connections, frames',
    handle: ({ stats }) => stats(),
  },
  { method: 'POST', path: '/emulator/stats/reset', summary: 'start counting anew', handle: resetStats },
  {
    method: 'GET',
    path: '/emulator/truth',
    summary:
      'closed candles as the fault-free market has them: ?symbol&interval&from&to (open times, inclusive)',
    handle: truth,
  },
  {
    method: 'POST',
    path: '/emulator/symbols',
    summary: 'list a new symbol: {"symbol":"NEWUSDT","at":<exchange ms, default now>}',
    handle: listSymbol,
  },
  {
    method: 'POST',
    path: '/emulator/symbols/:symbol/delist',
    summary: 'end its trading: {"at":<exchange ms, default now>}',
    handle: delistSymbol,
  },
  {
    method: 'POST',
    path: '/emulator/connections/drop',
    summary: 'destroy stream connections: {"route":"market","count":1}, both optional',
    handle: dropConnections,
  },
  {
    method: 'POST',
    path: '/emulator/limits/reset',
    summary: 'forget used weight and bans of every IP, and counted orders of every account',
    handle: ({ exchange }) => {
      exchange.limiter.reset();
      exchange.fundingLimiter.reset();
      exchange.orderLimiter.reset();
      return { reset: true };
    },
  },
  ...ACCOUNT_ADMIN_ROUTES,
];

export function adminRoutes(http: FastifyInstance, context: AdminContext): void {
  for (const { method, path, handle } of ROUTE_TABLE) {
    http.route({
      method,
      url: path,
      handler: (request, reply) => respond(request, reply, (call) => handle(context, call)),
    });
  }
}

function respond(
  request: FastifyRequest,
  reply: FastifyReply,
  handle: (call: Call) => unknown,
): FastifyReply {
  try {
    const result = handle({
      query: request.query as Call['query'],
      params: request.params as Call['params'],
      body: (request.body ?? {}) as Call['body'],
    });
    return reply.type('application/json; charset=utf-8').send(JSON.stringify(result, bigAsText));
  } catch (error) {
    if (error instanceof RestError) {
      return reply.code(422).send({ error: { code: error.code, message: error.message } });
    }
    if (!isAppError(error)) throw error;
    const status = error.kind === 'not-found' ? 404 : error.kind === 'rejected' ? 422 : 400;
    return reply.code(status).send({ error: { code: error.code, message: error.message } });
  }
}

/** Here ids beyond 2^53 are texts, so that any JSON parser keeps them. */
function bigAsText(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

function status({ exchange, hub }: AdminContext): unknown {
  const { market, time, faults, limiter } = exchange;
  const now = time.now();
  return {
    now,
    speed: time.speed,
    source: market.source,
    origin: time.origin,
    held: time.isHeld,
    end: market.end() ?? null,
    symbols: market.listed(now).length,
    trading: market.listed(now).filter((symbol) => symbol.statusAt(now) === 'TRADING').length,
    weightLimit: limiter.limits.weightLimit,
    connections: hub.connections.size,
    faults: faults.list().length,
  };
}

function listFaults({ exchange }: AdminContext): unknown {
  return exchange.faults.list();
}

function addFaults({ exchange }: AdminContext, { body }: Call): unknown {
  if (!Array.isArray(body)) return { id: exchange.faults.add(body as unknown as FaultRule) };
  // All of them or none.
  return { ids: body.map(parseFaultRule).map((rule) => exchange.faults.add(rule)) };
}

function clearFaults({ exchange }: AdminContext): unknown {
  const removed = exchange.faults.list().length;
  exchange.faults.clear();
  return { removed };
}

function removeFault({ exchange }: AdminContext, { params }: Call): unknown {
  const id = params.id ?? '';
  if (!exchange.faults.remove(id))
    throw new AppError('not-found', 'FAULT.UNKNOWN', `there is no fault "${id}"`);
  return { removed: 1 };
}

function resetStats({ exchange }: AdminContext): unknown {
  exchange.stats.reset();
  return { reset: true };
}

function truth({ exchange }: AdminContext, { query }: Call): unknown {
  const { market, time } = exchange;
  const now = time.now();
  const { symbol = '', interval = '1m' } = query;
  if (market.find(symbol) === undefined) {
    throw new AppError('not-found', 'EMULATOR.SYMBOL', `there is no symbol "${symbol}"`);
  }
  if (!isMarketInterval(interval)) {
    throw new AppError('invalid', 'EMULATOR.INTERVAL', `there is no interval "${interval}"`);
  }
  const from = instantOf(query.from, 'from', 0);
  const to = instantOf(query.to, 'to', now);
  return market
    .klines(symbol, interval, { from, to: Math.min(to, now), limit: MAX_TRUTH_ROWS, fromEnd: true }, now)
    .filter((row) => stepBucket(row.openTime, interval, 1) <= now)
    .map(toWire);
}

function listSymbol({ exchange }: AdminContext, { body }: Call): unknown {
  const { symbol, at } = body;
  if (typeof symbol !== 'string' || symbol === '') {
    throw new AppError('invalid', 'EMULATOR.SYMBOL', 'the body needs a symbol');
  }
  const now = exchange.time.now();
  const listed = exchange.market.list({ symbol, at: instantOf(at, 'at', now) });
  return { symbol: listed.symbol, onboardDate: listed.onboardDate, status: listed.statusAt(now) };
}

function delistSymbol({ exchange }: AdminContext, { params, body }: Call): unknown {
  const name = params.symbol ?? '';
  const now = exchange.time.now();
  exchange.market.delist(name, instantOf(body.at, 'at', now));
  return { symbol: name, deliveryDate: exchange.market.find(name)?.deliveryDateAt(now) };
}

function dropConnections({ hub }: AdminContext, { body }: Call): unknown {
  const { route, count } = body;
  if (route !== undefined && !(ROUTES as readonly unknown[]).includes(route)) {
    throw new AppError('invalid', 'EMULATOR.ROUTE', `route must be one of ${ROUTES.join(', ')}`);
  }
  if (count !== undefined && !(Number.isInteger(count) && (count as number) > 0)) {
    throw new AppError('invalid', 'EMULATOR.COUNT', 'count must be a whole number of 1 or more');
  }
  return {
    dropped: hub.drop({
      ...(route === undefined ? {} : { route: route as Route }),
      ...(count === undefined ? {} : { count: count as number }),
    }),
  };
}
