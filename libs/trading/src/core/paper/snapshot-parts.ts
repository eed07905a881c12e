/** The parts of a snapshot: orders, quotes, filters and bookings, each read strictly. */
import type { InstrumentFilters } from '@slt/domain';
import type {
  Fill,
  FundingPayment,
  NewOrder,
  OrderKind,
  OrderReport,
  OrderSide,
  OrderState,
} from '../broker';
import type { LedgerEntry } from './paper-ledger';
import type { Quote } from './quote';
import type { Fields } from './snapshot-fields';

const KINDS: readonly OrderKind[] = ['market', 'limit', 'stop', 'take-profit'];
const SIDES: readonly OrderSide[] = ['buy', 'sell'];
const FINAL: readonly OrderState[] = ['filled', 'cancelled', 'expired', 'rejected'];

export function readOrder(fields: Fields): NewOrder {
  const base = {
    symbol: fields.text('symbol'),
    clientOrderId: fields.text('clientOrderId'),
    side: fields.oneOf('side', SIDES),
    quantity: fields.decimal('quantity'),
    reduceOnly: fields.flag('reduceOnly'),
  };
  const kind = fields.oneOf('kind', KINDS);
  switch (kind) {
    case 'market':
      return { ...base, kind };
    case 'limit': {
      const timeInForce = fields.oneOf('timeInForce', ['GTC', 'IOC', 'FOK', 'GTX']);
      return { ...base, kind, price: fields.decimal('price'), timeInForce };
    }
    case 'stop':
    case 'take-profit': {
      const workingType = fields.oneOf('workingType', ['contract', 'mark']);
      return { ...base, kind, triggerPrice: fields.decimal('triggerPrice'), workingType };
    }
  }
}

export function readQuote(fields: Fields): Quote {
  return {
    bid: fields.number('bid'),
    ask: fields.number('ask'),
    last: fields.number('last'),
    mark: fields.number('mark'),
    at: fields.number('at'),
    bidQuantity: fields.optionalNumber('bidQuantity'),
    askQuantity: fields.optionalNumber('askQuantity'),
    minuteVolume: fields.optionalNumber('minuteVolume'),
  };
}

export function readFilters(book: Fields): InstrumentFilters {
  const fields = book.fields('filters');
  return {
    tickSize: fields.decimal('tickSize'),
    minPrice: fields.decimal('minPrice'),
    maxPrice: fields.decimal('maxPrice'),
    stepSize: fields.decimal('stepSize'),
    minQty: fields.decimal('minQty'),
    maxQty: fields.decimal('maxQty'),
    marketStepSize: fields.decimal('marketStepSize'),
    marketMinQty: fields.decimal('marketMinQty'),
    marketMaxQty: fields.decimal('marketMaxQty'),
    minNotional: fields.decimal('minNotional'),
  };
}

export function readEntry(fields: Fields): LedgerEntry {
  const numbered = { seq: fields.count('seq'), at: fields.number('at') };
  const kind = fields.oneOf('kind', ['fill', 'funding', 'order']);
  switch (kind) {
    case 'fill':
      return { ...numbered, kind, fill: readFill(fields.fields('fill')) };
    case 'funding':
      return { ...numbered, kind, payment: readPayment(fields.fields('payment')) };
    case 'order':
      return { ...numbered, kind, report: readReport(fields.fields('report')) };
  }
}

function readFill(fields: Fields): Fill {
  return {
    symbol: fields.text('symbol'),
    tradeId: fields.text('tradeId'),
    orderId: fields.text('orderId'),
    clientOrderId: fields.text('clientOrderId'),
    side: fields.oneOf('side', SIDES),
    quantity: fields.decimal('quantity'),
    price: fields.decimal('price'),
    fee: fields.decimal('fee'),
    feeAsset: fields.text('feeAsset'),
    realizedPnl: fields.decimal('realizedPnl'),
    isMaker: fields.flag('isMaker'),
    at: fields.number('at'),
  };
}

function readPayment(fields: Fields): FundingPayment {
  return {
    symbol: fields.text('symbol'),
    id: fields.text('id'),
    amount: fields.decimal('amount'),
    at: fields.number('at'),
  };
}

function readReport(fields: Fields): OrderReport {
  const optional = (name: 'triggerPrice' | 'orderId' | 'algoId' | 'reason') =>
    fields.has(name) ? { [name]: fields.text(name) } : {};
  return {
    symbol: fields.text('symbol'),
    clientOrderId: fields.text('clientOrderId'),
    kind: fields.oneOf('kind', KINDS),
    side: fields.oneOf('side', SIDES),
    state: fields.oneOf('state', FINAL),
    quantity: fields.decimal('quantity'),
    filledQuantity: fields.decimal('filledQuantity'),
    averagePrice: fields.decimal('averagePrice'),
    reduceOnly: fields.flag('reduceOnly'),
    ...optional('triggerPrice'),
    ...optional('orderId'),
    ...optional('algoId'),
    ...optional('reason'),
    updatedAt: fields.number('updatedAt'),
  };
}
