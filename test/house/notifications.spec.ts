/** What docs/notifications.md promises those who receive our webhook. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { AppConfig } from '@slt/config';
import { NOTIFICATION_KINDS } from '@slt/domain';
import { SEVERITIES } from '@slt/notifications';
import Ajv from 'ajv';
import type { Batch } from '../../libs/notifications/src/core/notification';
import { WebhookChannel } from '../../libs/notifications/src/channels/webhook';

const DOCS = path.resolve(__dirname, '../../docs');
const guide = readFileSync(path.join(DOCS, 'notifications.md'), 'utf8');
const schema = JSON.parse(readFileSync(path.join(DOCS, 'notifications.schema.json'), 'utf8')) as {
  properties: { notifications: { items: { properties: Record<'kind' | 'severity', { enum: string[] }> } } };
};
const secret = 'a-secret-of-sixteen';
const batch: Batch = {
  id: 'a',
  origin: { exchange: 'emulator', mode: 'paper' },
  notifications: [
    { id: 'n', kind: 'trade', severity: 'info', at: 1.5, title: 'é<', text: '', facts: { r: 1, x: null } },
  ],
  dropped: 0,
};
const { headers, body } = new WebhookChannel({ url: 'http://x.test', secret }).request(batch, Date.now());

/** The function of the guide, on its own in a process of its own. */
function verdict(given: { headers: object; body: string; secret: string }): string {
  const [, code] = /```js\n([^]*?)```/.exec(guide)!;
  const call = `console.log(isGenuine(${JSON.stringify(given.headers)}, ${JSON.stringify(given.body)}, '${given.secret}'))`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', `${code}\n${call}`], {
    encoding: 'utf8',
  }).trim();
}

describe('the webhook as documented', () => {
  it('has a payload of the schema', () => {
    const validate = new Ajv({ strict: false }).compile(schema);
    expect([validate(JSON.parse(body)), validate.errors]).toEqual([true, null]);
    expect(validate({ ...(JSON.parse(body) as object), version: 2 })).toBe(false);
    const { kind, severity } = schema.properties.notifications.items.properties;
    expect([kind.enum, severity.enum]).toEqual([[...NOTIFICATION_KINDS], [...SEVERITIES]]);
  });

  it('is verified by the function of the guide, and nothing else is', () => {
    const late = { ...headers, 'webhook-timestamp': '1' };
    expect([
      verdict({ headers, body, secret }),
      verdict({ headers, body: `${body} `, secret }),
      verdict({ headers, body, secret: 'another-secret-of-us' }),
      verdict({ headers: late, body, secret }),
    ]).toEqual(['true', 'false', 'false', 'false']);
  });

  it('tells every kind', () => {
    expect(NOTIFICATION_KINDS.filter((kind) => !guide.includes(`| \`${kind}\``))).toEqual([]);
    expect(new AppConfig().NOTIFY).toEqual(NOTIFICATION_KINDS);
  });
});
