import { loadConfig } from '@slt/config';
import { createLogger } from './pino-logger';

const MORE = ['ttttt', 'ddddd', 'secret-path', 'webhook-secret'];
const secret = 'k'.repeat(40);
const config = loadConfig({
  API_TOKEN: 'token-"quoted"-token',
  WEBHOOK_URL: 'https://hooks.test/services/secret-path',
  WEBHOOK_SECRET: 'webhook-secret-of-ours',
  BINANCE_API_SECRET: secret,
  LOG_LEVEL: 'trace',
});

function capture(): { lines: string[]; logger: ReturnType<typeof createLogger> } {
  const lines: string[] = [];
  return { lines, logger: createLogger(config, { write: (line) => void lines.push(line) }) };
}

describe('PinoLogger', () => {
  it('writes one JSON document a line, with level, time and context', () => {
    const { lines, logger } = capture();
    logger.warn('the stream is silent', 'Streams');
    expect(JSON.parse(lines[0]!)).toMatchObject({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      context: 'Streams',
      msg: 'the stream is silent',
    });
  });

  it('keeps the stack of an error', () => {
    const { lines, logger } = capture();
    logger.error(new Error('broken'), 'Cluster');
    expect(JSON.parse(lines[0]!)).toMatchObject({
      err: { message: 'broken', stack: expect.stringContaining('at ') },
    });
  });

  it.each([
    ['in a text', `failed with ${secret}`],
    ['in an error', new Error(`GET /order?signature=abcdef0123 with ${secret}`)],
    ['in a field', { apiSecret: secret, nested: { token: 'token-"quoted"-token' } }],
    ['in a URL', 'postgres://trader:pass-word@127.0.0.1/db'],
    ['in a header', { headers: { authorization: 'Bearer abcdefghijklmnop' } }],
    ['in the address of a bot', `POST https://api.telegram.org/bot123:${'t'.repeat(35)}/sendMessage`],
    ['in the address of a webhook', `https://discord.com/api/webhooks/12/${'d'.repeat(60)}`],
    ['in an address of ours', 'POST https://hooks.test/services/secret-path with webhook-secret-of-ours'],
    ['in an odd place', { anything: [`x token-"quoted"-token y`] }],
  ])('never writes a secret: %s', (_, message) => {
    const { lines, logger } = capture();
    logger.error(message);
    const text = lines.join('');
    expect(text).toContain('[redacted]');
    for (const leak of [secret, 'abcdef0123', 'quoted', 'pass-word', 'abcdefghijklmnop', ...MORE])
      expect(text).not.toContain(leak);
    for (const line of lines) expect(() => JSON.parse(line) as unknown).not.toThrow();
  });

  it('tells routes and modules of the framework to those who ask for detail only', () => {
    const { lines, logger } = capture();
    logger.log('Mapped {/, GET} route', 'RouterExplorer');
    expect(JSON.parse(lines[0]!)).toMatchObject({ level: 'debug' });
  });
});
