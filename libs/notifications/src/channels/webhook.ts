/** A webhook of the user's own: JSON, signed by the Standard Webhooks specification. See docs/notifications.md. */
import { createHmac } from 'node:crypto';
import { type Answer, readAnswer, type ServerAnswer } from '../core/answer';
import type { Batch, Notification } from '../core/notification';
import type { Channel, Outgoing } from './channel';

const MOST_AT_ONCE = 50;
const PREFIX = 'whsec_';

export class WebhookChannel implements Channel {
  readonly name = 'webhook';
  readonly gapMs = 250;

  constructor(private readonly options: { url: string; secret: string }) {}

  fits(notifications: readonly Notification[]): number {
    return Math.max(1, Math.min(MOST_AT_ONCE, notifications.length));
  }

  request(batch: Batch, now: number): Outgoing {
    const timestamp = Math.floor(now / 1000);
    const { id, origin, notifications, dropped } = batch;
    const body = JSON.stringify({ version: 1, id, origin, notifications, dropped });
    return {
      url: this.options.url,
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': sign(this.options.secret, { id, timestamp, body }),
      },
      body,
    };
  }

  read(answer: ServerAnswer, now: number): Answer {
    return readAnswer(answer, undefined, now);
  }
}

/** `v1,` and the HMAC-SHA256 of `id.timestamp.body` in base64; a secret with `whsec_` before it is base64 itself. */
export function sign(secret: string, message: { id: string; timestamp: number; body: string }): string {
  const key = secret.startsWith(PREFIX)
    ? Buffer.from(secret.slice(PREFIX.length), 'base64')
    : Buffer.from(secret, 'utf8');
  const signed = `${message.id}.${message.timestamp}.${message.body}`;
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}
