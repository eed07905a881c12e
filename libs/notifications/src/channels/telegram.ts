/**
 * Telegram's Bot API, sendMessage. Limits: one message a second and twenty a minute in one chat.
 * https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
 */
import { type Answer, field, readAnswer, secondsOf, type ServerAnswer } from '../core/answer';
import type { Batch, Notification } from '../core/notification';
import { countThatFits, escapeHtml, messageOf, type TextStyle } from '../core/text';
import type { Channel, Outgoing } from './channel';

const STYLE: TextStyle = { escape: escapeHtml, strong: (text) => `<b>${text}</b>`, limit: 4096 };

export class TelegramChannel implements Channel {
  readonly name = 'telegram';
  /** 20 × 3.1 s is more than a minute. */
  readonly gapMs = 3_100;

  constructor(private readonly options: { apiUrl: string; token: string; chatId: string }) {}

  fits(notifications: readonly Notification[]): number {
    return countThatFits(notifications, STYLE);
  }

  request(batch: Batch): Outgoing {
    const { apiUrl, token, chatId } = this.options;
    const body = {
      chat_id: chatId,
      text: messageOf(batch, STYLE),
      parse_mode: 'HTML',
      link_preview_options: { is_disabled: true },
      disable_notification: batch.notifications.every(({ severity }) => severity === 'info'),
    };
    return {
      url: `${apiUrl.replace(/\/+$/, '')}/bot${token}/sendMessage`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
  }

  read(answer: ServerAnswer, now: number): Answer {
    return readAnswer(answer, secondsOf(field(field(answer.body, 'parameters'), 'retry_after')), now);
  }
}
