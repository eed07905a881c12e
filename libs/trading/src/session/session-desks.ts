/** The parts of a session, wired to one another. */
import type { AppError } from '@slt/domain';
import { allowanceOf } from '../core/control';
import type { Decision, Signal } from '../core/signal';
import { AccountBook, type BookListener } from './account-book';
import { AccountFigures } from './account-figures';
import { AccountWatch } from './account-watch';
import { BreakerWatch } from './breaker-watch';
import { ExitDesk } from './exit-desk';
import type { MarketMemory } from './market-memory';
import { OrderDesk } from './order-desk';
import { OrderedJournal } from './ordered-journal';
import { Protector } from './protector';
import type { SessionListener, SessionParts } from './session-parts';
import { SessionMinutes } from './session-minutes';
import { SessionWatch } from './session-watch';
import { SignalDesk } from './signal-desk';

/** What the session as a whole knows and does. */
export interface SessionFrame extends BookListener {
  readonly memory: MarketMemory;
  readonly arrivalSlackMs: number;
  /** It has not been closed. */
  isOpen(): boolean;
  mayManage(): boolean;
  mayOpen(): boolean;
  isAboutToCheck(): boolean;
  record(signal: Signal, decision: Decision): void;
}

export interface SessionDesks {
  readonly writer: OrderedJournal;
  readonly book: AccountBook;
  readonly figures: AccountFigures;
  readonly desk: OrderDesk;
  readonly protector: Protector;
  readonly exits: ExitDesk;
  readonly signals: SignalDesk;
  readonly watch: SessionWatch;
  /** Of a session that lives by candles. */
  readonly minutes: SessionMinutes | undefined;
}

export function createDesks(
  parts: SessionParts,
  listener: SessionListener,
  frame: SessionFrame,
): SessionDesks {
  const { clock, reach, broker, digest, lease, journal, limits, breaker, market, interval } = parts;
  const priceOf = (symbol: string) => frame.memory.priceOf(symbol);
  const filtersOf = (symbol: string) => frame.memory.filtersOf(symbol);
  const broke = (error: AppError): void => listener.broke(error);
  const doubt = (reason: string): void => listener.doubt(reason);
  const mayManage = (): boolean => frame.mayManage();
  const mayOpen = (): boolean => frame.mayOpen();

  const writer = new OrderedJournal({ append: (entries) => journal.append(lease, entries) }, broke);
  const book = new AccountBook(frame, frame.arrivalSlackMs);
  const figures = new AccountFigures({ allHeld: () => book.allHeld(), priceOf }, limits);
  const maySend = (): boolean =>
    frame.isOpen() && lease.remainingMs() > 0 && allowanceOf(listener.controlState()).cancel;
  const fencingToken = lease.token;
  const sending = { writer, digest, fencingToken, maySend, mayOpen };
  const desk = new OrderDesk({ book, broker, clock, reach, broke, ...sending });
  const warn = (message: string): void => listener.warn(message);
  const seeing = { filtersOf, priceOf, mayManage };
  const protector = new Protector({ book, desk, clock, reach, doubt, warn, broke, ...seeing });
  const exits = new ExitDesk({
    book,
    clock,
    interval,
    series: (symbol) => market.series(symbol, interval),
    close: (symbol, reason) => protector.close(symbol, reason),
  });
  const judging = { broker, clock, market, breaker, book, figures };
  const watch = new SessionWatch({
    ...judging,
    drawdownLimit: limits.drawdown,
    mayManage,
    note: (entries) => writer.note(entries),
    doubt,
    review: () => listener.review(),
    moved: (transition) => listener.breakerMoved(transition),
    drawn: () => listener.drawn(),
    price: (symbol, price, at) => frame.memory.marked(symbol, price, at),
  });
  const accountWatch = parts.candles && accountWatchOf(parts, { figures, watch, listener });
  const signals = new SignalDesk({
    ...judging,
    isPatient: parts.candles !== undefined,
    desk,
    limits,
    mayOpen,
    priceOf,
    bracketsOf: (symbol) => broker.brackets?.(symbol),
    record: (signal, decision) => frame.record(signal, decision),
    decided: (signal, decision) => listener.decided(signal, decision),
    withdrawn: (signal, decision) => {
      listener.withdrawn(signal, decision);
      listener.retracted(signal.id, decision.reasons[0] ?? 'ENTRY_NOT_FILLED');
    },
    entered: () => (accountWatch ?? watch).entered(),
    broke,
  });
  const minutes =
    parts.candles &&
    new SessionMinutes({
      ...parts.candles,
      ...{ book, desk, signals, protector },
      watch: accountWatch!,
      isAboutToCheck: () => frame.isAboutToCheck(),
      noteBalance: () => watch.noteBalance(),
    });
  return { writer, book, figures, desk, protector, exits, signals, watch, minutes };
}

interface Watching {
  readonly figures: AccountFigures;
  readonly watch: SessionWatch;
  readonly listener: SessionListener;
}

/** As a backtest looks at its account. */
function accountWatchOf(parts: SessionParts, { figures, watch, listener }: Watching): AccountWatch {
  const { breaker, limits } = parts;
  const { line, clock } = parts.candles!;
  return new AccountWatch({
    clock,
    figures,
    breaker: new BreakerWatch(breaker, (transition) => watch.moved(transition)),
    drawdownLimit: limits.drawdown,
    margins: (at) => line.margins(at),
    isBusy: () => line.isBusy,
    drawn: () => listener.drawn(),
  });
}
