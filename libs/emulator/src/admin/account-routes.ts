/** Accounts, seen from the emulator's side: make them, move money, kill listen keys, move prices, and audit. */
import { AppError, type UtcMs } from '@slt/domain';
import type { NewApiKey } from '../account/api-keys';
import { DEAD_KEY_CONNECTIONS, type DeadKeyConnections } from '../faults/account-fault-rule';
import { instantOf, type AdminContext, type AdminRoute, type Call } from './admin-route';

export const ACCOUNT_ADMIN_ROUTES: readonly AdminRoute[] = [
  {
    method: 'GET',
    path: '/emulator/ledger',
    summary:
      'everything that ever happened in an account, and what is open: ?apiKey (default: of the first one)',
    handle: ({ accounts }, { query }) => accounts.ledger(query.apiKey),
  },
  {
    method: 'POST',
    path: '/emulator/accounts',
    summary:
      'a new key: {"apiKey","apiSecret","account","balance":"10000","canTrade":true,"ips":[…]}, all optional; an account that exists gets one key more',
    handle: createAccount,
  },
  {
    method: 'POST',
    path: '/emulator/transfer',
    summary: 'deposit, or withdraw with a minus: {"amount":"500","apiKey":<default: of the first account>}',
    handle: transfer,
  },
  {
    method: 'POST',
    path: '/emulator/listen-keys/kill',
    summary:
      'listen keys die at once: {"apiKey":<default: all>,"connections":"silent"|"closed"|"told"}, both optional',
    handle: killListenKeys,
  },
  {
    method: 'POST',
    path: '/emulator/prices',
    summary:
      'multiply the prices of a symbol, or a list, from the next candle on: {"symbol","factor":0.95,"from":<exchange ms>,"until":<exchange ms>}, the last two optional',
    handle: shiftPrices,
  },
];

function createAccount({ accounts }: AdminContext, { body }: Call): unknown {
  const problems = [
    ...['apiKey', 'apiSecret', 'account', 'balance'].filter((name) => !isTextOrMissing(body[name])),
    ...(body.canTrade === undefined || typeof body.canTrade === 'boolean' ? [] : ['canTrade']),
    ...(body.ips === undefined || (Array.isArray(body.ips) && body.ips.every(isText)) ? [] : ['ips']),
  ];
  if (problems.length > 0) {
    throw new AppError('invalid', 'EMULATOR.ACCOUNT', `these fields are wrong: ${problems.join(', ')}`);
  }
  const { apiKey, apiSecret, account } = accounts.accounts.create(body as NewApiKey & { balance?: string });
  return { apiKey, apiSecret, account };
}

function transfer({ accounts }: AdminContext, { body }: Call): unknown {
  const { amount, apiKey } = body;
  const text = typeof amount === 'number' ? String(amount) : amount;
  if (typeof text !== 'string' || !/^-?\d{1,15}(\.\d{1,8})?$/.test(text) || Number(text) === 0) {
    throw new AppError('invalid', 'EMULATOR.AMOUNT', 'amount must be USDT like "500" or "-12.5", and not 0');
  }
  accounts.transfer(text, keyOf(apiKey));
  return { transferred: text };
}

function killListenKeys({ accounts }: AdminContext, { body }: Call): unknown {
  const { connections = 'silent' } = body;
  if (!(DEAD_KEY_CONNECTIONS as readonly unknown[]).includes(connections)) {
    const expected = DEAD_KEY_CONNECTIONS.join(', ');
    throw new AppError('invalid', 'EMULATOR.CONNECTIONS', `connections must be one of ${expected}`);
  }
  const apiKey = keyOf(body.apiKey);
  const names =
    apiKey === undefined ? accounts.listenKeys.accounts() : [accounts.accounts.keys.known(apiKey).account];
  const killed = names.filter((name) => accounts.streams.killKey(name, connections as DeadKeyConnections));
  return { killed: killed.length };
}

function shiftPrices({ exchange, accounts }: AdminContext, { body }: Call): unknown {
  const { symbol, factor } = body;
  const symbols = (Array.isArray(symbol) ? symbol : [symbol]) as unknown[];
  if (!symbols.every(isText) || symbols.length === 0 || typeof factor !== 'number') {
    throw new AppError(
      'invalid',
      'EMULATOR.PRICES',
      'the body needs a symbol or a list of them, and a factor',
    );
  }
  const unknown = symbols.find((each) => exchange.market.find(each) === undefined);
  if (unknown !== undefined) throw new AppError('not-found', 'MARKET.SYMBOL', `${unknown} is not listed`);
  const now = exchange.time.now();
  const span = { ...optionalInstant(body.from, 'from'), ...optionalInstant(body.until, 'until') };
  // What was before is judged by the prices that were.
  accounts.advance(now);
  return symbols.map((each) => ({
    symbol: each,
    factor,
    ...exchange.market.shiftPrice({ symbol: each, factor, ...span }, now),
  }));
}

function optionalInstant(value: unknown, name: 'from' | 'until'): Partial<Record<'from' | 'until', UtcMs>> {
  return value === undefined ? {} : { [name]: instantOf(value, name, 0) };
}

function keyOf(value: unknown): string | undefined {
  if (isTextOrMissing(value)) return value;
  throw new AppError('invalid', 'EMULATOR.API_KEY', 'apiKey must be a text');
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isTextOrMissing(value: unknown): value is string | undefined {
  return value === undefined || isText(value);
}
