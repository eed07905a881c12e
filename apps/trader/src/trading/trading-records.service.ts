/** The journal of our account as HTTP asks for it: also while trading is off; never waiting long for a database that is away. */
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { AppError } from '@slt/domain';
import {
  type BreakerTransition,
  JournalExport,
  JournalReader,
  type Order,
  type Page,
  type Reconciliation,
  type SignalRecord,
  type Trade,
  TradingService,
} from '@slt/trading';
import { answerWithin } from '../http/answer-within';
import type {
  OrdersQuery,
  PageQuery,
  SignalFilterQuery,
  SignalsQuery,
  TradeFilterQuery,
  TradesQuery,
} from './journal-query.dto';

const TIMEOUT_MS = 10_000;
const RETRY_MS = 1_000;

@Injectable()
export class TradingRecords {
  constructor(
    private readonly trading: TradingService,
    private readonly reader: JournalReader,
    private readonly exporter: JournalExport,
  ) {}

  get account(): string {
    return this.trading.account;
  }

  signals({ limit, cursor, ...filter }: SignalsQuery): Promise<Page<SignalRecord>> {
    return soon(this.reader.signals(this.account, pageAt(limit, cursor), filter));
  }

  trades({ limit, cursor, ...filter }: TradesQuery): Promise<Page<Trade>> {
    return soon(this.reader.trades(this.account, pageAt(limit, cursor), filter));
  }

  orders({ limit, cursor, ...filter }: OrdersQuery): Promise<Page<Order>> {
    return soon(this.reader.orders(this.account, pageAt(limit, cursor), filter));
  }

  breakerChanges({ limit, cursor }: PageQuery): Promise<Page<BreakerTransition>> {
    return soon(this.reader.breakerChanges(this.account, pageAt(limit, cursor)));
  }

  reconciliations({ limit, cursor }: PageQuery): Promise<Page<Reconciliation>> {
    return soon(this.reader.reconciliations(this.account, pageAt(limit, cursor)));
  }

  /** CSV that has begun: what fails before its first page is thrown here. */
  signalsCsv(filter: SignalFilterQuery): Promise<Readable> {
    return begun(this.exporter.signals(this.account, filter));
  }

  tradesCsv(filter: TradeFilterQuery): Promise<Readable> {
    return begun(this.exporter.trades(this.account, filter));
  }
}

const pageAt = (limit: number, cursor: string | undefined) => ({
  limit,
  ...(cursor === undefined ? {} : { cursor }),
});

/** @throws AppError transient, where the database takes too long: it may be there and say nothing */
export async function soon<T>(read: Promise<T>): Promise<T> {
  const answer = await answerWithin(TIMEOUT_MS, read);
  if (!(answer instanceof Error)) return answer;
  if (answer instanceof AppError) throw answer;
  const message = `the database does not answer: ${answer.message}`;
  throw new AppError('transient', 'DATABASE.UNREACHABLE', message, { retryAfterMs: RETRY_MS });
}

async function begun(stream: Readable): Promise<Readable> {
  try {
    await soon(once(stream, 'readable'));
    return stream;
  } catch (error) {
    stream.destroy();
    throw error;
  }
}
