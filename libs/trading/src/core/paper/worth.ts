/** What a paper account is worth, and how it is reported. */
import type { UtcMs } from '@slt/domain';
import type { AccountState, BrokerPosition } from '../broker';
import { AVERAGE_PLACES, type Exact, larger, plain, ZERO } from '../decimal';
import { initialMargin, positionMargin } from './margin';
import type { PaperBook } from './paper-book';
import { reportOf } from './paper-order';
import type { PaperState } from './paper-state';
import { ofNumber } from './quote';

const unrealizedOf = (book: PaperBook): Exact =>
  book.isFlat ? ZERO : book.unrealizedAt(ofNumber(book.markPrice));

/** Of symbols with a position or orders: the others are worth nothing. */
function sumOver(state: PaperState, valueOf: (book: PaperBook) => Exact): Exact {
  let sum = ZERO;
  for (const book of state.books.values()) {
    if (!book.isIdle) sum = sum.plus(valueOf(book));
  }
  return sum;
}

/** Wallet balance and unrealised PnL. */
export const equityOf = (state: PaperState): Exact => state.wallet.plus(sumOver(state, unrealizedOf));

export const initialMarginOf = (state: PaperState): Exact => sumOver(state, (book) => initialMargin(book));

export const maintenanceOf = (state: PaperState): Exact =>
  sumOver(state, (book) => state.rules.maintenanceOf(book));

export function accountStateOf(state: PaperState, at: UtcMs): AccountState {
  const equity = equityOf(state);
  const maintenance = maintenanceOf(state);
  const worth = { equity, maintenance };
  const held = [...state.books.values()].filter((book) => !book.isFlat);
  return {
    at,
    walletBalance: plain(state.wallet),
    equity: plain(equity),
    availableBalance: plain(larger(ZERO, equity.minus(initialMarginOf(state)))),
    maintenanceMargin: plain(maintenance),
    positions: held.map((book) => positionOf(state, book, worth)),
    openOrders: state.openOrders().map(reportOf),
  };
}

/** What decisions are reckoned from: the same numbers as of `accountStateOf`, without all the rest. */
export interface AccountMargins {
  readonly at: UtcMs;
  readonly walletBalance: number;
  readonly availableBalance: number;
  readonly maintenanceMargin: number;
  /** Of positions. */
  readonly initialMargin: number;
}

export function accountMarginsOf(state: PaperState, at: UtcMs): AccountMargins {
  let initial = 0;
  for (const book of state.books.values()) if (!book.isFlat) initial += positionMargin(book).toNumber();
  return {
    at,
    walletBalance: state.wallet.toNumber(),
    availableBalance: larger(ZERO, equityOf(state).minus(initialMarginOf(state))).toNumber(),
    maintenanceMargin: maintenanceOf(state).toNumber(),
    initialMargin: initial,
  };
}

/** Of the whole account. */
interface Worth {
  readonly equity: Exact;
  readonly maintenance: Exact;
}

export function liquidationPriceOf(state: PaperState, book: PaperBook, worth: Worth): Exact {
  return state.rules.liquidationPrice(book, {
    equity: worth.equity.minus(unrealizedOf(book)),
    maintenance: worth.maintenance.minus(state.rules.maintenanceOf(book)),
  });
}

function positionOf(state: PaperState, book: PaperBook, worth: Worth): BrokerPosition {
  return {
    symbol: book.symbol,
    quantity: plain(book.quantity),
    entryPrice: plain(book.entryPrice.round(AVERAGE_PLACES)),
    markPrice: plain(ofNumber(book.markPrice)),
    unrealizedPnl: plain(unrealizedOf(book)),
    liquidationPrice: plain(liquidationPriceOf(state, book, worth)),
    maintenanceMargin: plain(state.rules.maintenanceOf(book)),
    initialMargin: plain(positionMargin(book)),
  };
}
