/** Who may call: API keys with their secrets, the account each belongs to, and what it may do. */
import { createHash } from 'node:crypto';
import { AppError } from '@slt/domain';

/** The pair that works out of the box, so that live mode can be tried without an account anywhere. No secret at all. */
export const DEFAULT_API_KEY = 'emulator'.padEnd(64, 'Key');
export const DEFAULT_API_SECRET = 'emulator'.padEnd(64, 'Secret');

/** What keys look like; anything else that is not known either is -2014. */
const KEY_FORMAT = /^[A-Za-z0-9]{64}$/;

export interface ApiKey {
  readonly apiKey: string;
  readonly apiSecret: string;
  /** Several keys may belong to one account. */
  readonly account: string;
  /** Whether it may change anything; every key may read. */
  readonly canTrade: boolean;
  /** Addresses it may be used from; undefined: any. */
  readonly ips?: readonly string[];
}

/** What an account is created with; what is left out is made up. */
export type NewApiKey = Partial<ApiKey>;

export class ApiKeys {
  private readonly byKey = new Map<string, ApiKey>();

  /** @throws AppError invalid `EMULATOR.API_KEY` if the key exists */
  add(given: NewApiKey): ApiKey {
    const number = this.byKey.size + 1;
    const key: ApiKey = {
      apiKey: given.apiKey ?? invented(`key ${number}`),
      apiSecret: given.apiSecret ?? invented(`secret ${number}`),
      account: given.account ?? `account-${number}`,
      canTrade: given.canTrade ?? true,
      ...(given.ips === undefined ? {} : { ips: given.ips }),
    };
    if (this.byKey.has(key.apiKey)) {
      throw new AppError('invalid', 'EMULATOR.API_KEY', 'there is an account with this API key already');
    }
    this.byKey.set(key.apiKey, key);
    return key;
  }

  find(apiKey: string): ApiKey | undefined {
    return this.byKey.get(apiKey);
  }

  /** @throws AppError not-found `EMULATOR.API_KEY` */
  known(apiKey: string): ApiKey {
    const key = this.byKey.get(apiKey);
    if (key === undefined) throw new AppError('not-found', 'EMULATOR.API_KEY', 'there is no such API key');
    return key;
  }
}

export function hasKeyFormat(text: string): boolean {
  return KEY_FORMAT.test(text);
}

/** The same in every run, so that a script can name it beforehand. */
function invented(seed: string): string {
  return createHash('sha256').update(`slt emulator ${seed}`).digest('hex');
}
