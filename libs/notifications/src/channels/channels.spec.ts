import { createHmac } from 'node:crypto';
import { loadConfig } from '@slt/config';
import type { Batch } from '../core/notification';
import { configuredChannels } from './configured';
import { DiscordChannel } from './discord';
import { TelegramChannel } from './telegram';
import { sign, WebhookChannel } from './webhook';

const batch: Batch = {
  id: 'msg-1',
  origin: { exchange: 'emulator', mode: 'paper' },
  notifications: [
    { id: 'n', kind: 'trade', severity: 'info', at: 0, title: 'A<B', text: '', facts: { netPnl: 1.5 } },
  ],
  dropped: 0,
};
const answer = (status: number, body: unknown = {}, headers = {}) => ({ status, body, headers });

describe('Telegram', () => {
  const channel = new TelegramChannel({ apiUrl: 'https://tg.test/', token: '1:abc', chatId: '-100' });

  it('is told by sendMessage, as HTML, quietly where it does not matter', () => {
    const { url, body } = channel.request(batch);
    expect(url).toBe('https://tg.test/bot1:abc/sendMessage');
    expect(JSON.parse(body)).toMatchObject({
      chat_id: '-100',
      parse_mode: 'HTML',
      text: expect.stringContaining('<b>A&lt;B</b>') as string,
      disable_notification: true,
    });
  });

  it('says in its body how long to wait', () => {
    expect(channel.read(answer(429, { ok: false, parameters: { retry_after: 7 } }), 0)).toEqual({
      kind: 'wait',
      pauseMs: 7000,
    });
  });

  it('never gets more than one a second, nor more than twenty in any minute', () => {
    expect(channel.gapMs).toBeGreaterThanOrEqual(1000);
    // The first and the twenty-first of a row.
    expect(20 * channel.gapMs).toBeGreaterThan(60_000);
  });
});

describe('Discord', () => {
  const channel = new DiscordChannel({ url: 'https://discord.test/api/webhooks/1/abc' });

  it('is told in Markdown and calls nobody', () => {
    expect(JSON.parse(channel.request(batch).body)).toEqual({
      content: expect.stringContaining('**A\\<B**') as string,
      allowed_mentions: { parse: [] },
    });
  });

  it('says how long to wait, in fractions of seconds, also before it is too late', () => {
    expect(channel.read(answer(429, { retry_after: 0.65, global: false }), 0)).toEqual({
      kind: 'wait',
      pauseMs: 650,
    });
    const spent = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': '1.2' };
    expect(channel.read(answer(204, undefined, spent), 0)).toEqual({ kind: 'delivered', pauseMs: 1200 });
    const left = { ...spent, 'x-ratelimit-remaining': '1' };
    expect(channel.read(answer(204, undefined, left), 0)).toEqual({ kind: 'delivered', pauseMs: 0 });
  });

  it('never gets more than five in two seconds, nor more than thirty in any minute', () => {
    expect(5 * channel.gapMs).toBeGreaterThan(2_000);
    expect(30 * channel.gapMs).toBeGreaterThan(60_000);
  });
});

describe('the webhook', () => {
  it('is signed over id, time and body', () => {
    const channel = new WebhookChannel({ url: 'https://mine.test/x', secret: 'a-secret-of-sixteen' });
    const { headers, body } = channel.request(batch, 1_700_000_000_999);
    const expected = createHmac('sha256', 'a-secret-of-sixteen')
      .update(`msg-1.1700000000.${body}`)
      .digest('base64');
    expect(headers).toEqual({
      'content-type': 'application/json',
      'webhook-id': 'msg-1',
      'webhook-timestamp': '1700000000',
      'webhook-signature': `v1,${expected}`,
    });
    expect(JSON.parse(body)).toEqual({ version: 1, ...batch });
  });

  it('agrees with the example of the specification', () => {
    expect(
      sign('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', {
        id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        timestamp: 1_614_265_330,
        body: '{"test": 2432232314}',
      }),
    ).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });
});

describe('the environment', () => {
  it('names the channels', () => {
    const token = `1:${'a'.repeat(35)}`;
    expect(configuredChannels(loadConfig({}))).toEqual([]);
    const all = configuredChannels(
      loadConfig({
        TELEGRAM_TOKEN: token,
        TELEGRAM_CHAT_ID: '@mine',
        DISCORD_WEBHOOK_URL: 'https://discord.test/api/webhooks/1/abc',
        WEBHOOK_URL: 'http://localhost:1/x',
        WEBHOOK_SECRET: 's'.repeat(16),
      }),
    );
    expect(all.map(({ name }) => name)).toEqual(['telegram', 'discord', 'webhook']);
    expect(all[0]!.request(batch, 0).url).toBe(`https://api.telegram.org/bot${token}/sendMessage`);
  });

  it('is refused where one setting says nothing without another, without telling the secret', () => {
    const secrets = { TELEGRAM_TOKEN: 'not-a-token-but-secret', WEBHOOK_URL: 'ftp://secret.test' };
    const load = (): unknown => loadConfig(secrets);
    expect(load).toThrow(/TELEGRAM_TOKEN and TELEGRAM_CHAT_ID need one another/);
    expect(load).toThrow(/WEBHOOK_URL and WEBHOOK_SECRET need one another/);
    expect(load).not.toThrow(/not-a-token-but|secret\.test/);
  });
});
