/**
 * Events of an account's own stream, wrapped (`{"stream":…,"data":…}`) or raw, in our words. From the reference's A6 and
 * Part B. Unknown keys are ignored and unknown events told as such, for the exchange adds both without notice.
 */
import { isAppError, type UtcMs } from '@slt/domain';
import {
  ALGO_STATUSES,
  type AlgoOrder,
  parseChild,
  PLAIN_STATUSES,
  type PlainOrder,
  SIDES,
} from './order-wire';
import {
  count,
  type DecimalText,
  decimal,
  flag,
  id,
  instant,
  isJson,
  type Json,
  list,
  object,
  optionalDecimal,
  optionalText,
  text,
  word,
} from './wire-fields';

/** One execution of an order, told with its update. */
export interface OrderTrade {
  readonly tradeId: string;
  readonly quantity: DecimalText;
  readonly price: DecimalText;
  /** Positive: paid. */
  readonly fee: DecimalText;
  /** '' where nothing was paid. */
  readonly feeAsset: string;
  readonly realizedPnl: DecimalText;
  readonly isMaker: boolean;
  readonly at: UtcMs;
}

export interface WalletChange {
  readonly asset: string;
  readonly walletBalance: DecimalText;
}

export interface PositionChange {
  readonly symbol: string;
  /** Signed. */
  readonly quantity: DecimalText;
  readonly entryPrice: DecimalText;
}

export interface CalledPosition {
  readonly symbol: string;
  readonly quantity: DecimalText;
  readonly markPrice: DecimalText;
  readonly maintenanceMargin: DecimalText;
}

export type UserEvent =
  | {
      readonly kind: 'order';
      readonly order: PlainOrder;
      /** The exchange's own word: NEW, TRADE, CANCELED, EXPIRED, CALCULATED, AMENDMENT. */
      readonly execution: string;
      readonly trade: OrderTrade | undefined;
      /** Why it expired, as the exchange numbers it; '0': it did not. */
      readonly expiryReason: string;
    }
  | { readonly kind: 'algo'; readonly algo: AlgoOrder }
  | {
      readonly kind: 'account';
      /** The exchange's own word: ORDER, FUNDING_FEE, … */
      readonly reason: string;
      /** Of a funding, where it is told. */
      readonly symbol: string | undefined;
      readonly wallets: readonly WalletChange[];
      readonly positions: readonly PositionChange[];
      readonly at: UtcMs;
    }
  | { readonly kind: 'margin-call'; readonly positions: readonly CalledPosition[]; readonly at: UtcMs }
  | { readonly kind: 'leverage'; readonly symbol: string; readonly leverage: number }
  | { readonly kind: 'assets-mode'; readonly isMultiAssets: boolean }
  | { readonly kind: 'key-expired' }
  /** Tells nothing that an order's update does not tell too. */
  | { readonly kind: 'trade-lite' }
  /** One that nobody has told us of, by its name. */
  | { readonly kind: 'unknown'; readonly event: string }
  | { readonly kind: 'malformed'; readonly reason: string };

export type UserEventOf<K extends UserEvent['kind']> = Extract<UserEvent, { kind: K }>;

/** @param message parsed without loss of digits; undefined: it was no JSON */
export function parseUserEvent(message: unknown): UserEvent {
  if (!isJson(message)) return { kind: 'malformed', reason: 'no JSON object' };
  const event = isJson(message['data']) ? message['data'] : message;
  try {
    return eventOf(event);
  } catch (error) {
    if (isAppError(error)) return { kind: 'malformed', reason: error.message };
    throw error;
  }
}

function eventOf(event: Json): UserEvent {
  switch (event['e']) {
    case 'ORDER_TRADE_UPDATE':
      return orderEvent(event);
    case 'ALGO_UPDATE':
      return { kind: 'algo', algo: algoOf(event) };
    case 'ACCOUNT_UPDATE':
      return accountEvent(event);
    case 'MARGIN_CALL':
      return marginCall(event);
    case 'ACCOUNT_CONFIG_UPDATE':
      return configEvent(event);
    case 'listenKeyExpired':
      return { kind: 'key-expired' };
    case 'TRADE_LITE':
      return { kind: 'trade-lite' };
    default:
      return { kind: 'unknown', event: optionalText(event, 'e') };
  }
}

function orderEvent(event: Json): UserEvent {
  const row = object(event['o'], 'order');
  const type = text(row, 'o');
  return {
    kind: 'order',
    execution: text(row, 'x'),
    order: {
      symbol: text(row, 's'),
      orderId: id(row, 'i'),
      clientOrderId: text(row, 'c'),
      side: word(row, 'S', SIDES),
      status: word(row, 'X', PLAIN_STATUSES),
      type,
      originalType: optionalText(row, 'ot') || type,
      quantity: decimal(row, 'q'),
      filledQuantity: decimal(row, 'z'),
      averagePrice: optionalDecimal(row, 'ap'),
      reduceOnly: flag(row, 'R'),
      updatedAt: instant(event, 'T'),
    },
    trade: tradeOf(row),
    expiryReason: optionalText(row, 'er') || '0',
  };
}

/** Forced executions come as CALCULATED, and some of them have no quantity. */
function tradeOf(row: Json): OrderTrade | undefined {
  const execution = row['x'];
  if (execution !== 'TRADE' && execution !== 'CALCULATED') return undefined;
  const quantity = decimal(row, 'l');
  if (Number(quantity) === 0) return undefined;
  return {
    tradeId: id(row, 't'),
    quantity,
    price: decimal(row, 'L'),
    fee: optionalDecimal(row, 'n') ?? '0',
    feeAsset: optionalText(row, 'N'),
    realizedPnl: optionalDecimal(row, 'rp') ?? '0',
    isMaker: flag(row, 'm'),
    at: instant(row, 'T'),
  };
}

function algoOf(event: Json): AlgoOrder {
  const row = object(event['o'], 'algo order');
  return {
    symbol: text(row, 's'),
    algoId: id(row, 'aid'),
    clientOrderId: text(row, 'caid'),
    side: word(row, 'S', SIDES),
    status: word(row, 'X', ALGO_STATUSES),
    type: text(row, 'o'),
    quantity: optionalDecimal(row, 'q') ?? '0',
    triggerPrice: optionalDecimal(row, 'tp') ?? '0',
    reduceOnly: flag(row, 'R'),
    child: parseChild(row, { orderId: 'ai', filled: 'aq', average: 'ap' }),
    reason: optionalText(row, 'rm') || undefined,
    updatedAt: instant(event, 'T'),
  };
}

function accountEvent(event: Json): UserEvent {
  const account = object(event['a'], 'account');
  return {
    kind: 'account',
    reason: text(account, 'm'),
    symbol: optionalText(account, 'S') || undefined,
    wallets: list(account['B'] ?? [], 'balances').map((row) => ({
      asset: text(row, 'a'),
      walletBalance: decimal(row, 'wb'),
    })),
    positions: list(account['P'] ?? [], 'positions').map((row) => ({
      symbol: text(row, 's'),
      quantity: decimal(row, 'pa'),
      entryPrice: decimal(row, 'ep'),
    })),
    at: instant(event, 'T'),
  };
}

function marginCall(event: Json): UserEvent {
  const positions = list(event['p'] ?? [], 'positions').map((row) => ({
    symbol: text(row, 's'),
    quantity: decimal(row, 'pa'),
    markPrice: decimal(row, 'mp'),
    maintenanceMargin: decimal(row, 'mm'),
  }));
  return { kind: 'margin-call', positions, at: instant(event, 'E') };
}

function configEvent(event: Json): UserEvent {
  if (isJson(event['ai'])) return { kind: 'assets-mode', isMultiAssets: flag(event['ai'], 'j') };
  const symbol = object(event['ac'], 'symbol settings');
  return { kind: 'leverage', symbol: text(symbol, 's'), leverage: count(symbol, 'l') };
}
