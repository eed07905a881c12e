/** Whose journal it is. The id begins with the mode, which the database checks: paper and live never mix. */
import { createHash } from 'node:crypto';
import { AppError } from '@slt/domain';

export type AccountMode = 'paper' | 'live';

const ACCOUNT_ID = /^(paper|live)(:[\w.-]{1,80})?$/;
const FINGERPRINT_LENGTH = 16;

/** @param name tells paper accounts of different markets apart, such as `binance` and `emulator` */
export function paperAccountId(name?: string): string {
  return name === undefined ? 'paper' : `paper:${name}`;
}

/** A fingerprint of the key, which cannot be turned back: the key itself never reaches the database. */
export function liveAccountId(apiKey: string): string {
  return `live:${createHash('sha256').update(apiKey).digest('hex').slice(0, FINGERPRINT_LENGTH)}`;
}

/** @throws AppError invalid, `TRADING.ACCOUNT_ID` */
export function modeOfAccount(account: string): AccountMode {
  const mode = ACCOUNT_ID.exec(account)?.[1];
  if (mode !== 'paper' && mode !== 'live') {
    throw new AppError('invalid', 'TRADING.ACCOUNT_ID', `"${account}" is not an account id`);
  }
  return mode;
}
