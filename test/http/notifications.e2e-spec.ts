/** The trader tells by all its channels, and its secrets to nobody else. */
import { ChannelServer } from '../../libs/notifications/src/testing/channel-server';
import { eventually } from '../support/eventually';
import { startTrader, type TestTrader } from './support/start-trader';

const TOKEN = `42:${'t'.repeat(35)}`;
const SECRET = 'a-secret-of-sixteen';
const HOOK = '/services/secret-path';

describe('notifications of a trader', () => {
  let server: ChannelServer;
  let trader: TestTrader;

  beforeAll(async () => {
    server = await ChannelServer.start();
    trader = await startTrader({
      environment: {
        TELEGRAM_TOKEN: TOKEN,
        TELEGRAM_CHAT_ID: '7',
        TELEGRAM_API_URL: server.url,
        DISCORD_WEBHOOK_URL: `${server.url}/api/webhooks/1/secret-of-discord`,
        WEBHOOK_URL: `${server.url}${HOOK}`,
        WEBHOOK_SECRET: SECRET,
      },
    });
  });
  afterAll(async () => {
    await trader.close();
    await server.close();
  });

  const told = (): string[] =>
    server.received
      .filter(({ path }) => path === HOOK)
      .flatMap(({ body }) => (JSON.parse(body) as { notifications: { title: string }[] }).notifications)
      .map(({ title }) => title);

  it('tells of the service, its data, and of trading', async () => {
    await eventually(() => told().includes('Market data ready'));
    await fetch(`${trader.url}/v1/trading/start`, { method: 'POST' });
    await eventually(() => told().includes('Trading started'));
    await fetch(`${trader.url}/v1/trading/halt`, { method: 'POST' });
    await eventually(() => told().includes('Trading halted'));
    await fetch(`${trader.url}/v1/trading/stop`, { method: 'POST' });
    await eventually(() => told().includes('Trading stopped'));
    expect(told()).toEqual([
      'Service started',
      'Market data ready',
      'Trading started',
      'Trading halted',
      'Trading stopped',
    ]);
    expect(new Set(server.received.map(({ path }) => path)).size).toBe(3);
  });

  it('counts messages, and keeps its secrets', async () => {
    const pages = await Promise.all(
      ['/metrics', '/docs-json', '/health/ready', '/v1/trading'].map(async (path) => {
        const response = await fetch(`${trader.url}${path}`);
        return response.text();
      }),
    );
    const all = pages.join('\n');
    expect(all).toMatch(/slt_notifications_sent_total\{channel="webhook"\} [1-9]/);
    expect(all).toContain('slt_notifications_enabled{channel="telegram"} 1');
    for (const secret of [TOKEN, SECRET, HOOK, 'secret-of-discord']) expect(all).not.toContain(secret);
  });
});
