/** One suite for both queue backends: PostgreSQL always, Redis where REDIS_URL names one. */
import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { Logger } from '@nestjs/common';
import { NOTIFICATION_KINDS, type NotificationKind } from '@slt/domain';
import { createQueueBackend } from '@slt/queue';
import { eventually } from '../../../test/support/eventually';
import {
  embeddedQueue,
  type QueueAddress,
  redisQueue,
  throughProxy,
} from '../../../test/support/history/queue-bench';
import type { Channel } from './channels/channel';
import { DiscordChannel } from './channels/discord';
import { TelegramChannel } from './channels/telegram';
import { WebhookChannel } from './channels/webhook';
import type { NotificationDraft, Severity } from './core/notification';
import { DEFAULT_NOTIFICATION_SETTINGS, type NotificationSettings } from './notifications.settings';
import { NotificationsService } from './notifications.service';
import { ChannelServer } from './testing/channel-server';

const TOKEN = `42:${'t'.repeat(35)}`;
const SECRET = 'a-secret-of-sixteen';
const FAST: NotificationSettings = {
  ...DEFAULT_NOTIFICATION_SETTINGS,
  gatherMs: 20,
  gapMs: 20,
  firstBackoffMs: 20,
  timeoutMs: 300,
};
const news = (title: string, severity: Severity = 'info'): NotificationDraft => ({
  kind: 'trading',
  severity,
  at: 0,
  title,
  text: '',
  facts: { title },
});
const { REDIS_URL } = process.env;

describe('notifications on PostgreSQL', () => suite(embeddedQueue));
(REDIS_URL === undefined ? describe.skip : describe)('notifications on Redis', () =>
  suite(() => redisQueue(REDIS_URL ?? '')),
);

function suite(open: () => Promise<QueueAddress>): void {
  let address: QueueAddress;
  let server: ChannelServer;
  let prefix: string;
  const running: NotificationsService[] = [];
  /** Everything that was logged. */
  const log: string[] = [];

  beforeAll(async () => {
    address = await open();
    const note = (...message: unknown[]): void => void log.push(inspect(message, { depth: 10 }));
    Logger.overrideLogger({ log: note, warn: note, error: note, debug: note, verbose: note, fatal: note });
  });
  afterAll(async () => {
    Logger.overrideLogger(['error']);
    await address.stop();
  });
  beforeEach(async () => {
    server = await ChannelServer.start();
    prefix = `test-${randomUUID()}`;
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((service) => service.close()));
    await server.close();
  });

  const webhook = (): Channel => new WebhookChannel({ url: `${server.url}/hook`, secret: SECRET });
  const telegram = (): Channel => new TelegramChannel({ apiUrl: server.url, token: TOKEN, chatId: '7' });

  /** A process of its own, as far as the queue can tell. */
  const start = (
    channels: Channel[] = [webhook()],
    settings: Partial<NotificationSettings> = {},
    queue = address,
    kinds: readonly NotificationKind[] = NOTIFICATION_KINDS,
  ): NotificationsService => {
    const service = new NotificationsService({
      channels,
      kinds,
      origin: { exchange: 'emulator', mode: 'paper' },
      settings: { ...FAST, ...settings },
      backend: () => createQueueBackend(queue.config, { url: queue.url }),
      queuePrefix: () => Promise.resolve(prefix),
    });
    running.push(service);
    service.onModuleInit();
    return service;
  };
  const titles = (): string[] =>
    server.received.flatMap(({ body }) =>
      (JSON.parse(body) as { notifications: { title: string }[] }).notifications.map(({ title }) => title),
    );
  const figures = (service: NotificationsService) => service.status()[0]!;

  it('tells each once, what happens together in one message, in its order', async () => {
    const service = start();
    for (let i = 0; i < 30; i++) service.notify(news(`n${i}`));
    await eventually(() => titles().length === 30);
    expect(titles()).toEqual(Array.from({ length: 30 }, (_, i) => `n${i}`));
    expect(server.received.length).toBeLessThan(4);
    await eventually(() => figures(service).sent === server.received.length);
    expect(figures(service)).toMatchObject({ waiting: 0, dropped: 0, failed: 0, retried: 0 });
  });

  it('tells of the kinds that were chosen, and of no other', async () => {
    const service = start([webhook()], {}, address, ['breaker', 'trade']);
    for (const kind of NOTIFICATION_KINDS) service.notify({ ...news(kind), kind, severity: 'critical' });
    service.notify({ ...news('last'), kind: 'trade' });
    await eventually(() => titles().includes('last'));
    expect(titles()).toEqual(['trade', 'breaker', 'last']);
  });

  it('tells by every channel, each at its address', async () => {
    const service = start([
      telegram(),
      new DiscordChannel({ url: `${server.url}/api/webhooks/1/x` }),
      webhook(),
    ]);
    service.notify(news('<b>&'));
    await eventually(() => server.received.length === 3);
    expect(server.received.map(({ path }) => path).sort()).toEqual([
      '/api/webhooks/1/x',
      `/bot${TOKEN}/sendMessage`,
      '/hook',
    ]);
    expect(server.received.find(({ path }) => path.startsWith('/bot'))!.body).toContain('&lt;b&gt;&amp;');
  });

  it('keeps silent for as long as a 429 asks, in its body, and loses nothing', async () => {
    server.script.push({ status: 429, body: '{"ok":false,"parameters":{"retry_after":1}}' });
    const service = start([telegram()]);
    service.notify(news('first'));
    await eventually(() => server.received.length === 1);
    service.notify(news('second'));
    await eventually(() =>
      server.received
        .map(({ body }) => body)
        .join()
        .includes('second'),
    );
    const [refused, ...after] = server.received;
    for (const { atMs } of after) expect(atMs - refused!.atMs).toBeGreaterThanOrEqual(990);
    const told = after.map(({ body }) => body).join();
    expect([told.split('first').length, told.split('second').length]).toEqual([2, 2]);
    expect(figures(service)).toMatchObject({ limited: 1, failed: 0, retried: 0 });
  });

  it('keeps the gap between two messages', async () => {
    const gapMs = 500;
    const service = start([webhook()], { gapMs, gatherMs: 1 });
    for (const title of ['a', 'b', 'c']) {
      service.notify(news(title, 'critical'));
      await eventually(() => titles().includes(title));
    }
    const times = server.received.map(({ atMs }) => atMs);
    // Counted from the sending: what a busy machine receives late is followed the sooner. Without a gap it is some milliseconds.
    for (let i = 1; i < times.length; i++)
      expect(times[i]! - times[i - 1]!).toBeGreaterThanOrEqual(gapMs / 2);
  });

  it('tries again what failed, and what was not answered', async () => {
    server.script.push({ status: 500 }, 'silence', { status: 502, body: '<html>' });
    const service = start();
    service.notify(news('a'));
    await eventually(() => figures(service).sent === 1);
    expect(server.received).toHaveLength(4);
    // The same message: a receiver can tell by its id.
    expect(new Set(server.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(figures(service)).toMatchObject({ retried: 3, failed: 0 });
  });

  it('gives up what is refused, and goes on', async () => {
    server.script.push({ status: 401, body: `{"description":"bad ${TOKEN}"}` });
    const service = start([telegram()]);
    service.notify(news('a'));
    await eventually(() => figures(service).failed === 1);
    service.notify(news('b'));
    await eventually(() => figures(service).sent === 1);
    expect(server.received).toHaveLength(2);
  });

  it('gives up after so many attempts', async () => {
    for (let i = 0; i < 3; i++) server.script.push({ status: 500 });
    const service = start([webhook()], { attempts: 3 });
    service.notify(news('a'));
    await eventually(() => figures(service).failed === 1);
    expect(server.received).toHaveLength(3);
  });

  it('outlives a host that is away: what was said meanwhile comes once, however often we start', async () => {
    const { port } = server;
    const here = webhook();
    await server.close();
    const first = start([here]);
    first.notify(news('a'));
    await eventually(() => figures(first).retried > 0);
    first.notify(news('b'));
    await first.close();
    const second = start([here]);
    second.notify(news('c'));
    await eventually(() => figures(second).waiting === 0);
    await second.close();
    server = await ChannelServer.start(port);
    const third = start([here]);
    await eventually(() => titles().length >= 3);
    await third.close();
    const fourth = start([here]);
    fourth.notify(news('d'));
    await eventually(() => titles().includes('d'));
    expect(titles().sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('drops the least important when a channel is away for too long, tells how many, and grows no further', async () => {
    const here = webhook();
    const { port } = server;
    await server.close();
    const service = start([here], { capacity: 5, queued: 1, attempts: 1000 });
    service.notify(news('queued'));
    await eventually(() => figures(service).retried > 0 && figures(service).waiting === 0);
    service.notify(news('halt', 'critical'));
    for (let i = 0; i < 100; i++) service.notify(news(`n${i}`));
    expect(figures(service)).toMatchObject({ waiting: 5, dropped: 96 });
    server = await ChannelServer.start(port);
    await eventually(() => titles().includes('n99'));
    expect(titles().sort()).toEqual(['halt', 'n96', 'n97', 'n98', 'n99', 'queued']);
    const dropped = server.received.map(({ body }) => (JSON.parse(body) as { dropped: number }).dropped);
    expect(dropped.reduce((sum, each) => sum + each)).toBe(96);
  });

  it('waits for a queue that is away without holding anybody up', async () => {
    const { proxy, address: cuttable } = await throughProxy(address);
    try {
      const service = start([webhook()], {}, cuttable);
      service.notify(news('a'));
      await eventually(() => titles().length === 1);
      proxy.cut();
      for (let i = 0; i < 3; i++) service.notify(news(`b${i}`));
      await eventually(() => figures(service).waiting === 3);
      proxy.restore();
      await eventually(() => titles().length === 4);
      expect(titles()).toEqual(['a', 'b0', 'b1', 'b2']);
      await service.close();
    } finally {
      await proxy.close();
    }
  });

  it('lets no secret into logs, queue or figures', async () => {
    const where = server.url;
    server.script.push({ status: 500 }, 'silence', { status: 404, body: `{"description":"${TOKEN}"}` });
    const service = start([telegram()]);
    service.notify(news('a'));
    await eventually(() => figures(service).failed === 1);
    const told = `${log.join('\n')}${JSON.stringify(service.status())}`;
    expect(told).toContain('telegram');
    for (const secret of [TOKEN, SECRET, where]) expect(told).not.toContain(secret);
  });
}

it('does nothing at all where nothing is configured', async () => {
  const service = new NotificationsService({
    channels: [],
    kinds: NOTIFICATION_KINDS,
    origin: { exchange: 'emulator', mode: 'paper' },
    settings: FAST,
    backend: () => Promise.reject(new Error('nobody asks')),
    queuePrefix: () => Promise.reject(new Error('nobody asks')),
  });
  service.onModuleInit();
  service.notify(news('a'));
  expect(service.status()).toEqual([]);
  await service.close();
});
