/**
 * A paper account as JSON: what changes (`account`), and what is booked for ever (`entries`). A store that keeps the
 * entries needs only those since its last save.
 */
import type { InstrumentFilters, UtcMs } from '@slt/domain';
import type { BrokerListener, Decimal, NewOrder, OrderState } from '../broker';
import { exact, plain } from '../decimal';
import { PaperBook } from './paper-book';
import { type LedgerEntry, PaperLedger } from './paper-ledger';
import { isOpen, isTriggerKind, type PaperOrder } from './paper-order';
import type { PaperSettings } from './paper-settings';
import { type FundingRecord, PaperState } from './paper-state';
import { plainQuote, type Quote } from './quote';
import { readEntry, readFilters, readOrder, readQuote } from './snapshot-parts';
import { badSnapshot, Fields } from './snapshot-fields';

export const SNAPSHOT_VERSION = 1;
const STATES: readonly OrderState[] = ['resting', 'triggered'];

export interface SavedOrder {
  readonly order: NewOrder;
  readonly algoId?: string;
  readonly orderId?: string;
  readonly state: OrderState;
  readonly filled: Decimal;
  readonly cost: Decimal;
  readonly level: number;
  readonly since: UtcMs;
  readonly hasArrived: boolean;
  readonly updatedAt: UtcMs;
}

export interface SavedBook {
  readonly symbol: string;
  readonly filters: InstrumentFilters;
  readonly leverage: number;
  readonly quantity: Decimal;
  readonly cost: Decimal;
  readonly quote?: Quote;
  readonly orders: readonly SavedOrder[];
}

export interface SavedAccount {
  readonly version: typeof SNAPSHOT_VERSION;
  readonly initialBalance: Decimal;
  readonly realized: Decimal;
  readonly fees: Decimal;
  readonly funding: Decimal;
  readonly orderSeq: number;
  readonly tradeSeq: number;
  /** Number of the newest entry. */
  readonly entrySeq: number;
  readonly leverages: readonly { readonly symbol: string; readonly leverage: number }[];
  readonly heartbeats: readonly { readonly symbol: string; readonly at: UtcMs }[];
  readonly fundings: readonly ({ readonly symbol: string } & FundingRecord)[];
  readonly books: readonly SavedBook[];
}

export interface PaperSnapshot {
  readonly account: SavedAccount;
  readonly entries: readonly LedgerEntry[];
}

/** @param afterSeq entries up to this number are left out */
export function snapshotOf(state: PaperState, afterSeq = 0): PaperSnapshot {
  const { realized, fees, funding } = state.totals;
  const account: SavedAccount = {
    version: SNAPSHOT_VERSION,
    initialBalance: plain(state.initialBalance),
    realized: plain(realized),
    fees: plain(fees),
    funding: plain(funding),
    orderSeq: state.orderSeq,
    tradeSeq: state.tradeSeq,
    entrySeq: state.ledger.seq,
    leverages: [...state.leverages].map(([symbol, leverage]) => ({ symbol, leverage })),
    heartbeats: [...state.heartbeats].map(([symbol, at]) => ({ symbol, at })),
    fundings: [...state.fundingRecords].map(([symbol, record]) => ({ symbol, ...record })),
    books: [...state.books.values()].map(saveBook),
  };
  return { account, entries: state.ledger.after(afterSeq) };
}

function saveBook(book: PaperBook): SavedBook {
  const { symbol, filters, leverage, quantity, cost, quote, orders } = book;
  return {
    symbol,
    filters,
    leverage,
    quantity: plain(quantity),
    cost: plain(cost),
    ...(quote === undefined ? {} : { quote: plainQuote(quote) }),
    orders: orders.map(saveOrder),
  };
}

function saveOrder(paper: PaperOrder): SavedOrder {
  const { order, algoId, orderId, state, filled, cost, level, since, hasArrived, updatedAt } = paper;
  return {
    order,
    ...(algoId === undefined ? {} : { algoId }),
    ...(orderId === undefined ? {} : { orderId }),
    state,
    filled: plain(filled),
    cost: plain(cost),
    level,
    since,
    hasArrived,
    updatedAt,
  };
}

/**
 * The account as it was. Its initial balance is the snapshot's, whatever the settings say now.
 * @throws AppError broken-invariant, `PAPER.BAD_SNAPSHOT`, naming the field
 */
export function restoreState(json: unknown, settings: PaperSettings, listener: BrokerListener): PaperState {
  const snapshot = new Fields(json, 'root');
  const account = snapshot.fields('account');
  const version = account.count('version');
  if (version !== SNAPSHOT_VERSION)
    throw badSnapshot('account.version', `${version}, not ${SNAPSHOT_VERSION}`);
  const ledger = restoreLedger(snapshot, account.count('entrySeq'));
  const initialBalance = account.decimal('initialBalance');
  const state = new PaperState({ ...settings, initialBalance }, ledger, listener);
  state.totals = {
    realized: account.exact('realized'),
    fees: account.exact('fees'),
    funding: account.exact('funding'),
  };
  state.orderSeq = account.count('orderSeq');
  state.tradeSeq = account.count('tradeSeq');
  account.list('leverages', (row) => state.leverages.set(row.text('symbol'), row.count('leverage')));
  account.list('heartbeats', (row) => state.heartbeats.set(row.text('symbol'), row.number('at')));
  account.list('fundings', (row) => {
    const record = { after: row.number('after'), lastFillAt: row.number('lastFillAt') };
    state.fundingRecords.set(row.text('symbol'), record);
  });
  const orders = account.list('books', (fields) => restoreBook(state, fields)).flat();
  for (const { book, paper } of orders.sort((a, b) => ageOf(a.paper) - ageOf(b.paper)))
    state.join(book, paper);
  return state;
}

function restoreLedger(snapshot: Fields, lastSeq: number): PaperLedger {
  const entries = snapshot.list('entries', readEntry);
  entries.forEach(({ seq }, i) => {
    if (seq !== lastSeq - entries.length + 1 + i)
      throw badSnapshot(`entries[${i}]`, `number ${seq}: some are missing`);
  });
  return new PaperLedger(entries, lastSeq);
}

interface Placed {
  readonly book: PaperBook;
  readonly paper: PaperOrder;
}

function restoreBook(state: PaperState, fields: Fields): Placed[] {
  const symbol = fields.text('symbol');
  const book = new PaperBook({ symbol, filters: readFilters(fields), leverage: fields.count('leverage') });
  book.restorePosition(fields.exact('quantity'), fields.exact('cost'));
  if (fields.has('quote')) book.quote = readQuote(fields.fields('quote'));
  if (state.books.has(symbol)) throw badSnapshot('account.books', `double: ${symbol}`);
  state.books.set(symbol, book);
  return fields.list('orders', (row) => ({ book, paper: restoreOrder(row, symbol) }));
}

function restoreOrder(fields: Fields, symbol: string): PaperOrder {
  const order = readOrder(fields.fields('order'));
  if (order.symbol !== symbol) throw badSnapshot(`the order ${order.clientOrderId}`, `not of ${symbol}`);
  const [algoId, orderId] = [fields.optionalText('algoId'), fields.optionalText('orderId')];
  const paper: PaperOrder = {
    order,
    quantity: exact(order.quantity),
    ...(algoId === undefined ? {} : { algoId }),
    ...(orderId === undefined ? {} : { orderId }),
    state: fields.oneOf('state', STATES),
    filled: fields.exact('filled'),
    cost: fields.exact('cost'),
    level: fields.number('level'),
    since: fields.number('since'),
    hasArrived: fields.flag('hasArrived'),
    updatedAt: fields.number('updatedAt'),
  };
  const hasId = (isTriggerKind(order.kind) ? algoId : orderId) !== undefined;
  if (!hasId || !isOpen(paper))
    throw badSnapshot(`the order ${order.clientOrderId}`, 'not open, or has no id');
  return paper;
}

/** All orders draw their first id from one sequence. */
const ageOf = ({ algoId, orderId }: PaperOrder): number => Number(algoId ?? orderId);
