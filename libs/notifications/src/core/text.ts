/** Notifications as text for people. Values come from an exchange: whatever they hold, they are shown and never obeyed. */
import type { Batch, Notification, Severity } from './notification';

export type Escape = (value: string) => string;

export interface TextStyle {
  readonly escape: Escape;
  /** Of escaped text. */
  readonly strong: (text: string) => string;
  /** Most characters a message may have. */
  readonly limit: number;
}

const MAX_TITLE = 120;
const MAX_TEXT = 400;
const ICONS: Readonly<Record<Severity, string>> = { info: '🔹', warning: '⚠️', critical: '🛑' };
/** For the last line: who speaks, and what was dropped. */
const FOOTER_ROOM = 160;

/** For Telegram's `parse_mode: HTML`. */
export const escapeHtml: Escape = (value) =>
  value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Discord takes the backslash away before any punctuation; a colon makes links, an at sign and `<` mentions. */
export const escapeDiscord: Escape = (value) => value.replace(/[\\`*_~|>#[\]()<:@-]/g, '\\$&');

/** One line of what can be seen: no line breaks, no controls, nothing that turns the direction of writing. */
export function plain(value: string, maxLength: number): string {
  const line = value
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
  const characters = [...line];
  return characters.length <= maxLength ? line : `${characters.slice(0, maxLength - 1).join('')}…`;
}

/** `🔹 07:12:03 Title · text`; times are UTC. */
export function lineOf({ severity, at, title, text }: Notification, { escape, strong }: TextStyle): string {
  const time = escape(new Date(at).toISOString().slice(11, 19));
  const rest = plain(text, MAX_TEXT);
  const head = `${ICONS[severity]} ${time} ${strong(escape(plain(title, MAX_TITLE)))}`;
  return rest === '' ? head : `${head} · ${escape(rest)}`;
}

export function messageOf(batch: Batch, style: TextStyle): string {
  const { origin, dropped } = batch;
  const { escape } = style;
  const lines = batch.notifications.map((each) => lineOf(each, style));
  const money = origin.mode === 'live' ? style.strong('LIVE') : 'paper';
  const footer = `SelfLearningTrader, ${money} on ${escape(plain(origin.exchange, 20))}, times in UTC`;
  const gap = dropped === 0 ? [] : [escape(`… and ${dropped} less important dropped`)];
  return [...lines, ...gap, footer].join('\n');
}

/** How many of the first fit one message; at least one, which always does. */
export function countThatFits(notifications: readonly Notification[], style: TextStyle): number {
  let room = style.limit - FOOTER_ROOM;
  let count = 0;
  for (const notification of notifications) {
    room -= lineOf(notification, style).length + 1;
    if (room < 0) break;
    count++;
  }
  return Math.max(1, count);
}
