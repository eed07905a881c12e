/**
 * A webhook of a Discord channel. Limits: five messages in two seconds, thirty in a minute; what is left of them comes
 * with each answer. https://discord.com/developers/docs/topics/rate-limits
 */
import { type Answer, field, readAnswer, secondsOf, type ServerAnswer } from '../core/answer';
import type { Batch, Notification } from '../core/notification';
import { countThatFits, escapeDiscord, messageOf, type TextStyle } from '../core/text';
import type { Channel, Outgoing } from './channel';

const STYLE: TextStyle = { escape: escapeDiscord, strong: (text) => `**${text}**`, limit: 2000 };

export class DiscordChannel implements Channel {
  readonly name = 'discord';
  /** 30 × 2.05 s is more than a minute, and five take more than two seconds. */
  readonly gapMs = 2_050;

  constructor(private readonly options: { url: string }) {}

  fits(notifications: readonly Notification[]): number {
    return countThatFits(notifications, STYLE);
  }

  request(batch: Batch): Outgoing {
    return {
      url: this.options.url,
      headers: { 'content-type': 'application/json' },
      // Nobody is called, whatever a value holds.
      body: JSON.stringify({ content: messageOf(batch, STYLE), allowed_mentions: { parse: [] } }),
    };
  }

  read(answer: ServerAnswer, now: number): Answer {
    const read = readAnswer(answer, secondsOf(field(answer.body, 'retry_after')), now);
    if (read.kind !== 'delivered' || answer.headers['x-ratelimit-remaining'] !== '0') return read;
    const resetMs = secondsOf(Number(answer.headers['x-ratelimit-reset-after'])) ?? 0;
    return { kind: 'delivered', pauseMs: Math.ceil(resetMs) };
  }
}
