/** The last net under the redaction of fields: no known secret leaves in any line, wherever it stands. */
import type { AppConfig } from '@slt/config';

export const CENSOR = '[redacted]';

/** Fields whose value never belongs in a log, at the places where libraries put them. */
export const REDACTED_PATHS = [
  'apiKey',
  'apiSecret',
  'password',
  'token',
  'authorization',
  'signature',
  'config',
  'request',
  'response',
  'headers',
].flatMap((name) => [name, `*.${name}`, `err.cause.${name}`]);

const ALWAYS_SECRET = [
  /(?<=[?&]signature=)[0-9a-f]+/gi,
  /(?<=[?&](?:listenKey|apiKey)=)[^&\s"']+/gi,
  /(?<=\b(?:postgres(?:ql)?|rediss?):\/\/[^:@\s/]*:)[^@\s]+(?=@)/gi,
  /(?<=\/bot)\d+:[\w-]{20,}/g,
  /(?<=\/api(?:\/v\d+)?\/webhooks\/\d+\/)[\w-]{20,}/g,
  /(?<=\bBearer )[\x21-\x7e]{8,}/gi,
];

/** A function that blanks the configured secrets, and whatever looks like one, in a text. */
export function createCensor(config: Partial<AppConfig>): (text: string) => string {
  const known = [
    config.API_TOKEN,
    config.BINANCE_API_KEY,
    config.BINANCE_API_SECRET,
    config.TELEGRAM_TOKEN,
    config.DISCORD_WEBHOOK_URL,
    config.WEBHOOK_URL,
    config.WEBHOOK_SECRET,
  ].filter((secret): secret is string => secret !== undefined && secret.length >= 8);
  const literals = known.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  return (text) => {
    let clean = text;
    for (const literal of literals) clean = clean.replaceAll(literal, CENSOR);
    for (const pattern of ALWAYS_SECRET) clean = clean.replace(pattern, CENSOR);
    return clean;
  };
}
