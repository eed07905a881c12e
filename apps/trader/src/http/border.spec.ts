/** The HTTP border around a few calls of its own: what reaches a call, and how everything else is answered. */
import { Body, Controller, Get, Module, Param, Post, Query } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ThrottlerModule } from '@nestjs/throttler';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { AppConfig, loadConfig } from '@slt/config';
import { AppError } from '@slt/domain';
import { rawRequest } from '../../../../test/http/support/raw-request';
import { BODY_LIMIT_BYTES, configureHttp, createAdapter } from './configure-http';
import { Sessions } from '../dashboard/sessions';
import { DeclaredInputGuard } from './declared-input.guard';
import { ProblemFilter } from './problem.filter';
import { SymbolPipe } from './symbol';
import { ThrottleGuard } from './throttle.guard';
import { CHANGES_PER_WINDOW, THROTTLING } from './throttle';
import { TokenGuard } from './token.guard';
import { QueryInteger } from './validation';

class ThingsQuery {
  @IsOptional()
  @QueryInteger()
  @IsInt()
  @Min(1)
  @Max(10)
  limit?: number;
}

class Change {
  @IsInt()
  amount: number;
}

@Controller({ path: 'things', version: '1' })
class ThingsController {
  @Get()
  list(@Query() query: ThingsQuery): object {
    return { limit: query.limit ?? null };
  }

  @Get('broken')
  broken(): never {
    throw new Error('password=hunter2');
  }

  @Get('away')
  away(): never {
    throw new AppError('transient', 'EXCHANGE.UNREACHABLE', 'away', { retryAfterMs: 4100 });
  }

  @Get(':symbol')
  one(@Param('symbol', SymbolPipe) symbol: string): object {
    return { symbol };
  }

  @Post('halt')
  halt(): object {
    return { isHalted: true };
  }

  @Post()
  change(@Body() change: Change): object {
    return { amount: change.amount };
  }
}

async function start(
  environment: Record<string, string> = {},
): Promise<{ app: NestFastifyApplication; url: string }> {
  const config = loadConfig(environment);
  @Module({
    imports: [ThrottlerModule.forRoot(THROTTLING)],
    controllers: [ThingsController],
    providers: [
      { provide: AppConfig, useValue: config },
      Sessions,
      { provide: APP_FILTER, useClass: ProblemFilter },
      { provide: APP_GUARD, useClass: ThrottleGuard },
      { provide: APP_GUARD, useClass: TokenGuard },
      { provide: APP_GUARD, useClass: DeclaredInputGuard },
    ],
  })
  class BorderModule {}
  const app = await NestFactory.create<NestFastifyApplication>(BorderModule, createAdapter(), {
    logger: false,
    bodyParser: false,
    abortOnError: false,
  });
  configureHttp(app, config.HOST);
  await app.listen(0, '127.0.0.1');
  return { app, url: await app.getUrl() };
}

const json = { 'content-type': 'application/json' };

describe('the HTTP border', () => {
  let app: NestFastifyApplication;
  let url: string;
  beforeAll(async () => ({ app, url } = await start()));
  afterAll(() => app.close());

  const post = (body: string, headers: Record<string, string> = json) =>
    fetch(`${url}/v1/things`, { method: 'POST', headers, body });

  it('lets good requests through', async () => {
    expect(await (await fetch(`${url}/v1/things?limit=3`)).json()).toEqual({ limit: 3 });
    expect(await (await post('{"amount":1}')).json()).toEqual({ amount: 1 });
    expect(await (await fetch(`${url}/v1/things/${encodeURIComponent('币安人生USDT')}`)).json()).toEqual({
      symbol: '币安人生USDT',
    });
  });

  it.each([
    ['/v1/things/../../etc/passwd', 404],
    ['/v1/things/..', 400],
    ['/v1/things/%2e%2e%2f', 400],
    ['/v1/things/%2E%2E%2F%2E%2E%2Fetc', 400],
    ['/v1/things/..%5c..%5cetc', 400],
    ['/v1/things/%00', 400],
    ['/v1/things/BTC%0d%0aX-Evil:1', 400],
    ['/v1/things/%E0%A4%A', 400],
    ['/v1/things/%', 400],
    ['/v1/things/%ED%A0%80', 400],
    ['/v1/things/%ff', 400],
    ['/v1/things/%20', 400],
    ['/v1/things/', 404],
    [`/v1/things/${'A'.repeat(65)}`, 400],
    [`/v1/things/${'A'.repeat(5000)}`, 414],
    [`/${'A'.repeat(20_000)}`, 431],
    ['/v1/nothing', 404],
    ['/V1/things/extra/extra', 404],
    ['//', 404],
    ['/v1//things', 404],
    ['*', 404],
    ['http://127.0.0.1/v1/nothing', 404],
    ['/v1/things?limit=0', 400],
    ['/v1/things?limit=11', 400],
    ['/v1/things?limit=', 400],
    ['/v1/things?limit=1e1', 400],
    ['/v1/things?limit=1&limit=2', 400],
    ['/v1/things?limit[]=1', 400],
    ['/v1/things?unknown=1', 400],
    ['/v1/things?limit=%00', 400],
  ])('answers GET %.60s with %i', async (target, status) => {
    const response = await rawRequest(url, target);
    expect(response.status).toBe(status);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(JSON.parse(response.body)).toMatchObject({
      type: expect.stringMatching(/^urn:slt:problem:/),
      title: expect.any(String),
      status,
      detail: expect.any(String),
      code: expect.stringMatching(/^[A-Z_]+\.[A-Z_]+$/),
    });
  });

  it.each([
    ['{', json, 400],
    ['{"amount":1,"extra":2}', json, 400],
    ['{"amount":"1"}', json, 400],
    ['{"__proto__":{"amount":1}}', json, 400],
    ['[]', json, 400],
    ['null', json, 400],
    ['', json, 400],
    ['amount=1', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['{"amount":1}', { 'content-type': 'text/plain' }, 415],
    ['<a/>', { 'content-type': 'application/xml' }, 415],
    ['{"amount":1}', { 'content-type': 'application/jsonp' }, 415],
    [`{"amount":1,"x":"${'x'.repeat(BODY_LIMIT_BYTES)}"}`, json, 413],
  ])('answers POST %#', async (body, headers, status) => {
    const response = await post(body, headers as Record<string, string>);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await response.json()).toMatchObject({ status });
  });

  it.each([
    ['?flatten=true', undefined, ['flatten']],
    ['?a=1&a=2&b', undefined, ['a', 'b']],
    ['', '{"flatten":true}', ['flatten']],
    ['', '"flatten"', ['body']],
    ['', '[1]', ['0']],
    ['?now=1', '{"flatten":true}', ['now', 'flatten']],
  ])('refuses what a call does not take: %s %s', async (query, body, fields) => {
    const sent = body === undefined ? {} : { headers: json, body };
    const response = await fetch(`${url}/v1/things/halt${query}`, { method: 'POST', ...sent });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: 'REQUEST.INVALID',
      errors: fields.map((field) => ({ field, messages: [`property ${field} should not exist`] })),
    });
  });

  it.each([undefined, '', '{}', 'null'])('takes %p for no body', async (body) => {
    const sent = body === undefined ? {} : { headers: json, body };
    const response = await fetch(`${url}/v1/things/halt`, { method: 'POST', ...sent });
    expect(await response.json()).toEqual({ isHalted: true });
  });

  it('refuses a query beside a body that it takes, and the other way round', async () => {
    const response = await fetch(`${url}/v1/things?limit=1`, {
      method: 'POST',
      headers: json,
      body: '{"amount":1}',
    });
    expect(response.status).toBe(400);
    expect((await fetch(`${url}/v1/things/BTCUSDT?limit=1`)).status).toBe(400);
  });

  it.each(['__proto__=1', 'constructor=1', '__proto__[limit]=1'])(
    'is not led astray by ?%s',
    async (query) => {
      const response = await rawRequest(url, `/v1/things?${query}`);
      expect([200, 400]).toContain(response.status);
    },
  );

  it('names every field that is wrong', async () => {
    const problem: unknown = await (await post('{"amount":"many","extra":2}')).json();
    expect(problem).toMatchObject({
      code: 'REQUEST.INVALID',
      instance: '/v1/things',
      errors: expect.arrayContaining([
        { field: 'amount', messages: [expect.stringContaining('integer')] },
        { field: 'extra', messages: [expect.stringContaining('should not exist')] },
      ]),
    });
  });

  it('tells nothing of what broke inside', async () => {
    const response = await fetch(`${url}/v1/things/broken`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('hunter2');
  });

  it('says when to come back', async () => {
    const response = await fetch(`${url}/v1/things/away`);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(await response.json()).toMatchObject({ code: 'EXCHANGE.UNREACHABLE', retryAfterMs: 4100 });
  });

  it('answers a known path with another method', async () => {
    const response = await fetch(`${url}/v1/things`, { method: 'DELETE' });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ status: 404 });
  });

  it('answers what is no HTTP', async () => {
    const response = await rawRequest(url, '/ HTTP/9.9\r\nbroken');
    expect(response.status).toBe(400);
    expect(response.headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(response.body)).toMatchObject({ status: 400 });
  });

  it('sets the headers that browsers heed, on errors too', async () => {
    for (const path of ['/v1/things', '/v1/nothing', '/v1/things/%']) {
      const { headers } = await rawRequest(url, path);
      expect(headers).toMatchObject({
        'content-security-policy': expect.stringContaining("default-src 'self'"),
        'x-content-type-options': 'nosniff',
        'x-frame-options': expect.stringMatching(/deny|sameorigin/i),
        'referrer-policy': 'no-referrer',
      });
      expect(headers).not.toHaveProperty('x-powered-by');
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    }
  });

  it.each(['evil.example', 'evil.example:80', '127.0.0.1.evil.example', ''])(
    'refuses the host %j, as of a rebound name',
    async (host) => {
      for (const target of ['/v1/things', '/v1/nothing']) {
        const response = await rawRequest(url, target, { headers: { host } });
        expect(response.status).toBe(421);
        expect(JSON.parse(response.body)).toMatchObject({ code: 'REQUEST.WRONG_HOST' });
      }
    },
  );

  it.each<[string, Record<string, string>, number]>([
    ['another origin', { origin: 'https://evil.example' }, 403],
    ['an opaque origin', { origin: 'null' }, 403],
    ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a sibling site', { 'sec-fetch-site': 'same-site' }, 403],
    ['our own page', { 'sec-fetch-site': 'same-origin' }, 201],
    ['no browser', {}, 201],
  ])('judges a change sent by %s', async (_, headers, status) => {
    const response = await rawRequest(url, '/v1/things', {
      method: 'POST',
      headers: { ...json, ...headers },
      body: '{"amount":1}',
    });
    expect(response.status).toBe(status);
  });

  it('never allows another origin by CORS', async () => {
    const response = await rawRequest(url, '/v1/things', {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    expect(response.status).toBe(404);
    expect(response.headers).not.toHaveProperty('access-control-allow-origin');
  });
});

describe('the token', () => {
  const token = 'a-token-of-24-characters';
  let app: NestFastifyApplication;
  let url: string;
  beforeAll(async () => ({ app, url } = await start({ API_TOKEN: token })));
  afterAll(() => app.close());

  const change = (authorization?: string) =>
    fetch(`${url}/v1/things`, {
      method: 'POST',
      headers: { ...json, ...(authorization === undefined ? {} : { authorization }) },
      body: '{"amount":1}',
    });

  it('is asked of changes, not of reading', async () => {
    expect((await fetch(`${url}/v1/things`)).status).toBe(200);
    const refused = await change();
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="SelfLearningTrader"');
    expect(await refused.json()).toMatchObject({ code: 'REQUEST.UNAUTHENTICATED' });
    expect((await change(`Bearer ${token}`)).status).toBe(201);
    expect((await change(`bearer ${token}`)).status).toBe(201);
  });

  it.each([
    `Bearer ${token}x`,
    `Bearer ${token.slice(1)}`,
    'Bearer x',
    'Bearer',
    `Basic ${token}`,
    token,
    'Bearer é',
  ])('refuses %j', async (authorization) => {
    const refused = await change(authorization);
    expect(refused.status).toBe(401);
    expect(await refused.text()).not.toContain(token);
  });

  it('is asked for before the body is looked at', async () => {
    const refused = await fetch(`${url}/v1/things`, {
      method: 'POST',
      headers: json,
      body: '{"amount":"x"}',
    });
    expect(refused.status).toBe(401);
  });
});

describe('throttling', () => {
  let app: NestFastifyApplication;
  let url: string;
  beforeAll(async () => ({ app, url } = await start()));
  afterAll(() => app.close());

  it('stops who changes too much, says when to come back, and lets reading go on', async () => {
    const change = () => fetch(`${url}/v1/things`, { method: 'POST', headers: json, body: '{"amount":1}' });
    for (let i = 0; i < CHANGES_PER_WINDOW; i++) expect((await change()).status).toBe(201);
    const refused = await change();
    expect(refused.status).toBe(429);
    const retryAfter = Number(refused.headers.get('retry-after'));
    expect(retryAfter).toBeGreaterThanOrEqual(1);
    expect(await refused.json()).toMatchObject({
      code: 'REQUEST.TOO_MANY',
      retryAfterMs: retryAfter * 1000,
    });
    expect((await fetch(`${url}/v1/things`)).status).toBe(200);
  });
});
