/** A way to reach people or programs; Telegram, Discord and the webhook each are one. */
import type { Answer, ServerAnswer } from '../core/answer';
import type { Batch, Notification } from '../core/notification';

export const CHANNEL_NAMES = ['telegram', 'discord', 'webhook'] as const;
export type ChannelName = (typeof CHANNEL_NAMES)[number];

/** Never logged: address and headers may hold secrets. */
export interface Outgoing {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Channel {
  readonly name: ChannelName;
  /** From the start of a message to that of the next: keeps every limit that the server has, in any window. */
  readonly gapMs: number;
  /** How many of the first go into one message; at least 1. */
  fits(notifications: readonly Notification[]): number;
  /** @param now wall clock */
  request(batch: Batch, now: number): Outgoing;
  read(answer: ServerAnswer, now: number): Answer;
}
