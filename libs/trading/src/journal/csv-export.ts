/** Trades and signals as CSV, page by page: what is in memory is one page, however much is exported. */
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { Trade } from '../core/position';
import { MOST_PER_PAGE, type Page } from './cursor';
import { csvLine, type CsvValue } from './csv';
import { JournalReader, type SignalFilter, type TradeFilter } from './journal-reader';
import type { SignalRecord } from './rows';

/** Name of a column, and what stands in it. */
type Columns<Item> = readonly (readonly [name: string, value: (item: Item) => CsvValue])[];

const time = (at: number): string => new Date(at).toISOString();

const TRADE_COLUMNS: Columns<Trade> = [
  ['position_id', (trade) => trade.positionId],
  ['symbol', (trade) => trade.symbol],
  ['setup', (trade) => trade.setup],
  ['direction', (trade) => trade.direction],
  ['quantity', (trade) => trade.quantity],
  ['entry_time', (trade) => time(trade.entryTime)],
  ['entry_price', (trade) => trade.entryPrice],
  ['exit_time', (trade) => time(trade.exitTime)],
  ['exit_price', (trade) => trade.exitPrice],
  ['exit_reason', (trade) => trade.exitReason],
  ['realized_pnl', (trade) => trade.realizedPnl],
  ['fees', (trade) => trade.fees],
  ['funding', (trade) => trade.funding],
  ['net_pnl', (trade) => trade.netPnl],
  ['r', (trade) => trade.r],
  ['confidence', (trade) => trade.confidence],
];

const SIGNAL_COLUMNS: Columns<SignalRecord> = [
  ['id', (signal) => signal.id],
  ['symbol', (signal) => signal.symbol],
  ['interval', (signal) => signal.interval],
  ['setup', (signal) => signal.setup],
  ['direction', (signal) => signal.direction],
  ['at', (signal) => time(signal.at)],
  ['entry', (signal) => signal.entry],
  ['stop', (signal) => signal.stop],
  ['target', (signal) => signal.target],
  ['confidence', (signal) => signal.confidence],
  ['decision', (signal) => signal.decision],
  ['reasons', (signal) => signal.reasons.join(' ')],
  ['parts', (signal) => JSON.stringify(signal.parts)],
  ['model', ({ assessment }) => assessment?.model],
  ['probability', ({ assessment }) => assessment?.probability],
  ['expected_r', ({ assessment }) => assessment?.expectedR],
  ['lower_bound', ({ assessment }) => assessment?.lowerBound],
  ['cost_r', ({ assessment }) => assessment?.costR],
  ['risk_scale', ({ assessment }) => assessment?.riskScale],
  ['contributions', ({ assessment }) => assessment && JSON.stringify(assessment.contributions)],
  ['feature_version', ({ assessment }) => assessment?.featureVersion],
  ['features', ({ assessment }) => assessment && JSON.stringify(assessment.features)],
];

@Injectable()
export class JournalExport {
  constructor(private readonly reader: JournalReader) {}

  /** UTF-8, newest first, with a line of names. */
  trades(account: string, filter: TradeFilter = {}): Readable {
    return csvOf(TRADE_COLUMNS, (cursor) => this.reader.trades(account, pageAt(cursor), filter));
  }

  /** UTF-8, newest first, with a line of names. */
  signals(account: string, filter: SignalFilter = {}): Readable {
    return csvOf(SIGNAL_COLUMNS, (cursor) => this.reader.signals(account, pageAt(cursor), filter));
  }
}

const pageAt = (cursor: string | undefined) => ({
  limit: MOST_PER_PAGE,
  ...(cursor === undefined ? {} : { cursor }),
});

function csvOf<Item>(
  columns: Columns<Item>,
  fetch: (cursor: string | undefined) => Promise<Page<Item>>,
): Readable {
  return Readable.from(linesOf(columns, fetch), { objectMode: false });
}

async function* linesOf<Item>(
  columns: Columns<Item>,
  fetch: (cursor: string | undefined) => Promise<Page<Item>>,
): AsyncGenerator<string> {
  let cursor: string | undefined;
  let isFirst = true;
  do {
    const { items, next } = await fetch(cursor);
    const lines = items.map((item) => csvLine(columns.map(([, value]) => value(item)))).join('');
    // The names come with the first page, so that a failure of the first can still be answered as one.
    const chunk = isFirst ? csvLine(columns.map(([name]) => name)) + lines : lines;
    if (chunk !== '') yield chunk;
    isFirst = false;
    cursor = next;
  } while (cursor !== undefined);
}
