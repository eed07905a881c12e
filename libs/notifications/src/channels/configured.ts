import type { AppConfig } from '@slt/config';
import type { Channel } from './channel';
import { DiscordChannel } from './discord';
import { TelegramChannel } from './telegram';
import { WebhookChannel } from './webhook';

/** Those that the environment names; none by default. */
export function configuredChannels(config: AppConfig): Channel[] {
  const { TELEGRAM_TOKEN: token, TELEGRAM_CHAT_ID: chatId, TELEGRAM_API_URL: apiUrl } = config;
  const { DISCORD_WEBHOOK_URL: discord, WEBHOOK_URL: url, WEBHOOK_SECRET: secret } = config;
  const channels: Channel[] = [];
  if (token !== undefined && chatId !== undefined) {
    channels.push(new TelegramChannel({ apiUrl, token, chatId }));
  }
  if (discord !== undefined) channels.push(new DiscordChannel({ url: discord }));
  if (url !== undefined && secret !== undefined) channels.push(new WebhookChannel({ url, secret }));
  return channels;
}
