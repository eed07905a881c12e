/** Signing in: what a browser gets for the token, and what it may do with that. */
import { Controller, Get, Module, Post } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppConfig, loadConfig } from '@slt/config';
import { configureHttp, createAdapter } from '../http/configure-http';
import { ProblemFilter } from '../http/problem.filter';
import { TokenGuard } from '../http/token.guard';
import { SessionController } from './session.controller';
import type { SessionDto } from './session.dto';
import { Sessions } from './sessions';

const TOKEN = 'sixteen-characters-at-least';

@Controller({ path: 'things', version: '1' })
class ThingsController {
  @Get()
  look(): object {
    return { seen: true };
  }

  @Post()
  change(): object {
    return { changed: true };
  }
}

async function start(environment: Record<string, string>): Promise<NestFastifyApplication> {
  const config = loadConfig(environment);
  @Module({
    controllers: [ThingsController, SessionController],
    providers: [
      { provide: AppConfig, useValue: config },
      Sessions,
      { provide: APP_FILTER, useClass: ProblemFilter },
      { provide: APP_GUARD, useClass: TokenGuard },
    ],
  })
  class SessionModule {}
  const app = await NestFactory.create<NestFastifyApplication>(SessionModule, createAdapter(), {
    logger: false,
    bodyParser: false,
  });
  configureHttp(app, config.HOST);
  await app.listen(0, '127.0.0.1');
  return app;
}

describe('a session', () => {
  let app: NestFastifyApplication;
  let url: string;
  beforeAll(async () => {
    app = await start({ API_TOKEN: TOKEN, PORT: '3000' });
    url = await app.getUrl();
  });
  afterAll(() => app.close());

  const call = (path: string, method: string, headers: Record<string, string> = {}) =>
    fetch(`${url}/v1/${path}`, { method, headers });
  const signIn = async (): Promise<{ cookie: string; session: SessionDto; setCookie: string }> => {
    const response = await call('session', 'POST', { authorization: `Bearer ${TOKEN}` });
    expect(response.status).toBe(200);
    const setCookie = response.headers.get('set-cookie')!;
    return { cookie: setCookie.split(';')[0]!, session: (await response.json()) as SessionDto, setCookie };
  };

  it('is opened by the token, as a cookie that only this site sends and no script reads', async () => {
    const { session, setCookie } = await signIn();
    expect(session).toEqual({
      required: true,
      signedIn: true,
      csrfToken: expect.stringMatching(/^[\w-]{43}$/),
    });
    const [pair, ...attributes] = setCookie.split('; ');
    expect(pair).toMatch(/^slt_session_3000=[\w-]{43}$/);
    expect(attributes).toEqual(['Path=/', 'HttpOnly', 'SameSite=Strict', 'Max-Age=43200']);
    expect(setCookie + JSON.stringify(session)).not.toContain(TOKEN);
  });

  it('is Secure behind a proxy that speaks TLS', async () => {
    const headers = { authorization: `Bearer ${TOKEN}`, 'x-forwarded-proto': 'https' };
    expect((await call('session', 'POST', headers)).headers.get('set-cookie')).toMatch(/; Secure$/);
  });

  it.each(['Bearer wrong-token-of-some-length', 'Basic c2x0', 'Bearer '])(
    'is not opened by "%s"',
    async (authorization) => {
      const response = await call('session', 'POST', { authorization });
      expect([response.status, response.headers.get('set-cookie')]).toEqual([401, null]);
    },
  );

  it('may change things with the proof of our own page', async () => {
    const { cookie, session } = await signIn();
    const response = await call('things', 'POST', { cookie, 'x-csrf-token': session.csrfToken! });
    expect(await response.json()).toEqual({ changed: true });
  });

  it('may not without it, nor with that of another session', async () => {
    const [mine, other] = [await signIn(), await signIn()];
    const proofs: Record<string, string>[] = [
      {},
      { 'x-csrf-token': other.session.csrfToken! },
      { 'x-csrf-token': '' },
    ];
    for (const proof of proofs)
      expect((await call('things', 'POST', { cookie: mine.cookie, ...proof })).status).toBe(401);
    expect((await call('things', 'POST', { 'x-csrf-token': mine.session.csrfToken! })).status).toBe(401);
  });

  it('may not from a page of another site, proof or not', async () => {
    const { cookie, session } = await signIn();
    const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    const response = await call('things', 'POST', { cookie, 'x-csrf-token': session.csrfToken!, ...foreign });
    expect(response.status).toBe(403);
  });

  it('does not outweigh a wrong token', async () => {
    const { cookie, session } = await signIn();
    const headers = {
      cookie,
      'x-csrf-token': session.csrfToken!,
      authorization: 'Bearer wrong-token-of-some-length',
    };
    expect((await call('things', 'POST', headers)).status).toBe(401);
  });

  it.each([
    'slt_session_3000=',
    'slt_session_3000=guess-guess-guess-guess',
    'slt_session_3000',
    ';;=;',
    'slt_session_1=x',
  ])('is not made up by the cookie "%s"', async (cookie) => {
    expect(await (await call('session', 'GET', { cookie })).json()).toEqual({
      required: true,
      signedIn: false,
      csrfToken: null,
    });
  });

  it('is told to a page that was loaded again', async () => {
    const { cookie, session } = await signIn();
    const headers = { cookie: `theme=dark; ${cookie}; other=1` };
    expect(await (await call('session', 'GET', headers)).json()).toEqual(session);
  });

  it('ends when told', async () => {
    const { cookie, session } = await signIn();
    const headers = { cookie, 'x-csrf-token': session.csrfToken! };
    const response = await call('session', 'DELETE', headers);
    expect(response.headers.get('set-cookie')).toMatch(/^slt_session_3000=; .*Max-Age=0/);
    expect((await call('things', 'POST', headers)).status).toBe(401);
  });

  it('costs nothing where no token is set', async () => {
    const open = await start({});
    try {
      const address = await open.getUrl();
      const response = await fetch(`${address}/v1/session`, { method: 'POST' });
      expect(response.headers.get('set-cookie')).toBeNull();
      expect(await response.json()).toEqual({ required: false, signedIn: false, csrfToken: null });
      expect((await fetch(`${address}/v1/things`, { method: 'POST' })).status).toBe(201);
    } finally {
      await open.close();
    }
  });
});

describe('sessions', () => {
  const sessions = () => new Sessions(loadConfig({ API_TOKEN: TOKEN, PORT: '3000' }));
  const requestOf = (id: string) => ({ headers: { cookie: `slt_session_3000=${id}` } });
  afterEach(() => jest.useRealTimers());

  it('end after twelve hours', () => {
    jest.useFakeTimers({ now: 0 });
    const all = sessions();
    const id = all.open();
    jest.setSystemTime(12 * 3_600_000 - 1);
    expect(all.of(requestOf(id))).toBe(id);
    jest.setSystemTime(12 * 3_600_000);
    expect(all.of(requestOf(id))).toBeUndefined();
  });

  it('are a hundred at most; the oldest goes', () => {
    const all = sessions();
    const ids = Array.from({ length: 101 }, () => all.open());
    expect(ids.map((id) => all.of(requestOf(id)) !== undefined)).toEqual([
      false,
      ...Array<boolean>(100).fill(true),
    ]);
  });
});
